import { describe, expect, test } from 'vitest'
import { parseCondition } from '../../../src/rulesets/cel/parse.ts'
import { numbersCompared, type Ordering } from '../../../src/rulesets/cel/written-comparisons.ts'
import { unwrap } from '../../ledger/events.ts'

/** The numbers as they are written, and their values. */
const numbersIn = (text: string, operator: Ordering = '>=') =>
  numbersCompared(unwrap(parseCondition(text)), 'score', operator).map(({ value, start, end }) => [
    text.slice(start, end),
    value,
  ])

describe('given a condition that compares a signal with a number', () => {
  test.each<[string, Ordering, string, number]>([
    ['signals.score >= 0.97', '>=', '0.97', 0.97],
    ['signals.score>=.5&&signals.other >= 3.0', '>=', '.5', 0.5],
    ['0.9 <= signals.score', '>=', '0.9', 0.9],
    ['0.9 < signals.score', '>', '0.9', 0.9],
    ['5 >= signals.score', '<=', '5', 5],
    ['!(signals.score < 1.5e-3) || true', '<', '1.5e-3', 0.0015],
    ['(signals.score) >= (0x1F)', '>=', '0x1F', 31],
    ['signals.score >= -5', '>=', '-5', -5],
    ['signals.score >= - 5.5', '>=', '- 5.5', -5.5],
    ['signals . score >= // the line\n 7', '>=', '7', 7],
    ['flag.category == "\u{1f600} >= 1" && signals.score > 2', '>', '2', 2],
  ])('%s: the number by %s is %s', (text, operator, written, value) => {
    expect(numbersIn(text, operator)).toEqual([[written, value]])
  })

  test('then every comparison by that operator is found', () => {
    expect(numbersIn('signals.score >= 1 || (signals.score >= 2 && 3 <= signals.score)')).toEqual([
      ['1', 1],
      ['2', 2],
      ['3', 3],
    ])
  })
})

describe('given a condition that does not', () => {
  test.each([
    'signals.score > 1',
    'signals.score <= 1',
    '1 >= signals.score',
    'signals.other >= 1',
    'signals.score >= signals.other',
    'signals.score + 1 >= 2',
    'content.score >= 1',
    'signals.score >= "1"',
    'has(signals.score)',
  ])('%s: there is no number by >=', (text) => {
    expect(numbersIn(text)).toEqual([])
  })
})
