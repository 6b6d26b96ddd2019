import { describe, expect, test } from 'vitest'
import { dayChart } from '../../../src/cli/demo/day-chart.ts'
import type { Row } from '../../../src/replay/result/rows.ts'

const row = (occurredAt: string, cls: Row['class'], more: Partial<Row> = {}): Row => ({
  decisionId: `d-${occurredAt}`,
  account: 'u1',
  kind: 'deactivation',
  occurredAt,
  class: cls,
  facts: [],
  fallen: [],
  remedy: 'none',
  recorded: { restriction: 'suspended' },
  original: null,
  corrected: { verdict: 'none', restriction: null },
  ...more,
})
const times = (n: number, each: Row): ReadonlyArray<Row> => Array.from({ length: n }, () => each)

/** The lines of days, without the header. */
const days = (rows: ReadonlyArray<Row>, width = 10): ReadonlyArray<string> => dayChart(rows, width).slice(1)

describe('given the rows of a replay', () => {
  test('when days have bans, then each day between the first and the last has a line, also one without a ban', () => {
    const rows = [row('2025-02-27T23:59:59.999Z', 'upheld'), row('2025-03-01T00:00:00.000Z', 'wrongful')]
    expect(days(rows, 1)).toEqual([
      '2025-02-27         0      1   \u2591',
      '2025-02-28         0      0',
      '2025-03-01         1      0   \u2588',
    ])
  })

  test('when one day has most, then its bar has the full width, and the others are in proportion', () => {
    const rows = [
      ...times(6, row('2025-05-01T10:00:00.000Z', 'wrongful')),
      ...times(2, row('2025-05-01T11:00:00.000Z', 'upheld')),
      ...times(4, row('2025-05-02T10:00:00.000Z', 'upheld')),
    ]
    expect(days(rows, 8)).toEqual([
      '2025-05-01         6      2   \u2588\u2588\u2588\u2588\u2588\u2588\u2591\u2591',
      '2025-05-02         0      4   \u2591\u2591\u2591\u2591',
    ])
  })

  test('when a day has one among many, then its bar is still seen', () => {
    const rows = [
      ...times(1_000, row('2025-05-01T10:00:00.000Z', 'upheld')),
      row('2025-05-02T10:00:00.000Z', 'wrongful'),
    ]
    expect(days(rows)[1]).toBe('2025-05-02         1      0   \u2588')
  })

  test('when a ban has no explanation, then it counts by its class', () => {
    const rows = [
      row('2025-05-01T10:00:00.000Z', 'unexplained_wrongful'),
      row('2025-05-01T11:00:00.000Z', 'unexplained_upheld'),
    ]
    expect(days(rows, 2)).toEqual(['2025-05-01         1      1   \u2588\u2591'])
  })

  test('when a row is a removal, a missed account or neither wrongful nor upheld, then it is not counted', () => {
    const rows = [
      row('2025-05-01T10:00:00.000Z', 'wrongful', { kind: 'removal' }),
      row('2025-05-01T10:00:00.000Z', 'missed', { decisionId: null }),
      row('2025-05-01T10:00:00.000Z', 'indeterminate'),
      row('2025-05-01T10:00:00.000Z', 'excessive'),
    ]
    expect(days(rows)).toEqual([])
  })

  test('when there is none, then only the header is shown', () => {
    expect(dayChart([], 10)).toEqual(['            wrongful upheld   (\u2588 wrongful, \u2591 upheld)'])
  })
})
