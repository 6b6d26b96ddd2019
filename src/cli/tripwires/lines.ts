import { formatInstant } from '../../domain/time.ts'
import { type TrippedWire, tripwires } from '../../incidents/tripwires/tripwire.ts'
import { format, table } from '../table.ts'

/** Tripwires that were set off, for people: one a line, each with its first event. */
export const trippedLines = (tripped: ReadonlyArray<TrippedWire>, indent = 0): ReadonlyArray<string> =>
  table(
    [
      { title: 'at', cell: ({ at }) => formatInstant(at).slice(0, 19).replace('T', ' ') },
      { title: 'event', align: 'right', cell: ({ sequence }) => format(sequence) },
      { title: 'source', cell: ({ source }) => source },
      { title: 'says', cell: ({ wire }) => tripwires[wire] },
      { title: 'of', cell: ({ value }) => describeValue(value) },
      { title: 'by', cell: ({ events }) => describeEvents(events) },
    ],
    tripped,
    indent,
  )

/** What a tripwire is about: rule, ruleset and version, as far as there are any. */
export const describeValue = ({ ruleset, version, sha256, rule }: TrippedWire['value']): string =>
  [
    ...(rule === null ? [] : [rule]),
    ...(ruleset === null ? [] : [`${ruleset} ${version}`]),
    ...(sha256 === null ? [] : [`(sha256 ${sha256.slice(0, 12)}...)`]),
  ].join(' ')

const describeEvents = (events: TrippedWire['events']): string => {
  const [first, ...others] = events
  if (first === undefined) return ''
  return others.length === 0 ? first.id : `${first.id} and ${format(others.length)} more`
}
