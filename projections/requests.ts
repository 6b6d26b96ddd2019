import { wordsOfCodec } from '../src/domain/codec.ts'
import { DeclineCode, RequestKind } from '../src/domain/events/request-parts.ts'
import { Restriction } from '../src/domain/parts.ts'
import { type ReinstatementRequest, type RequestState, requestsOf } from '../src/domain/request.ts'
import { instantOf } from '../src/domain/time.ts'
import { eachOf } from '../src/foundation/each-of.ts'
import { least } from '../src/foundation/extremes.ts'
import { sqlEnum } from '../src/foundation/sql.ts'
import { AS_OF, instant, projection } from './projection.ts'

const STATE = sqlEnum(
  eachOf<RequestState>({ requested: true, withdrawn: true, declined: true, carried_out: true, told: true }),
)

/** How long a service has to carry out a request. */
const DUE = 'INTERVAL 24 HOURS'

/** Each request of a remediation, times being those of recording. */
export const requests = projection({
  name: 'requests',
  version: 1,
  about:
    'Each request of a remediation and what became of it; requests_at(time): how it was at a time, and which ones are overdue',
  columns: {
    account: { type: 'VARCHAR', about: 'the account' },
    request_id: { type: 'VARCHAR', about: 'the request' },
    remediation_id: { type: 'VARCHAR', about: 'the remediation that it is part of' },
    wave: { type: 'BIGINT', about: 'the wave of that' },
    attempt: { type: 'BIGINT', about: 'how often this had been asked for, this time included' },
    part: { type: 'BIGINT', about: 'which part of a large request it is, from 1' },
    parts: { type: 'BIGINT', about: 'how many parts that has' },
    kind: {
      type: sqlEnum(wordsOfCodec(RequestKind)),
      about: 'what is asked for: to put back the account or content, to void flags, to change decisions',
    },
    decision_ids: { type: 'VARCHAR[]', about: 'the decisions to reverse or to change' },
    flags_voided: { type: 'VARCHAR[]', about: 'the false flags that must no longer count' },
    appeal_ids: { type: 'VARCHAR[]', about: 'the open appeals that become moot' },
    content_kind: { type: 'VARCHAR', about: 'the kind of the content' },
    content_id: { type: 'VARCHAR', about: 'the content' },
    restriction: { type: sqlEnum(wordsOfCodec(Restriction)), about: 'what the decisions become' },
    state: {
      type: STATE,
      about:
        'requested, withdrawn, declined, carried_out, or told: carried out, and a notice was sent. What was done counts, whatever else was said',
    },
    decided_at: { type: 'TIMESTAMP', about: 'when the first of the decisions was made' },
    requested_at: { type: 'TIMESTAMP', about: 'when it was asked for' },
    carried_out_at: { type: 'TIMESTAMP', about: 'when all of it was done; null: it is not' },
    told_at: { type: 'TIMESTAMP', about: 'when the person had a notice; null: not since then' },
    declined_at: { type: 'TIMESTAMP', about: 'when a service said last that it cannot do it' },
    decline_code: { type: sqlEnum(wordsOfCodec(DeclineCode)), about: 'why it cannot' },
    decline_reason: { type: 'VARCHAR', about: 'the same in words' },
    withdrawn_at: { type: 'TIMESTAMP', about: 'when Redress withdrew it' },
    withdrawal_reason: { type: 'VARCHAR', about: 'why' },
  },
  fold: ({ account, events, record }) => {
    const found = requestsOf(events, record)
    const madeAt = new Map<string, number>(
      found.length === 0 ? [] : record.decisions.map(({ decisionId, at }) => [decisionId, at]),
    )
    return found.map((request) => ({
      account,
      ...askedIn(request),
      state: request.state,
      decided_at: instant(firstOf(request, madeAt)),
      requested_at: instant(instantOf(request.requested.recordedat)),
      carried_out_at: instant(request.carriedOutAt),
      told_at: instant(request.toldAt),
      ...answeredIn(request),
    }))
  },
  views: [
    AS_OF,
    {
      kind: 'MACRO TABLE',
      name: 'requests_at',
      about:
        'Each request made by a time: its state then, and whether it was overdue: neither done, declined nor withdrawn within 24 hours',
      sql: `CREATE OR REPLACE MACRO requests_at(as_of) AS TABLE
      SELECT account, request_id, remediation_id, wave, attempt, kind, state, requested_at, due_at, carried_out_at, told_at,
        declined_at, withdrawn_at, state = 'requested' AND due_at < t AS overdue
      FROM (
        SELECT * REPLACE (
            CASE WHEN told_at <= t THEN told_at END AS told_at,
            CASE WHEN carried_out_at <= t THEN carried_out_at END AS carried_out_at,
            CASE WHEN declined_at <= t THEN declined_at END AS declined_at,
            CASE WHEN withdrawn_at <= t THEN withdrawn_at END AS withdrawn_at,
            (CASE WHEN told_at <= t THEN 'told' WHEN carried_out_at <= t THEN 'carried_out'
              WHEN withdrawn_at <= t THEN 'withdrawn' WHEN declined_at <= t THEN 'declined' ELSE 'requested' END)::${STATE} AS state),
          requested_at + ${DUE} AS due_at
        FROM requests, (SELECT utc_instant(as_of) AS t) WHERE requested_at <= t
      ) ORDER BY requested_at, request_id`,
    },
  ],
})

const askedIn = ({ requested: { data } }: ReinstatementRequest) => ({
  request_id: data.requestId,
  remediation_id: data.remediationId,
  wave: data.wave,
  attempt: data.attempt,
  part: data.part.n,
  parts: data.part.of,
  kind: data.kind,
  decision_ids: data.decisionIds,
  flags_voided: data.flagsVoided,
  appeal_ids: data.appealIds,
  content_kind: data.content?.kind ?? null,
  content_id: data.content?.id ?? null,
  restriction: data.restriction ?? null,
})

const firstOf = ({ requested }: ReinstatementRequest, madeAt: ReadonlyMap<string, number>): number | null => {
  const first = least(requested.data.decisionIds.flatMap((id) => madeAt.get(id) ?? []))
  return Number.isFinite(first) ? first : null
}

const answeredIn = ({ declined, withdrawn }: ReinstatementRequest) => ({
  declined_at: declined?.recordedat ?? null,
  decline_code: declined?.data.code ?? null,
  decline_reason: declined?.data.reason ?? null,
  withdrawn_at: withdrawn?.recordedat ?? null,
  withdrawal_reason: withdrawn?.data.reason ?? null,
})
