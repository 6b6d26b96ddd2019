import { closed, listOf } from '../../domain/codec.ts'
import { AccountId, FlagId, Id } from '../../domain/ids.ts'
import { Detector, FlaggedContent, Signals } from '../../domain/parts.ts'
import { Timestamp } from '../../domain/time.ts'

/** The name of the schema, with its version: another schema gets another one. */
export const RESCORE_REQUEST = 'rescore.request.v1'

/** A line of the rescore list, as services read it. */
export const RescoreRequestCodec = closed(RESCORE_REQUEST, {
  account: AccountId,
  flagId: FlagId,
  occurredAt: Timestamp,
  content: FlaggedContent,
  category: Id,
  rule: Id,
  detector: Detector,
  signals: Signals,
  withdrawals: listOf(Id, 'a list of ids of withdrawals'),
})
