import { atTime, period } from './calendar.ts'

/** The model version that misjudges pictures, and when it was live. */
export const badModel = {
  version: '7.3.0',
  from: atTime('2025-04-10T08:00:00Z'),
  to: atTime('2025-04-24T14:00:00Z'),
}

/** The same, as what is at fault. */
export const badVersion = {
  detector: 'nudity-net',
  detectorVersion: badModel.version,
  ...period(badModel.from, badModel.to),
}

/** What is wrong in the platform's rules, and is therefore corrected. */
export type Mistakes = {
  /** The version of April 28 went out with 0.67 instead of 0.97 and forgot `!is_illustration`. */
  readonly typo: boolean
  /** The rules trust the bad model version. */
  readonly badModel: boolean
  /** A rule that should never have existed. */
  readonly patternRule: boolean
}
