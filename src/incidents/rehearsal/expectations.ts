import * as E from '#fp/Either'
import { didYouMean } from '../../foundation/text/nearest.ts'
import { quoted } from '../../foundation/text/quoted.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { firedOn, newlyFiredOn } from './counts.ts'
import type { Rehearsal, RehearsedRule } from './rehearsal.ts'

/** How much new evidence a rule is expected to fire on: a share of what the old version fires on, in percent, or a number. */
export type Expectation = { readonly kind: 'percent' | 'number'; readonly value: number }

/** By the rule's id. */
export type Expectations = ReadonlyMap<string, Expectation>

/** How much new evidence a rule may fire on without being expected to. */
const UNEXPECTED: Expectation = { kind: 'percent', value: 25 }
/** Less than this is not too much, unless a number or nothing at all was expected. */
const FEW = 10

/** The form of an expectation, for people. */
export const EXPECTATION_FORM =
  'RULE=+40% (of what the old version fires on) or RULE=+1200 (pieces of evidence)'

const FORM = /^([^=]+)=\+(\d{1,9}(?:\.\d{1,6})?)(%?)$/

/** Reads an expectation; undefined: the text is none. */
export const parseExpectation = (text: string): readonly [rule: string, Expectation] | undefined => {
  const [, rule, digits, percent] = FORM.exec(text) ?? []
  if (rule === undefined || digits === undefined) return undefined
  const value = Number(digits)
  if (percent === '' && !Number.isInteger(value)) return undefined
  return [rule, { kind: percent === '%' ? 'percent' : 'number', value }]
}

/** An expectation in the form that `parseExpectation` reads. */
export const describeExpectation = (rule: string, { kind, value }: Expectation): string =>
  `${rule}=+${value}${kind === 'percent' ? '%' : ''}`

/** Checks that expectations are about rules of a version; otherwise says what is wrong, on one line. */
export const checkExpectations = (
  expectations: Expectations,
  { rules, version }: Pick<Ruleset, 'rules' | 'version'>,
): E.Either<string, void> => {
  const ids = new Set(rules.map(({ id }) => id))
  for (const rule of expectations.keys()) {
    if (ids.has(rule)) continue
    const hint = didYouMean(rule, ids) ?? `its rules are ${[...ids].join(', ') || 'none'}`
    return E.left(`the version ${version} has no rule ${quoted(rule)}: ${hint}`)
  }
  return E.right(undefined)
}

/** A rule that fires on more new evidence than expected. */
export type Unexpected = {
  readonly rule: string
  /** On how much it fires, and the old version does not. */
  readonly newlyFired: number
  /** On how much the old version fires. */
  readonly fired: number
  /** On how much new evidence it may fire. */
  readonly allowed: number
}

/** The rules that fire on more new evidence than expected. Nothing is expected of the first version of a ruleset. */
export const unexpectedIn = (
  { old, rules }: Pick<Rehearsal, 'old' | 'rules'>,
  expectations: Expectations,
): ReadonlyArray<Unexpected> =>
  old === null ? [] : rules.flatMap((rule) => unexpected(rule, expectations.get(rule.id) ?? UNEXPECTED))

const unexpected = (
  { id, counts }: RehearsedRule,
  { kind, value }: Expectation,
): ReadonlyArray<Unexpected> => {
  const [newlyFired, fired] = [newlyFiredOn(counts), firedOn(counts)]
  const allowed = kind === 'number' ? value : Math.floor((fired * value) / 100)
  const isExact = kind === 'number' || value === 0
  return newlyFired > allowed && (isExact || newlyFired >= FEW)
    ? [{ rule: id, newlyFired, fired, allowed }]
    : []
}
