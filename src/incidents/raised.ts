import type { OwnEvent } from '../domain/event.ts'
import { formatInstant } from '../domain/time.ts'
import { canonical } from '../foundation/canonical.ts'
import { type Alarm, families } from './alarm/alarm.ts'
import { ownEvent } from './own-event.ts'
import { type TrippedWire, tripwires } from './tripwires/tripwire.ts'

type Raised = OwnEvent<'alarm.raised.v1'>

/** What is the same for both: when the event by which it is known was recorded (ms), and the parameters. */
type Known = { readonly recordedAt: number; readonly parametersSha256: string }

/** The event that records an alarm, the same for whoever folds the ledger. */
export const raisedByAlarm = (alarm: Alarm, known: Known): Raised => {
  const { alarmId, family, key, sequence, accounts, statistic, threshold, units, first, repeats } = alarm
  return raised({ family, key }, alarmId, known, {
    ...{ sequence, accounts, statistic, threshold, units },
    first: first.map(({ id }) => id),
    ...(repeats === null ? {} : { repeats }),
  })
}

/** The event that records a tripwire that was set off. */
export const raisedByWire = (
  { wire, source, value, sequence, events }: TrippedWire,
  known: Known,
): Raised => {
  const named = Object.entries(value).filter(([, name]) => name !== null)
  const about = { tripwire: wire, key: { ...Object.fromEntries(named), source } }
  return raised(about, canonical({ ...about, sequence }).sha256, known, {
    sequence,
    accounts: new Set(events.map(({ subject }) => subject)).size,
    first: events.map(({ id }) => id),
  })
}

/** What an alarm says, for people. */
export const whatItSays = ({ family, tripwire }: Pick<Raised['data'], 'family' | 'tripwire'>): string => {
  if (tripwire !== undefined) return tripwires[tripwire]
  return family === undefined ? '' : families[family]
}

const raised = (
  about: { readonly family?: string; readonly tripwire?: string; readonly key: object },
  alarmId: string,
  { recordedAt, parametersSha256 }: Known,
  data: object,
): Raised => {
  const keySha256 = canonical(about).sha256
  return ownEvent('alarm.raised.v1', {
    id: `alarm-${alarmId}`,
    subject: keySha256,
    time: formatInstant(recordedAt),
    data: { alarmId, ...about, keySha256, parametersSha256, ...data },
  })
}
