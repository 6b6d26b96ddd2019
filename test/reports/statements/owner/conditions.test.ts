import { describe, expect, test } from 'vitest'
import { inWords } from '../../../../src/reports/statements/owner/conditions.ts'

describe('a condition in words', () => {
  test.each([
    ['signals.adult_score >= 0.97', [['adult_score', 'at least 0.97']]],
    [
      'signals.a > 1 && signals.b < 2',
      [
        ['a', 'more than 1'],
        ['b', 'less than 2'],
      ],
    ],
    [
      'signals.a <= -3 && !signals.drawn && signals.seen',
      [
        ['a', 'at most -3'],
        ['drawn', 'no'],
        ['seen', 'yes'],
      ],
    ],
    [
      'signals.n == 4 && signals.m != 5',
      [
        ['n', 'exactly 4'],
        ['m', 'not 5'],
      ],
    ],
    [
      'signals.drawn == true && signals.x != true && signals.y == false',
      [
        ['drawn', 'yes'],
        ['x', 'no'],
        ['y', 'no'],
      ],
    ],
    [
      'signals.kind == "spam" && signals.kind2 != \'it\'',
      [
        ['kind', '\u201cspam\u201d'],
        ['kind2', 'not \u201cit\u201d'],
      ],
    ],
  ])('%s', (condition, expected) => {
    expect(inWords(condition)?.map(({ signal, asked }) => [signal, asked])).toEqual(expected)
  })

  test.each([
    'signals.a >= 1 || signals.b >= 1',
    'signals.a >= 1 && (signals.b || signals.c)',
    '!(signals.a && signals.b)',
    '!signals.a == signals.b',
    'signals.a + signals.b > 3',
    'signals.a > signals.b',
    '3 < signals.a',
    'has(signals.a)',
    'signals.a in [1, 2]',
    'signals.name.startsWith("a && b")',
    'signals.name == "a && b"',
    'signals.name < "b"',
    'signals.drawn > true',
    "detector.kind == 'model'",
    'signals.a > 1 &&',
    'true',
  ])('%s is shown as written', (condition) => expect(inWords(condition)).toBeNull())
})
