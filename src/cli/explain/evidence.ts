import { jsonText } from '../../foundation/text/json-text.ts'
import type { FlagExplained } from '../../replay/result/explain.ts'
import type { EvidenceExplained } from '../../replay/result/explain-evidence.ts'
import { table } from '../table.ts'

/** A flag's signals; if a detector looked again, next to what it found then. */
export const signalLines = ({ detector, signals, evidence }: FlagExplained): ReadonlyArray<string> => {
  const rescored = evidence?.rescored ?? null
  if (rescored === null) {
    const recorded = Object.entries(signals).map(([name, value]) => `${name} = ${jsonText(value)}`)
    return [`    signals: ${recorded.length === 0 ? 'none recorded' : recorded.join(', ')}`]
  }
  const names = new Set([...Object.keys(signals), ...Object.keys(rescored.signals)])
  return [
    `    rescored ${rescored.occurredAt}${rescored.reason === null ? '' : `: ${rescored.reason}`}`,
    ...table(
      [
        { title: 'signal', cell: ({ name }) => name },
        { title: 'recorded', cell: ({ recorded }) => recorded },
        { title: 'rescored', cell: ({ again }) => again },
      ],
      [
        { name: '(detector)', recorded: detectorName(detector), again: detectorName(rescored.detector) },
        ...[...names].map((name) => ({
          name,
          recorded: valueIn(signals, name),
          again: valueIn(rescored.signals, name),
        })),
      ],
      4,
    ),
  ]
}

/** How true B's rule finds a flag as recorded and as rescored, and what each withdrawal makes of that. */
export const evidenceLines = ({
  recorded,
  rescored,
  withdrawals,
}: EvidenceExplained): ReadonlyArray<string> => {
  const before = rescored?.truth ?? recorded
  return [
    `    as recorded: ${recorded}${rescored === null ? '' : `; as rescored: ${before}`}`,
    ...withdrawals.map(({ id, certain, answered, truth }) => {
      const change = truth === before ? `stays ${truth}` : `${before} -> ${truth}`
      if (answered) return `    withdrawal ${id}: settled by the rescoring, ${change}`
      return certain
        ? `    withdrawal ${id}: ${change}`
        : `    withdrawal ${id}: perhaps, because a signal that its condition needs is missing: ${change}`
    }),
  ]
}

const detectorName = ({ kind, id, version }: FlagExplained['detector']): string => `${kind} ${id} ${version}`

/** Any name can be recorded, also one that every object inherits. */
const valueIn = (signals: FlagExplained['signals'], name: string): string =>
  Object.hasOwn(signals, name) ? jsonText(signals[name]) : '-'
