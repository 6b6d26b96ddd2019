import { countOf } from '../../foundation/text/count-of.ts'
import type { Rehearsal } from './rehearsal.ts'

/** What limits what a rehearsal can say; `says` is one line for people. */
export type RehearsalRemark = {
  readonly code: 'no_evaluations' | 'signal_not_recorded' | 'signal_lacking' | 'nothing_to_compare_with'
  /** The signal that it is about; null: none. */
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
            says: 'no evaluation (content.evaluated) was recorded in this time: only what was flagged is compared, and what would be flagged anew cannot be counted',
          },
        ]
      : []
  return [...nothing, ...noNearMisses, ...signals.flatMap((signal) => lackingRemark(signal, total))]
}

const lackingRemark = (
  { name, type, lacking }: Rehearsal['signals'][number],
  total: number,
): ReadonlyArray<RehearsalRemark> => {
  if (lacking === 0) return []
  if (lacking === total) {
    const says = `nobody records the signal ${name} (${type}): conditions that need it are unknown in all of the evidence`
    return [{ code: 'signal_not_recorded', signal: name, says }]
  }
  const share = percent(lacking / total)
  const says = `${share} of the evidence (${countOf(lacking, 'piece')}) has no value of the signal ${name} (${type})`
  return [{ code: 'signal_lacking', signal: name, says }]
}

/** A share for people: what is not all of it is never rounded to 100 %. */
const percent = (share: number): string =>
  share > 0.9999 ? 'over 99.99 %' : share < 0.0001 ? 'under 0.01 %' : `${(100 * share).toFixed(2)} %`
