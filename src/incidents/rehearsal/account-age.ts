import type { Signals } from '../../domain/parts.ts'
import type { Ruleset, SignalType } from '../../rulesets/ruleset.ts'

/** The signal that says how old an account was, in days. */
export const ACCOUNT_AGE = 'account_age_days'

/** The bands of account ages: the first whole day of each, and its name. */
const BANDS = [
  [0, 'under 7 days'],
  [7, '7 to 29 days'],
  [30, '30 to 89 days'],
  [90, '90 to 364 days'],
  [365, '365 days or more'],
] as const

/** Of evidence without the signal. */
const NOT_RECORDED = 'not recorded'

/** In the order in which they are shown. */
export const ageBands: ReadonlyArray<string> = [...BANDS.map(([, name]) => name), NOT_RECORDED]

/** How the new version declares the age, or else the old one; null: neither has it as a number. */
export const ageType = (old: Ruleset | null, next: Ruleset): SignalType | null => {
  const type = next.signals.get(ACCOUNT_AGE) ?? old?.signals.get(ACCOUNT_AGE)
  return type === 'int' || type === 'double' ? type : null
}

/** The band of some evidence. */
export const ageBandOf = (signals: Signals, type: SignalType): string => {
  const age = signals[ACCOUNT_AGE]
  if (typeof age !== 'number' || (type === 'int' && !Number.isSafeInteger(age))) return NOT_RECORDED
  return BANDS.findLast(([from]) => age >= from)?.[1] ?? BANDS[0][1]
}

/** The same in SQL, for an expression of the age. */
export const ageBandSql = (age: string): string => {
  const bands = BANDS.slice(1)
    .toReversed()
    .map(([from, name]) => `WHEN ${age} >= ${from} THEN '${name}'`)
  return `CASE WHEN ${age} IS NULL THEN '${NOT_RECORDED}' ${bands.join(' ')} ELSE '${BANDS[0][1]}' END`
}
