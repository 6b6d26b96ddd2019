import type * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed, oneOf } from '../../domain/codec.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { Id, Line } from '../../domain/ids.ts'
import { HoldKey } from '../../domain/suspect.ts'
import { Timestamp } from '../../domain/time.ts'
import { CLEANUP_POLICY } from '../../ingest/kafka/topics/settings.ts'
import type { Feed } from '../../ingest/outbox/feed.ts'
import { typedMessage } from './message.ts'

/** The name of the schema, with its version: another schema gets another one. */
export const HOLD_STATE = 'hold.state.v1'

/** What was said last of a hold. */
export const HoldState = closed(
  HOLD_STATE,
  {
    type: oneOf(HOLD_STATE),
    holdId: Id,
    state: oneOf('requested', 'lifted'),
    by: Line,
    reason: Line,
    recordedAt: Timestamp,
  },
  { key: HoldKey, alarmId: Id },
)

export type HoldState = t.TypeOf<typeof HoldState>

/** All holds, from the first event on: the topic keeps the last state of each. */
export const holdFeed: Feed = {
  topic: { name: 'redress.holds', purpose: 'holds', settings: { [CLEANUP_POLICY]: 'compact' } },
  start: () => ({
    take: async ({ event }) =>
      E.right(isOfHold(event) ? [typedMessage(event.data.holdId, stateOf(event))] : []),
    state: () => null,
  }),
}

type HoldEvent = StoredEvent<'hold.requested.v1' | 'hold.lifted.v1'>

const isOfHold = (event: StoredEvent): event is HoldEvent =>
  event.type === 'hold.requested.v1' || event.type === 'hold.lifted.v1'

const stateOf = ({ type, recordedat, data }: HoldEvent): HoldState => ({
  type: HOLD_STATE,
  state: type === 'hold.lifted.v1' ? 'lifted' : 'requested',
  ...data,
  recordedAt: recordedat,
})
