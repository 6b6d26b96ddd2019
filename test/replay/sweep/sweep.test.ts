import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { parseSweep } from '../../../src/replay/sweep/expression.ts'
import { outermost, type Sweep, sweepOf } from '../../../src/replay/sweep/sweep.ts'
import { unwrap } from '../../ledger/events.ts'
import { compiled, type Document } from '../histories.ts'

const documentWith = (when: string): Document => ({
  ruleset: 'guidelines',
  version: 'v1',
  signals: { score: 'double', count: 'int' },
  rules: [
    { id: 'a', category: 'alpha', when, strikes: 2 },
    { id: 'adult', category: 'beta', when: 'signals.score >= 0.5' },
  ],
  deactivations: [{ id: 'few', at_least: 2, restriction: 'suspended' }],
})
const swept = (text: string, when: string): E.Either<string, Sweep> => {
  const document = documentWith(when)
  return sweepOf(unwrap(parseSweep(text)), { ruleset: compiled(document), document })
}
const steps = (text: string, when: string) =>
  unwrap(swept(text, when)).steps.map(({ threshold, isCurrent, ruleset }) => [
    threshold,
    isCurrent,
    ruleset.rules[0]?.when,
  ])

describe('given a rule with one threshold', () => {
  test('when it is swept, then each step has the ruleset with that number, and its own is marked', () => {
    const when = 'signals.score >= 0.9 && signals.count > 1'
    expect(steps('a: signals.score >= 0.80..0.95 step 0.05', when)).toEqual([
      ['0.80', false, 'signals.score >= 0.80 && signals.count > 1'],
      ['0.85', false, 'signals.score >= 0.85 && signals.count > 1'],
      ['0.90', true, when],
      ['0.95', false, 'signals.score >= 0.95 && signals.count > 1'],
    ])
  })

  test('then each ruleset is what a person would have written, hash included', () => {
    const { steps: made } = unwrap(swept('a: signals.score >= 0.1..0.2 step 0.1', 'signals.score >= 0.9'))
    expect(made[1]?.ruleset.sha256).toBe(compiled(documentWith('signals.score >= 0.2')).sha256)
  })

  test('when its own number is not among them, then it is judged as well, in its place', () => {
    const when = 'signals.score >= 0.975'
    expect(steps('a: signals.score >= 0.97..0.98 step 0.01', when)).toEqual([
      ['0.97', false, 'signals.score >= 0.97'],
      ['0.975', true, when],
      ['0.98', false, 'signals.score >= 0.98'],
    ])
  })

  test('when whole numbers are given for a double, then the condition still compares doubles', () => {
    expect(steps('a: signals.score >= 1..1 step 1', 'signals.score >= -2.0')).toEqual([
      ['-2', true, 'signals.score >= -2.0'],
      ['1', false, 'signals.score >= 1.0'],
    ])
  })

  test('then the outermost thresholds come first and last, the own one included', () => {
    const sweep = unwrap(swept('a: signals.count < 3..5 step 1', '10 > signals.count'))
    expect(
      outermost(sweep).map(({ rules }) => rules.kind === 'corrected' && rules.ruleset.rules[0]?.when),
    ).toEqual(['3 > signals.count', '10 > signals.count'])
  })
})

describe('given a rule that cannot be swept so', () => {
  test.each([
    [
      'adalt: signals.score >= 0.1..0.2 step 0.1',
      'signals.score >= 0.9',
      'guidelines v1 has no rule "adalt"; did you mean adult?',
    ],
    [
      'a: signals.score > 0.1..0.2 step 0.1',
      'signals.score >= 0.9',
      'rule a has no comparison signals.score > a number: it is "signals.score >= 0.9"',
    ],
    [
      'a: signals.score >= 0.1..0.2 step 0.1',
      'signals.score >= 0.9 || signals.score >= 0.95',
      'rule a has 2 comparisons signals.score >= a number, and only one could be changed: it is "signals.score >= 0.9 || signals.score >= 0.95"',
    ],
    [
      'a: signals.count > 0.5..1.5 step 0.5',
      'signals.count > 1',
      'signals.count is an int: give whole numbers, without a point',
    ],
  ])('%s of %s: it says why', (text, when, message) => {
    expect(swept(text, when)).toEqual(E.left(message))
  })
})
