import { formatInstant } from '../../domain/time.ts'
import { formatDuration } from '../../rulesets/duration.ts'
import type { RehearsalWindow } from './rehearsal.ts'

/** The window of a length (ms) that ends with the last event of a service. */
export const windowBefore = (lastServiceEvent: number, over: number): RehearsalWindow => ({
  from: lastServiceEvent - over,
  to: lastServiceEvent,
})

/** A window for people. */
export const describeWindow = ({ from, to }: RehearsalWindow): string =>
  `${formatDuration(to - from)} up to ${formatInstant(to)}`
