import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import {
  divideIntoWaves,
  parseWaves,
  type Waiting,
} from '../../../../src/incidents/remediation/plan/waves.ts'
import { unwrap } from '../../../replay/ledgers.ts'

const steps = (text: string) => unwrap(parseWaves(text))
const alone = (count: number): ReadonlyArray<Waiting> =>
  Array.from({ length: count }, (_, index) => ({ account: `a${index}`, after: [] }))
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('given waves as they are written', () => {
  test.each([
    '10,100',
    '0,100%',
    '-1,100%',
    '1.5%,100%',
    '101%',
    'ten,100%',
    '10,,100%',
    '',
    '100%,10',
    '1e3,100%',
  ])('when they are %j, then that is refused with a line that says what to write', (text) => {
    const parsed = parseWaves(text)
    expect(E.isLeft(parsed) && parsed.left).toMatch(
      /^(expected numbers of accounts|the last wave must be 100%)/,
    )
  })
})

describe('given accounts that rest on none of each other', () => {
  test.each([
    [5, [5]],
    [10, [10]],
    [311, [10, 100, 311]],
    [5_001, [10, 100, 501, 5_001]],
    [20_001, [10, 100, 201, 2_001, 20_001]],
  ])('when there are %i, then a step that is not larger than the one before is left out', (count, ends) => {
    expect(divideIntoWaves(alone(count), steps('10, 100, 1%, 10%, 100%')).ends).toEqual(ends)
  })

  test('then they come in the order of the SHA-256 of their ids', () => {
    const { waveOf } = divideIntoWaves(alone(50), steps('7,100%'))
    const first = [...waveOf].filter(([, wave]) => wave === 1).map(([account]) => account)
    const sorted = alone(50)
      .map(({ account }) => account)
      .sort((a, b) => (sha256(a) < sha256(b) ? -1 : 1))
    expect(first.sort()).toEqual(sorted.slice(0, 7).sort())
  })
})

test('given no accounts, then there are no waves', () => {
  expect(divideIntoWaves([], steps('10,100%'))).toEqual({ waveOf: new Map(), ends: [] })
})

const plans = fc
  .integer({ min: 1, max: 40 })
  .chain((count) =>
    fc.tuple(
      fc.array(fc.uniqueArray(fc.nat(count - 1), { maxLength: 2 }), { minLength: count, maxLength: count }),
      fc.uniqueArray(fc.integer({ min: 1, max: 45 }), { maxLength: 5 }),
      fc.boolean(),
    ),
  )
  .map(([roots, sizes, isAcyclic]) => ({
    waiting: roots.map((after, index) => ({
      account: `a${index}`,
      after: after.filter((root) => !isAcyclic || root < index).map((root) => `a${root}`),
    })),
    sizes: sizes.sort((a, b) => a - b),
    isAcyclic,
  }))

test('given any accounts that rest on others, then each is in a wave, none before those that it rests on', () => {
  fc.assert(
    fc.property(plans, ({ waiting, sizes, isAcyclic }) => {
      const { waveOf, ends } = divideIntoWaves(waiting, steps([...sizes, '100%'].join(',')))
      expect([...waveOf.keys()].sort()).toEqual(waiting.map(({ account }) => account).sort())
      for (const { account, after } of waiting) {
        for (const root of after) {
          expect(waveOf.get(account) ?? 0).toBeGreaterThanOrEqual(waveOf.get(root) ?? Number.NaN)
        }
      }
      // What is said about the waves is what they are.
      const waves = [...waveOf.values()]
      expect(ends).toEqual([...ends.keys()].map((index) => waves.filter((wave) => wave <= index + 1).length))
      expect([...new Set(ends)].sort((a, b) => a - b)).toEqual(ends)
      // Unless some rest on each other, the waves are as large as was asked for.
      const asked = [...sizes.filter((size) => size < waiting.length), waiting.length]
      if (isAcyclic) expect(ends).toEqual(asked)
    }),
    { numRuns: 500 },
  )
})
