import { formatInstant } from '../../domain/time.ts'
import { type Alarm, families } from '../../incidents/alarm/alarm.ts'

/** An alarm as JSON: times as RFC 3339. */
export const alarmJson = ({ at, isTold, ...alarm }: Alarm) => ({
  ...alarm,
  says: families[alarm.family],
  at: formatInstant(at),
  told: isTold,
})
