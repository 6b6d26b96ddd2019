import * as t from 'io-ts'
import * as E from '#fp/Either'
import { AlarmFamilyWord, TripwireWord } from '../../domain/alarm-words.ts'
import { closed, listOf, oneOf } from '../../domain/codec.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { Id } from '../../domain/ids.ts'
import { Count, FiniteNumber } from '../../domain/parts.ts'
import { AlarmKey } from '../../domain/suspect.ts'
import { Timestamp } from '../../domain/time.ts'
import type { Feed } from '../../ingest/outbox/feed.ts'
import { whatItSays } from '../raised.ts'
import { type SavedTold, toldAlarms } from '../watch/told.ts'
import { typedMessage } from './message.ts'

/** The name of the schema, with its version: another schema gets another one. */
export const ALARM_NOTICE = 'alarm.notice.v1'

/** An alarm or a tripwire of which people are told. */
export const AlarmNotice = closed(
  ALARM_NOTICE,
  {
    type: oneOf(ALARM_NOTICE),
    alarmId: Id,
    key: AlarmKey,
    says: t.string,
    recordedAt: Timestamp,
    sequence: Count,
    first: listOf(Id, 'a list of ids of events'),
    accounts: Count,
  },
  {
    family: AlarmFamilyWord,
    tripwire: TripwireWord,
    statistic: FiniteNumber,
    threshold: FiniteNumber,
    units: Count,
    repeats: Id,
  },
)
export type AlarmNotice = t.TypeOf<typeof AlarmNotice>

/** Alarms and tripwires, those of which people are told, as they are recorded. What is about the same has one key. */
export const alarmFeed: Feed = {
  topic: { name: 'redress.alarms', purpose: 'alarms' },
  start: (_, saved) => {
    // Cast: it is what `state` returned.
    const told = toldAlarms((saved ?? []) as SavedTold)
    return {
      take: async ({ event }) => {
        if (event.type !== 'alarm.raised.v1' || !told.tells(event)) return E.right([])
        return E.right([typedMessage(event.data.keySha256, noticeOf(event))])
      },
      state: told.saved,
    }
  },
}

const noticeOf = ({ recordedat, data }: StoredEvent<'alarm.raised.v1'>): AlarmNotice => {
  const { keySha256: _, parametersSha256: __, ...alarm } = data
  return { type: ALARM_NOTICE, ...alarm, says: whatItSays(data), recordedAt: recordedat }
}
