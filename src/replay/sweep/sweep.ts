import * as E from '#fp/Either'
import { didYouMean } from '../../foundation/text/nearest.ts'
import { quoted } from '../../foundation/text/quoted.ts'
import { parseCondition } from '../../rulesets/cel/parse.ts'
import { numbersCompared, type WrittenNumber } from '../../rulesets/cel/written-comparisons.ts'
import { compileRuleset, describeProblem } from '../../rulesets/document.ts'
import type { Rule, Ruleset } from '../../rulesets/ruleset.ts'
import type { RulesetShape } from '../../rulesets/shape.ts'
import { type Corrections, correctionOfRules } from '../correction/correction.ts'
import type { SweepExpression } from './expression.ts'

/** A ruleset and the document that it was compiled from. */
export type RulesetSource = { readonly ruleset: Ruleset; readonly document: unknown }

/** A ruleset with one threshold of one rule at different values. */
export type Sweep = {
  readonly expression: SweepExpression
  /** The ruleset as it is. */
  readonly ruleset: Ruleset
  /** By threshold, ascending; the ruleset's own threshold is always one of them. */
  readonly steps: ReadonlyArray<SweepStep>
}

type SweepStep = {
  /** As it is written in a report: `0.60`. */
  readonly threshold: string
  /** Whether it is the ruleset's own. */
  readonly isCurrent: boolean
  readonly ruleset: Ruleset
}

/** Makes the rulesets of a sweep, or says why it cannot be made of this ruleset. */
export const sweepOf = (
  expression: SweepExpression,
  { ruleset, document }: RulesetSource,
): E.Either<string, Sweep> => {
  const { id, version, rules, signals } = ruleset
  const rule = rules.find((each) => each.id === expression.rule)
  if (rule === undefined) {
    const hint =
      didYouMean(
        expression.rule,
        rules.map((each) => each.id),
      ) ?? ''
    return E.left(`${id} ${version} has no rule ${quoted(expression.rule)}${hint === '' ? '' : `; ${hint}`}`)
  }
  const number = theNumber(rule, expression)
  if (E.isLeft(number)) return number
  const { value, start, end } = number.right
  const isInt = signals.get(expression.signal) === 'int'
  const fraction = isInt ? expression.thresholds.find((threshold) => threshold.includes('.')) : undefined
  if (fraction !== undefined) {
    return E.left(`signals.${expression.signal} is an int: give whole numbers, without a point`)
  }
  const steps: SweepStep[] = []
  for (const threshold of expression.thresholds) {
    if (Number(threshold) === value) continue
    const literal = isInt || threshold.includes('.') ? threshold : `${threshold}.0`
    const when = `${rule.when.slice(0, start)}${literal}${rule.when.slice(end)}`
    const changed = compileRuleset(withCondition(document, rule.id, when))
    if (E.isLeft(changed)) return E.left(changed.left.map(describeProblem).join('; '))
    steps.push({ threshold, isCurrent: false, ruleset: changed.right })
  }
  steps.push({ threshold: textOf(value, expression), isCurrent: true, ruleset })
  return E.right({
    expression,
    ruleset,
    steps: steps.sort((a, b) => Number(a.threshold) - Number(b.threshold)),
  })
}

/**
 * The corrections with the lowest and the highest threshold. Whatever a step's ruleset reads, it reads as one of these does:
 * a number is on the same side of every threshold up to some place, and on the other side of those after it.
 */
export const outermost = ({ steps, ruleset }: Sweep): Corrections => [
  correctionOfRules(steps[0]?.ruleset ?? ruleset),
  correctionOfRules(steps.at(-1)?.ruleset ?? ruleset),
]

/** The one number of a rule that a sweep replaces. */
const theNumber = (
  { id, when }: Rule,
  { signal, operator }: SweepExpression,
): E.Either<string, WrittenNumber> => {
  const parsed = parseCondition(when)
  const numbers = E.isLeft(parsed) ? [] : numbersCompared(parsed.right, signal, operator)
  const [number] = numbers
  const comparison = `signals.${signal} ${operator} a number`
  if (number === undefined) return E.left(`rule ${id} has no comparison ${comparison}: it is ${quoted(when)}`)
  return numbers.length === 1
    ? E.right(number)
    : E.left(
        `rule ${id} has ${numbers.length} comparisons ${comparison}, and only one could be changed: it is ${quoted(when)}`,
      )
}

const withCondition = (document: unknown, ruleId: string, when: string): RulesetShape => {
  // Cast: a ruleset was compiled from it, which no document of another shape is.
  const written = document as RulesetShape
  return { ...written, rules: written.rules.map((rule) => (rule.id === ruleId ? { ...rule, when } : rule)) }
}

/** A ruleset's own threshold, with as many places after the point as the others if they are enough. */
const textOf = (value: number, { thresholds }: SweepExpression): string => {
  const places = thresholds[0]?.split('.')[1]?.length ?? 0
  const text = value.toFixed(places)
  return Number(text) === value ? text : String(value)
}
