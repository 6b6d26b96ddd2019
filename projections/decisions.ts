import { wordsOfCodec } from '../src/domain/codec.ts'
import type { StoredEvent } from '../src/domain/event.ts'
import { AutomatedDecision, DecidedByKind, ReversalReason } from '../src/domain/parts.ts'
import { instantOf } from '../src/domain/time.ts'
import { sqlEnum } from '../src/foundation/sql.ts'
import { answersByWeight, decisionKinds, outcomesOf } from './outcomes.ts'
import { instant, projection } from './projection.ts'

/** Each decision, and what became of it. */
export const decisions = projection({
  name: 'decisions',
  version: 2,
  about: 'Each deactivation and content removal, its appeals, and how it ended',
  columns: {
    account: { type: 'VARCHAR', about: 'the account' },
    decision_id: { type: 'VARCHAR', about: 'the decision' },
    kind: { type: sqlEnum(decisionKinds), about: 'what was decided' },
    made_at: { type: 'TIMESTAMP', about: 'when it was made' },
    recorded_at: { type: 'TIMESTAMP', about: 'when the ledger recorded it' },
    source: { type: 'VARCHAR', about: 'the service that published it' },
    category: { type: 'VARCHAR', about: 'the reason for it' },
    restriction_made: {
      type: 'VARCHAR',
      about: 'suspended or terminated, as first decided; null: a removal',
    },
    restriction: { type: 'VARCHAR', about: 'suspended or terminated, as last changed; null: a removal' },
    until: { type: 'TIMESTAMP', about: 'when it ends automatically, as last changed; null: never' },
    content_kind: { type: 'VARCHAR', about: 'the kind of content that was removed' },
    content_id: { type: 'VARCHAR', about: 'the id of the content that was removed' },
    ruleset: { type: 'VARCHAR', about: 'the ruleset that it names' },
    ruleset_version: { type: 'VARCHAR', about: 'the version that it names' },
    basis_kind: { type: 'VARCHAR', about: 'law or terms; null: it does not say' },
    basis_reference: { type: 'VARCHAR', about: 'which law or term' },
    territory: { type: 'VARCHAR', about: 'where it applies; null: everywhere' },
    automated_detection: { type: 'BOOLEAN', about: 'whether it was detected by automated means' },
    automated_decision: {
      type: sqlEnum(wordsOfCodec(AutomatedDecision)),
      about: 'whether it was made by automated means: fully, partially or not',
    },
    decided_by_kind: {
      type: sqlEnum(wordsOfCodec(DecidedByKind)),
      about: 'what kind of decision maker made it',
    },
    decided_by: { type: 'VARCHAR', about: 'who or what made it' },
    grounds: { type: 'VARCHAR[]', about: 'the flags that it names, each once' },
    statement_sent_at: { type: 'TIMESTAMP', about: 'when its owner was first notified; null: never' },
    appeals: { type: 'INTEGER', about: 'the number of appeals against it' },
    appealed_at: { type: 'TIMESTAMP', about: 'when the first appeal was filed' },
    appeal_answered_at: { type: 'TIMESTAMP', about: 'when an appeal was first answered' },
    appeal_outcome: {
      type: sqlEnum([...answersByWeight, 'pending']),
      about: 'the weightiest answer (in this order), or pending; null: no appeal',
    },
    reversed_at: { type: 'TIMESTAMP', about: 'when it was first reversed; null: never' },
    reversal_reason: { type: 'VARCHAR', about: 'the reason for that reversal' },
    overturned_by: {
      type: sqlEnum(wordsOfCodec(ReversalReason).filter((reason) => reason !== 'expiry')),
      about:
        'what overturned it: the first reversal other than the end of its term, or an appeal that was won',
    },
    overturned_at: { type: 'TIMESTAMP', about: 'when that happened' },
    ms_to_statement: { type: 'BIGINT', about: 'from the decision to the first notice, in ms' },
    ms_to_appeal: { type: 'BIGINT', about: 'from the decision to the first appeal, in ms' },
    ms_to_answer: { type: 'BIGINT', about: 'from the first appeal to the first answer, in ms' },
    ms_to_reversal: { type: 'BIGINT', about: 'from the decision to its first reversal, in ms' },
  },
  fold: ({ account, events, record }) => {
    const outcomes = outcomesOf(record)
    const notified = firstNotices(events)
    return record.decisions.map((decision) => {
      const { decisionId, at, made } = decision
      const { data } = made
      const removed = made.type === 'content.removed.v1' ? made.data.content : null
      const outcome = outcomes.get(decisionId)
      const statementAt = notified.get(decisionId) ?? null
      const appealedAt = outcome?.appealedAt ?? null
      const answeredAt = outcome?.answeredAt ?? null
      const reversedAt = outcome?.reversedAt ?? null
      return {
        account,
        decision_id: decisionId,
        kind: decision.kind,
        made_at: instant(at),
        recorded_at: instant(instantOf(made.recordedat)),
        source: made.source,
        category: data.category,
        restriction_made: made.type === 'account.deactivated.v1' ? made.data.restriction : null,
        restriction: decision.kind === 'deactivation' ? decision.restriction : null,
        until: instant(decision.until),
        content_kind: removed?.kind ?? null,
        content_id: removed?.id ?? null,
        ruleset: data.ruleset?.id ?? null,
        ruleset_version: data.ruleset?.version ?? null,
        basis_kind: data.basis?.kind ?? null,
        basis_reference: data.basis?.reference ?? null,
        territory: data.territory ?? null,
        automated_detection: data.automation.detection,
        automated_decision: data.automation.decision,
        decided_by_kind: data.decidedBy.kind,
        decided_by: data.decidedBy.id,
        grounds: [...new Set(data.grounds)],
        statement_sent_at: instant(statementAt),
        appeals: outcome?.appeals.length ?? 0,
        appealed_at: instant(appealedAt),
        appeal_answered_at: instant(answeredAt),
        appeal_outcome: outcome?.appealOutcome ?? null,
        reversed_at: instant(reversedAt),
        reversal_reason: decision.reversals[0]?.reason ?? null,
        overturned_by: outcome?.overturnedBy ?? null,
        overturned_at: instant(outcome?.overturnedAt ?? null),
        ms_to_statement: between(at, statementAt),
        ms_to_appeal: between(at, appealedAt),
        ms_to_answer: between(appealedAt, answeredAt),
        ms_to_reversal: between(at, reversedAt),
      }
    })
  },
  views: [],
})

const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from

/** When the owner was first notified of each decision, in ms. */
const firstNotices = (events: ReadonlyArray<StoredEvent>): ReadonlyMap<string, number> => {
  const first = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'notice.sent.v1' || event.data.decisionId === undefined) continue
    if (!first.has(event.data.decisionId)) first.set(event.data.decisionId, instantOf(event.time))
  }
  return first
}
