import type * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed, listOf, oneOf } from '../../domain/codec.ts'
import { RequestKind } from '../../domain/events/request-parts.ts'
import { AccountId, AppealId, DecisionId, FlagId, Id, Line } from '../../domain/ids.ts'
import { Content, Count, Restriction } from '../../domain/parts.ts'
import { Timestamp } from '../../domain/time.ts'
import type { Feed } from '../../ingest/outbox/feed.ts'
import type { SequencedEvent } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import { typedMessage } from './message.ts'

/** The names of the schemas, with their versions: another schema gets another one. */
export const REINSTATEMENT_REQUEST = 'reinstatement.request.v1'
export const REINSTATEMENT_WITHDRAWAL = 'reinstatement.withdrawal.v1'

/** What both say. */
const common = { account: AccountId, requestId: Id, recordedAt: Timestamp, sequence: Count }

/** What a service is asked to undo for an account. */
export const RequestNotice = closed(
  REINSTATEMENT_REQUEST,
  {
    type: oneOf(REINSTATEMENT_REQUEST),
    ...common,
    remediationId: Id,
    wave: Count,
    attempt: Count,
    part: closed('an object {n, of}', { n: Count, of: Count }),
    kind: RequestKind,
    decisionIds: listOf(DecisionId, 'a list of ids of decisions'),
    flagsVoided: listOf(FlagId, 'a list of ids of flags'),
    appealIds: listOf(AppealId, 'a list of ids of appeals'),
  },
  { content: Content, restriction: Restriction },
)

/** A request that is not to be carried out any more. */
export const WithdrawalNotice = closed(REINSTATEMENT_WITHDRAWAL, {
  type: oneOf(REINSTATEMENT_WITHDRAWAL),
  ...common,
  reason: Line,
})

/** What services are told. */
export type RequestMessage = t.TypeOf<typeof RequestNotice> | t.TypeOf<typeof WithdrawalNotice>

/** What services are told of an event; null: nothing. */
export const requestMessageOf = ({
  event,
  recorded,
}: DecodedEvent<SequencedEvent>): RequestMessage | null => {
  const when = { recordedAt: event.recordedat, sequence: recorded.sequence }
  switch (event.type) {
    case 'reinstatement.requested.v1':
      return { type: REINSTATEMENT_REQUEST, account: event.subject, ...event.data, ...when }
    case 'reinstatement.withdrawn.v1':
      return { type: REINSTATEMENT_WITHDRAWAL, account: event.subject, ...event.data, ...when }
    default:
      return null
  }
}

/** Requests and withdrawals as they are recorded. Those of an account have one key, so that they stay in order. */
export const requestFeed: Feed = {
  topic: { name: 'redress.requests', purpose: 'requests' },
  start: () => ({
    take: async (decoded) => {
      const message = requestMessageOf(decoded)
      return E.right(message === null ? [] : [typedMessage(message.account, message)])
    },
    state: () => null,
  }),
}
