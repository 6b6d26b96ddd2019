const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const
const LONGEST = 100_000 * UNITS.d
const DURATION = /^(\d{1,12})([dhms])$/

/** The form of a duration, for people. */
export const DURATION_NAME = 'a duration such as 90d, 12h, 30m or 45s, more than 0s and at most 100000d'

/**
 * The length in ms of a duration: a positive integer and one of d (24 hours), h, m, s. `undefined` if the text is
 * not one. (Limited so that a Date can hold any instant minus a duration.)
 */
export const parseDuration = (text: string): number | undefined => {
  const [, digits, letter] = DURATION.exec(text) ?? []
  if (digits === undefined) return undefined
  // Cast: the expression above matches no other letter.
  const ms = Number(digits) * UNITS[letter as keyof typeof UNITS]
  return ms > 0 && ms <= LONGEST ? ms : undefined
}

/** A length in ms (whole seconds) in the largest unit that divides it: `90d`, `36h`. */
export const formatDuration = (ms: number): string => {
  for (const [letter, size] of Object.entries(UNITS)) {
    if (ms % size === 0) return `${ms / size}${letter}`
  }
  return `${ms}ms`
}
