import { describe, expect, test } from 'vitest'
import {
  decisionColumns,
  listCsv,
  reversibleColumns,
  reviewColumns,
} from '../../../src/replay/result/list-csv.ts'
import type { Row } from '../../../src/replay/result/rows.ts'

const csvOf = <T>(...list: Parameters<typeof listCsv<T>>): ReadonlyArray<string> =>
  [...listCsv(...list)].join('').split('\r\n')

const row: Row = {
  decisionId: 'd1',
  account: 'u1',
  kind: 'deactivation',
  occurredAt: '2025-05-01T00:00:00.000Z',
  class: 'excessive',
  facts: ['eased', 'over'],
  fallen: ['f1', 'f2'],
  remedy: 'none',
  recorded: { restriction: 'terminated' },
  original: { verdict: 'act', restriction: 'terminated' },
  corrected: { verdict: 'act', restriction: 'suspended' },
}

describe('given the rows of a result', () => {
  test('then each is a line, with the words of one cell separated', () => {
    expect(csvOf(decisionColumns, [row])[1]).toBe(
      'd1,u1,deactivation,2025-05-01T00:00:00.000Z,excessive,eased over,f1 f2,none,terminated,act,terminated,act,suspended',
    )
  })

  test('then a missed account has empty cells because there was no decision', () => {
    const missed: Row = { ...row, decisionId: null, class: 'missed', facts: [], fallen: [], original: null }
    expect(csvOf(decisionColumns, [missed])[1]).toBe(
      ',u1,deactivation,2025-05-01T00:00:00.000Z,missed,,,none,terminated,,,act,suspended',
    )
  })

  test('then an id that a spreadsheet would calculate is written as text', () => {
    expect(csvOf(decisionColumns, [{ ...row, decisionId: '-1' }])[1]).toMatch(/^'-1,u1,/)
    expect(csvOf(decisionColumns, [{ ...row, fallen: ['-2', 'f1'] }])[1]).toContain(",'-2 f1,")
  })
})

test('given what to reverse and what to review, then an absent value is an empty cell', () => {
  const removal = {
    account: 'u1',
    decisionIds: ['r1', 'r2'],
    content: { id: '7', kind: 'pin' },
    flagsVoided: [],
  }
  expect(csvOf(reversibleColumns, [removal])[1]).toBe('u1,r1 r2,7,pin,')
  const { decisionId: _, ...rest } = row
  const item = { ...rest, decisionId: 'd1', why: ['excessive'], says: 'less, "much" less' } as const
  expect(csvOf(reviewColumns, [item])[1]).toBe(
    'd1,u1,deactivation,2025-05-01T00:00:00.000Z,excessive,eased over,excessive,"less, ""much"" less",,,',
  )
})
