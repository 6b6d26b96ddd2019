import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { History } from '../model/history.ts'
import type { Versions } from '../model/versions.ts'
import type { Read } from './reading.ts'
import type { Resting } from './resting.ts'

/** What judging by the rules of the day needs to know. */
export type DayContext = {
  readonly history: History
  readonly versions: Versions
  /** How A reads flags for a decision that is judged by `own`. */
  readonly readOfTheDay: (own: Ruleset) => Read
}

/** What judging needs to know. */
export type JudgingContext = DayContext & {
  readonly corrected: Ruleset
  readonly resting: Resting
  /** How B reads flags, the cascades found so far included. */
  readonly readCorrected: Read
}
