import { formatInstant } from '../../domain/time.ts'
import { type Alarm, families, type Suspects } from '../../incidents/alarm/alarm.ts'
import { format, table } from '../table.ts'

/** Alarms for people: one a line. */
export const alarmLines = (alarms: ReadonlyArray<Alarm>): ReadonlyArray<string> =>
  table(
    [
      { title: 'at', cell: ({ at }) => formatInstant(at).slice(0, 19).replace('T', ' ') },
      { title: 'event', align: 'right', cell: ({ sequence }) => format(sequence) },
      { title: 'suspect', cell: ({ key }) => describeSuspects(key) },
      { title: 'says', cell: ({ family }) => families[family] },
      { title: 'units', align: 'right', cell: ({ units }) => format(units) },
      { title: 'accounts', align: 'right', cell: ({ accounts }) => format(accounts) },
      { title: 'first', cell: ({ first }) => first[0]?.id ?? '' },
      { title: '', cell: ({ repeats }) => (repeats === null ? '' : 'again') },
    ],
    alarms,
    0,
  )

/** What an alarm is about, for people. */
export const describeSuspects = (key: Suspects): string => {
  if ('decidedBy' in key) return `${key.decidedBy.kind} ${key.decidedBy.id}`
  const detector = 'detector' in key ? `detector ${key.detector.id} ${key.detector.version}` : ''
  if (!('rule' in key)) return detector
  return `${key.rule} ${key.ruleset} ${key.version}${detector === '' ? '' : `, ${detector}`}`
}
