import { describe, expect, test } from 'vitest'
import { confidenceSequence } from '../../../src/foundation/statistics/confidence-sequence.ts'
import { rowsOf } from '../../../src/projection/duckdb.ts'
import { rulePrecision } from '../../../src/reports/health/precision.ts'
import { audited, outsideSample as outside, sampled } from '../audited.ts'
import { at, looked } from './looking.ts'

const [first, second, third] = sampled

const health = `SELECT rule, audited::DOUBLE, audited_right::DOUBLE, enforcement_precision, enforcement_precision_low,
    enforcement_precision_high FROM rule_health ORDER BY rule`

describe('given decisions that were audited', () => {
  const events = [
    ...audited(first, 'a', 'right', 'wrong'),
    ...audited(second, 'a', 'unsure', 'wrong'),
    ...audited(third, 'b', 'unsure'),
    ...audited(outside, 'a', 'wrong'),
  ]

  test('when precision is reported, then only the sample counts, each by its first verdict that is not unsure', async () => {
    const found = await looked(events, ({ connection }) => rulePrecision(connection, at(20)))
    expect(found).toMatchObject([{ rule: 'a', audited: 2, right: 1, detector: 'scanner' }])
    expect(found[0]?.interval).toEqual(confidenceSequence({ successes: 1, failures: 1 }))
  })

  test('when it is asked as of an earlier time, then later audits do not count', async () => {
    const found = await looked(events, ({ connection }) => rulePrecision(connection, at(12)))
    expect(found).toMatchObject([{ rule: 'a', audited: 1, right: 1 }])
  })

  test('then rule_health says the same', async () => {
    const rows = await looked(events, ({ connection }) => rowsOf(connection, health))
    const { low, high } = confidenceSequence({ successes: 1, failures: 1 })
    expect(rows[0]?.slice(0, 4)).toEqual(['a', 2, 1, 0.5])
    expect(rows[0]?.[4]).toBeCloseTo(low, 12)
    expect(rows[0]?.[5]).toBeCloseTo(high, 12)
    expect(rows[1]).toEqual(['b', 0, 0, null, null, null])
  })
})

test('given any counts, then SQL and JavaScript find the same ends', async () => {
  const counts = [
    [0, 1],
    [10, 10],
    [0, 50],
    [480, 500],
    [49_990, 50_000],
  ] as const
  const asked = `SELECT confidence_low(k, n), confidence_high(k, n)
    FROM (VALUES ${counts.map((pair) => `(${pair.join(', ')})`).join(', ')}) counts(k, n) ORDER BY n`
  const rows = await looked([], ({ connection }) => rowsOf(connection, asked))
  const ordered = [...counts].sort(([, a], [, b]) => a - b)
  expect(rows).toHaveLength(counts.length)
  for (const [i, [right, all]] of ordered.entries()) {
    const { low, high } = confidenceSequence({ successes: right, failures: all - right })
    expect(rows[i]?.[0]).toBeCloseTo(low, 9)
    expect(rows[i]?.[1]).toBeCloseTo(high, 9)
  }
})
