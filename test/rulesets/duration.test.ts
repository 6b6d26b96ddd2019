import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/rulesets/duration.ts'

describe('durations', () => {
  test.each([
    ['90d', 7_776_000_000],
    ['36h', 129_600_000],
    ['30m', 1_800_000],
    ['1s', 1000],
    ['007d', 604_800_000],
    ['100000d', 8_640_000_000_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test.each([
    '',
    'd',
    '0d',
    '-1d',
    '1.5d',
    '1w',
    '1D',
    ' 1d',
    '1d ',
    '1d\n',
    '1 d',
    '1d12h',
    '٣d',
    '100001d',
    '999999999999d',
    '9999999999999s',
  ])('%j is refused', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  test('a formatted duration is parsed to the same value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8_640_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000)
      }),
    )
    expect([86_400_000 * 90, 129_600_000, 90_000].map(formatDuration)).toEqual(['90d', '36h', '90s'])
  })
})
