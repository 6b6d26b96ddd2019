import type { RetryOutcome } from '../../ingest/dead-letters/resubmit.ts'
import type { Resubmitted } from './resubmit.ts'

/** What became of letters as JSON: how many of each outcome, and each. */
export const resubmittedJson = ({ outcomes, locked }: Resubmitted) => {
  const count = (kind: RetryOutcome['kind']): number => outcomes.filter((one) => one.kind === kind).length
  const counts = { accepted: count('accepted'), duplicate: count('duplicate'), refused: count('refused') }
  return { ...counts, locked, outcomes }
}
