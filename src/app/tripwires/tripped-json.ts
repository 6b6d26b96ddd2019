import { formatInstant } from '../../domain/time.ts'
import { type TrippedWire, tripwires } from '../../incidents/tripwires/tripwire.ts'

/** A tripwire that was set off, as JSON: times as RFC 3339. */
export const trippedJson = ({ wire, source, value, at, sequence, events }: TrippedWire) => ({
  wire,
  source,
  says: tripwires[wire],
  ...value,
  at: formatInstant(at),
  sequence,
  events,
})
