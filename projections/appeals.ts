import { type Appeal, appealed } from '../src/domain/appeal.ts'
import { wordsOfCodec } from '../src/domain/codec.ts'
import { AppealOutcome, ReviewerKind } from '../src/domain/parts.ts'
import { instantOf } from '../src/domain/time.ts'
import { eachOf } from '../src/foundation/each-of.ts'
import { sqlEnum } from '../src/foundation/sql.ts'
import { decisionKinds } from './outcomes.ts'
import { AS_OF, instant, projection } from './projection.ts'

/** Each appeal, and its answer. */
export const appeals = projection({
  name: 'appeals',
  version: 3,
  about:
    'Each appeal and its answer; unanswered_appeals: the open ones, oldest first; appeals_at(time, days): which ones are overdue',
  columns: {
    account: { type: 'VARCHAR', about: 'the account' },
    appeal_id: { type: 'VARCHAR', about: 'the appeal' },
    decision_id: {
      type: 'VARCHAR',
      about: 'the decision that it is against (according to its answer, if there is one)',
    },
    status: {
      type: sqlEnum(eachOf<Appeal['status']>({ open: true, decided: true, unfiled: true })),
      about: 'open, decided, or unfiled: an answer is on record but no filing',
    },
    filed_at: { type: 'TIMESTAMP', about: 'when it was filed' },
    decided_at: { type: 'TIMESTAMP', about: 'when it was answered' },
    outcome: { type: sqlEnum(wordsOfCodec(AppealOutcome)), about: 'the answer' },
    reviewer_kind: { type: sqlEnum(wordsOfCodec(ReviewerKind)), about: 'whether a person answered' },
    reviewer: { type: 'VARCHAR', about: 'who or what answered' },
    reasons: { type: 'VARCHAR[]', about: 'the reason codes of the answer; null: it has none' },
    ms_to_answer: { type: 'BIGINT', about: 'from filing to answer, in ms' },
    decision_kind: {
      type: sqlEnum(decisionKinds),
      about: 'what kind of decision that is; null: the account has no such decision',
    },
    decision_made_at: { type: 'TIMESTAMP', about: 'when that decision was made' },
    category: { type: 'VARCHAR', about: 'the reason for that decision' },
  },
  fold: ({ account, record }) => {
    const decisions = new Map(record.decisions.map((decision) => [decision.decisionId as string, decision]))
    return record.appeals.map((appeal) => {
      const filed = appeal.status === 'unfiled' ? null : appeal.filed
      const answer = appeal.status === 'open' ? null : appeal.answered
      const decision = decisions.get(appealed(appeal))
      const filedAt = filed === null ? null : instantOf(filed.time)
      const decidedAt = answer === null ? null : instantOf(answer.time)
      return {
        account,
        appeal_id: (filed ?? answer)?.data.appealId ?? null,
        decision_id: appealed(appeal),
        status: appeal.status,
        filed_at: instant(filedAt),
        decided_at: instant(decidedAt),
        outcome: answer?.data.outcome ?? null,
        reviewer_kind: answer?.data.reviewer.kind ?? null,
        reviewer: answer?.data.reviewer.id ?? null,
        reasons: answer?.data.reasons ?? null,
        ms_to_answer: filedAt === null || decidedAt === null ? null : decidedAt - filedAt,
        decision_kind: decision?.kind ?? null,
        decision_made_at: instant(decision?.at ?? null),
        category: decision?.made.data.category ?? null,
      }
    })
  },
  views: [
    {
      kind: 'VIEW',
      name: 'unanswered_appeals',
      about: 'Each appeal without an answer, oldest first',
      sql: `CREATE OR REPLACE VIEW unanswered_appeals AS
      SELECT * EXCLUDE (status, decided_at, outcome, reviewer_kind, reviewer, reasons, ms_to_answer)
      FROM appeals WHERE status = 'open' ORDER BY filed_at, appeal_id`,
    },
    AS_OF,
    {
      kind: 'MACRO TABLE',
      name: 'appeals_at',
      about:
        'Each appeal filed by a time: how long it had waited by then, and whether that is longer than the given number of days (is_breach)',
      sql: `CREATE OR REPLACE MACRO appeals_at(as_of, sla_days) AS TABLE
      SELECT account, appeal_id, decision_id, category, filed_at, due_at, answered_at, answered_at IS NULL AS is_open,
        epoch_ms(coalesce(answered_at, t)) - epoch_ms(filed_at) AS ms_waited, coalesce(answered_at, t) > due_at AS is_breach
      FROM (
        SELECT *, filed_at + to_milliseconds((sla_days * 86400000::BIGINT)::BIGINT) AS due_at,
          CASE WHEN decided_at <= t THEN decided_at END AS answered_at
        FROM appeals, (SELECT utc_instant(as_of) AS t) WHERE filed_at <= t
      ) ORDER BY filed_at, appeal_id`,
    },
  ],
})
