import type { Truth } from '../../rulesets/ruleset.ts'

const rank: Readonly<Record<Truth, number>> = { false: 0, unknown: 1, true: 2 }

/** The less true of two. */
export const lower = (a: Truth, b: Truth): Truth => (rank[a] <= rank[b] ? a : b)

/** The truer of two. */
export const higher = (a: Truth, b: Truth): Truth => (rank[a] >= rank[b] ? a : b)
