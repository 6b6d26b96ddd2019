import { describe, expect, test } from 'vitest'
import { coverageOf } from '../../../src/replay/result/coverage.ts'
import { correctionOf, type WithdrawalDocument } from '../corrections.ts'
import { historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, banned, dismissed, rescored } = service

const document = {
  ruleset: RULESET,
  version: 'v1',
  signals: { score: 'int' },
  rules: [{ id: 'a', category: 'alpha', when: 'signals.score >= 5', strikes: 1 }],
  deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
}
const faulty = { kind: 'model', id: 'scanner', version: '2' }
const fixed = { kind: 'model', id: 'scanner', version: '3' }
const flag = (account: string, hour: number, flagId: string, fields: object = {}) =>
  flagged(account, hour, { flagId, signals: { score: 9 }, detector: faulty, ...fields })

const coverage = (
  events: Parameters<typeof historyOf>[0],
  withdrawals: ReadonlyArray<WithdrawalDocument>,
) => {
  const signals = { entry: 'string' } as const
  const correction = correctionOf({ correction: 'c', ruleset: { id: RULESET }, signals, withdrawals })
  return coverageOf(historyOf([published(document), ...events], correction), correction)
}
const scanner: WithdrawalDocument = { id: 'scanner-2', where: 'detector.version == "2"' }

describe('given withdrawals and a ledger', () => {
  test('then each says how many flags it covers, from when to when, on how many accounts and decisions', () => {
    const events = [
      flag('u1', 1, 'a'),
      flag('u1', 5, 'b'),
      banned('u1', 6, { decisionId: 'd1', grounds: ['b'] }),
      banned('u1', 7, { decisionId: 'd2', grounds: ['b'] }),
      flag('u2', 3, 'c', { detector: fixed }),
      banned('u2', 4, { decisionId: 'd3', grounds: ['c'] }),
      flag('u3', 2, 'd'),
    ]
    expect(coverage(events, [scanner, { ...scanner, id: 'early', to: '2025-03-01T05:00:00Z' }])).toEqual([
      {
        ...{ id: 'scanner-2', flags: { certain: 3, unknown: 0 }, accounts: 2, decisions: 2, rescored: 0 },
        ...{ first: '2025-03-01T01:00:00.000Z', last: '2025-03-01T05:00:00.000Z', notFound: [] },
      },
      {
        ...{ id: 'early', flags: { certain: 2, unknown: 0 }, accounts: 2, decisions: 2, rescored: 0 },
        ...{ first: '2025-03-01T01:00:00.000Z', last: '2025-03-01T02:00:00.000Z', notFound: [] },
      },
    ])
  })

  test('then flags without a signal that the condition needs are counted apart', () => {
    const events = [
      flag('u1', 1, 'a', { signals: { entry: '77' } }),
      flag('u1', 2, 'b', { signals: { entry: '78' } }),
      flag('u1', 3, 'c', { signals: {} }),
    ]
    expect(coverage(events, [{ id: 'entry', where: 'signals.entry == "77"' }])).toMatchObject([
      {
        flags: { certain: 1, unknown: 1 },
        first: '2025-03-01T01:00:00.000Z',
        last: '2025-03-01T03:00:00.000Z',
      },
    ])
  })

  test('then only flags in evidence count for a decision: earlier, or a ground, and not voided', () => {
    const events = [
      flag('u1', 1, 'voided'),
      dismissed('u1', 2, 'voided'),
      banned('u1', 3, { decisionId: 'd1', grounds: ['voided'] }),
      flag('u1', 4, 'later'),
      flag('u2', 5, 'late-ground'),
      banned('u2', 4, { decisionId: 'd2', grounds: ['late-ground'] }),
      flag('u3', 1, 'x'),
      banned('u3', 2, { decisionId: 'd3', grounds: ['x'], ruleset: { id: 'other', version: 'v1' } }),
    ]
    expect(coverage(events, [scanner])).toMatchObject([{ flags: { certain: 4 }, accounts: 3, decisions: 1 }])
  })

  test('then only rescorings that count are counted: not those by the withdrawn detector', () => {
    const events = [
      flag('u1', 1, 'a'),
      rescored('u1', 8, 'a', { score: 1 }, '3'),
      flag('u1', 2, 'b'),
      rescored('u1', 8, 'b', { score: 1 }, '2'),
    ]
    expect(coverage(events, [scanner])).toMatchObject([{ flags: { certain: 2 }, rescored: 1 }])
  })

  test('then listed flags that do not exist are named, sorted', () => {
    expect(coverage([flag('u1', 1, 'a')], [{ id: 'listed', flags: ['z', 'a', 'B'] }])).toMatchObject([
      { flags: { certain: 1, unknown: 0 }, notFound: ['B', 'z'] },
    ])
  })

  test('then one that covers nothing has no first and no last', () => {
    expect(coverage([flag('u1', 1, 'a')], [{ id: 'none', flags: ['z'] }])).toMatchObject([
      { flags: { certain: 0, unknown: 0 }, first: null, last: null, accounts: 0, decisions: 0 },
    ])
  })
})
