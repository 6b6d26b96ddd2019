import * as E from '#fp/Either'
import { grouped } from '../../foundation/text/grouped.ts'
import { quoted } from '../../foundation/text/quoted.ts'
import { type Ordering, orderings } from '../../rulesets/cel/written-comparisons.ts'
import { type Decimal, decimalText, digitsAt, MOST_DIGITS, parseDecimal } from './decimal.ts'

/** Which threshold of which rule is tried at which values, as a person writes it. */
export type SweepExpression = {
  readonly rule: string
  readonly signal: string
  readonly operator: Ordering
  /** Ascending, all with as many places after the point. */
  readonly thresholds: ReadonlyArray<string>
}

const MOST_STEPS = 1_000
const FORM =
  'RULE: signals.NAME >= FROM..TO step STEP, such as adult.explicit: signals.adult_score >= 0.60..0.99 step 0.01'

/** Reads `adult.explicit: signals.adult_score >= 0.60..0.99 step 0.01`, or says what is wrong with it. */
export const parseSweep = (text: string): E.Either<string, SweepExpression> => {
  // A rule's id may contain colons.
  const parts =
    /^\s*(\S+)\s*:\s*signals\.(\w+)\s*([^\s\d\w.-]+)\s*(\S+?)\s*\.\.\s*(\S+)\s+step\s+(\S+)\s*$/.exec(text)
  if (parts === null) return E.left(`${quoted(text)} is not a sweep: write ${FORM}`)
  const [, rule = '', signal = '', written = '', ...numbers] = parts
  const operator = orderings.find((known) => known === written)
  if (operator === undefined) {
    return E.left(`a sweep compares by ${orderings.join(', ')}, not by ${quoted(written)}`)
  }
  const decimals: Decimal[] = []
  for (const number of numbers) {
    const decimal = parseDecimal(number)
    if (decimal === undefined) {
      return E.left(`${quoted(number)} is not a number of at most ${MOST_DIGITS} digits, such as 0.60`)
    }
    decimals.push(decimal)
  }
  return E.map((thresholds: ReadonlyArray<string>) => ({ rule, signal, operator, thresholds }))(
    thresholdsFrom(decimals),
  )
}

/** The numbers from the first up to the second, by steps of the third: exact, so that 0.1 + 0.2 is 0.3. */
const thresholdsFrom = (decimals: ReadonlyArray<Decimal>): E.Either<string, ReadonlyArray<string>> => {
  const scale = decimals.reduce((most, decimal) => Math.max(most, decimal.scale), 0)
  const [from = 0n, to = 0n, step = 0n] = decimals.map((decimal) => digitsAt(decimal, scale))
  if (step <= 0n) return E.left('the step must be greater than 0')
  if (from > to) {
    return E.left(`the thresholds go up: write ${decimalText({ digits: to, scale })} first`)
  }
  const steps = (to - from) / step + 1n
  if (steps > MOST_STEPS) {
    return E.left(
      `these are ${grouped(steps)} thresholds, more than ${grouped(MOST_STEPS)}: give a larger step, or a smaller range`,
    )
  }
  return E.right(
    Array.from({ length: Number(steps) }, (_, n) => decimalText({ digits: from + BigInt(n) * step, scale })),
  )
}
