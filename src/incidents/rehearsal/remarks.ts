import type { Rehearsal } from './rehearsal.ts'

/** What limits what a rehearsal can say; `says` is one line for people. */
export type RehearsalRemark = {
  readonly code: 'no_evaluations' | 'signal_not_recorded' | 'signals_lacking' | 'nothing_to_compare_with'
  /** The signal that it is about; null: none, or several. */
  readonly signal: string | null
  readonly says: string
}

/** The most important ones first. */
export const remarksOnRehearsal = ({
  old,
  next,
  evidence,
  signals,
}: Rehearsal): ReadonlyArray<RehearsalRemark> => {
  const total = evidence.flags + evidence.evaluations
  const nothing =
    old === null
      ? [
          {
            code: 'nothing_to_compare_with' as const,
            signal: null,
            says: `no version of ${next.id} is in force, so everything that this one does is new; a first version is never refused`,
          },
        ]
      : []
  const noNearMisses =
    evidence.evaluations === 0
      ? [
          {
            code: 'no_evaluations' as const,
            signal: null,
            says: 'no evaluation (content.evaluated) was recorded in this time: only what was flagged is compared, and what would be flagged in addition cannot be counted',
          },
        ]
      : []
  return [...nothing, ...noNearMisses, ...notRecorded(signals, total), ...sometimesLacking(signals, total)]
}

type LackingSignals = Rehearsal['signals']

const notRecorded = (signals: LackingSignals, total: number): ReadonlyArray<RehearsalRemark> =>
  signals
    .filter(({ lacking }) => lacking === total && total > 0)
    .map(({ name, type }) => ({
      code: 'signal_not_recorded',
      signal: name,
      says: `nobody records the signal ${name} (${type}): conditions that need it are unknown in all of the evidence`,
    }))

/** In one line: where detectors record different signals, each of them is lacking somewhere. */
const sometimesLacking = (signals: LackingSignals, total: number): ReadonlyArray<RehearsalRemark> => {
  const lacking = signals.filter((signal) => signal.lacking > 0 && signal.lacking < total)
  if (lacking.length === 0) return []
  const shares = lacking.map((signal) => `${signal.name} (${percent(signal.lacking / total)})`)
  const says = `some of the evidence has no value of a signal: ${shares.join(', ')}`
  return [{ code: 'signals_lacking', signal: null, says }]
}

/** A share for people: what is not all of it is never rounded to 100 %. */
const percent = (share: number): string =>
  share > 0.9999 ? 'over 99.99 %' : share < 0.0001 ? 'under 0.01 %' : `${(100 * share).toFixed(2)} %`
