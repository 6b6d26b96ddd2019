import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { parseSweep } from '../../../src/replay/sweep/expression.ts'
import { unwrap } from '../../ledger/events.ts'

const thresholdsOf = (range: string) => unwrap(parseSweep(`a: signals.score >= ${range}`)).thresholds

describe('given a sweep as a person writes it', () => {
  test('then it names the rule, the signal, the operator and every threshold', () => {
    expect(unwrap(parseSweep('adult.explicit: signals.adult_score >= 0.97..0.99 step 0.01'))).toEqual({
      rule: 'adult.explicit',
      signal: 'adult_score',
      operator: '>=',
      thresholds: ['0.97', '0.98', '0.99'],
    })
  })

  test.each([
    ['0.60..0.7 step 0.05', ['0.60', '0.65', '0.70']],
    ['-1..1 step 1', ['-1', '0', '1']],
    ['-0.05 .. 0.05 step 0.05', ['-0.05', '0.00', '0.05']],
    ['5..12 step 5', ['5', '10']],
    ['3..3 step 1', ['3']],
  ])('%s: the thresholds are %j', (range, thresholds) => {
    expect(thresholdsOf(range)).toEqual(thresholds)
  })

  test('then white space does not matter, and a rule id may have colons', () => {
    expect(unwrap(parseSweep(' a:b :signals.n<1..2 step 1 '))).toMatchObject({
      rule: 'a:b',
      signal: 'n',
      operator: '<',
    })
  })

  test('then the steps are exact decimals, however small they are', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.integer({ min: 1, max: 50 }), fc.nat(900), (from, step, steps) => {
        const text = (n: number): string => `${Math.floor(n / 1_000)}.${String(n % 1_000).padStart(3, '0')}`
        const range = `${text(from)}..${text(from + step * steps)} step ${text(step)}`
        expect(thresholdsOf(range)).toEqual(
          Array.from({ length: steps + 1 }, (_, n) => text(from + step * n)),
        )
      }),
    )
  })
})

describe('given what is no sweep', () => {
  test.each([
    ['nonsense', /^"nonsense" is not a sweep: write RULE: signals\.NAME >= FROM\.\.TO step STEP, such as /],
    ['a: signals.score >= 0.5', /is not a sweep/],
    ['a: signals.score == 1..2 step 1', 'a sweep compares by >=, >, <=, <, not by "=="'],
    ['a: signals.score >= x..2 step 1', '"x" is not a number of at most 15 digits, such as 0.60'],
    ['a: signals.score >= 1..2 step 1e-3', '"1e-3" is not a number of at most 15 digits, such as 0.60'],
    ['a: signals.score >= 1..2 step 0.0000000000000001', /is not a number of at most 15 digits/],
    ['a: signals.score >= 1..2 step 0', 'the step must be greater than 0'],
    ['a: signals.score >= 1..2 step -1', 'the step must be greater than 0'],
    ['a: signals.score >= 0.9..0.6 step 0.1', 'the thresholds go up: write 0.6 first'],
    [
      'a: signals.score >= 0..1 step 0.001',
      'these are 1,001 thresholds, more than 1,000: give a larger step, or a smaller range',
    ],
  ])('%s: it says what is wrong', (text, message) => {
    const parsed = parseSweep(text)
    expect(E.isLeft(parsed) && parsed.left).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    )
  })
})
