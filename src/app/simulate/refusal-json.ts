import { formatInstant } from '../../domain/time.ts'
import type { RefusedVersion } from './to-ledger.ts'

/** A version that was refused at first, as JSON: times as RFC 3339. */
export const refusalJson = ({ at, anyway, ...refusal }: RefusedVersion) => ({
  at: formatInstant(at),
  ...refusal,
  anyway: { at: formatInstant(anyway.at), reason: anyway.reason },
})
