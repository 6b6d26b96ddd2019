import { describe, expect, test } from 'vitest'
import { replay } from '../../../src/replay/result/replay.ts'
import { summarize } from '../../../src/replay/result/summary.ts'
import { correctionOf } from '../corrections.ts'
import { correcting, historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, banned, rescored } = service

const document = (version: string, rule: string) => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [{ id: rule, category: 'alpha', when: 'signals.score >= 5', strikes: 1 }],
  deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
})

describe('given a ledger with reused ids and a rule that no longer exists', () => {
  const correction = correcting(document('v2', 'other'))
  const history = historyOf(
    [
      published(document('v1', 'a')),
      flagged('u1', 1, { flagId: 'f1', signals: { score: 6 } }),
      flagged('u2', 2, { flagId: 'f1', signals: { score: 6 } }),
      flagged('u1', 3, { flagId: 'f2', signals: { score: 6 } }),
      banned('u1', 4, { decisionId: 'd1', grounds: ['f1'] }),
      banned('u3', 5, { decisionId: 'd1', grounds: ['f1'] }),
    ],
    correction,
  )
  const summary = summarize(replay(history, correction), {
    history,
    correction,
    window: { from: null, to: null },
    engine: 'reference',
    sequence: 6,
  })

  test('then the summary lists the events that do not count, with their accounts', () => {
    expect(summary.reusedIds.map(({ kind, id, account }) => ({ kind, id, account }))).toEqual([
      { kind: 'flag', id: 'f1', account: 'u2' },
      { kind: 'decision', id: 'd1', account: 'u3' },
    ])
  })

  test('then it warns of the rule whose standing flags all fall', () => {
    expect(summary.warnings).toEqual([
      { kind: 'rule_gone', rule: 'a', flags: 2, says: expect.stringContaining('2 standing flags fall') },
    ])
  })

  test('then it counts decisions by class and remedy, and names its inputs', () => {
    expect(summary.decisions).toBe(1)
    expect(summary.classes).toMatchObject({ wrongful: 1, upheld: 0, missed: 0 })
    expect(summary.remedies).toMatchObject({ reinstate: 1, none: 0 })
    expect(summary.putBack).toEqual({ accounts: 1, contents: 0 })
    expect(summary.inForce.map(({ version }) => version)).toEqual(['v1'])
    expect(summary.sequence).toBe(6)
    expect(summary.end).toBe('2025-03-01T05:00:00.000Z')
  })
})

describe('given a correction that says the rules were right', () => {
  const correction = correctionOf({
    correction: 'spring',
    ruleset: { id: RULESET },
    withdrawals: [
      { id: 'listed', flags: ['f1', 'f9', 'f10'] },
      { id: 'also-listed', flags: ['f1'] },
      { id: 'missing', flags: ['f8'], truth: 'false' },
    ],
  })
  const history = historyOf(
    [
      published(document('v1', 'a')),
      flagged('u1', 1, { flagId: 'f1', signals: { score: 6 }, content: { id: '7', kind: 'pin' } }),
      banned('u1', 4, { decisionId: 'd1', grounds: ['f1'] }),
      rescored('u1', 99, 'f2', {}, '2'),
    ],
    correction,
  )
  const summary = summarize(replay(history, correction), {
    history,
    correction,
    window: { from: null, to: null },
    engine: 'reference',
    sequence: 4,
  })

  test('then the summary names the correction, and the ruleset by its id alone', () => {
    expect(summary.ruleset).toEqual({ id: RULESET, version: null, sha256: null })
    const { id, sha256 } = correction.document ?? { id: '', sha256: '' }
    expect(summary.correction).toEqual({ id, sha256 })
    expect(summary.warnings).toEqual([])
  })

  test('then it counts what the correction touched, what waits for a rescoring, and lists flags that do not exist', () => {
    expect(summary.facts).toMatchObject({ evidence_withdrawn: 1, evidence_rescored: 0 })
    expect(summary.waitingForRescoring).toBe(1)
    expect(summary.unknownFlags).toEqual([
      { withdrawal: 'listed', flagIds: ['f10', 'f9'] },
      { withdrawal: 'missing', flagIds: ['f8'] },
    ])
  })

  test('then a rescoring does not move the end', () => {
    expect(summary.end).toBe('2025-03-01T04:00:00.000Z')
  })
})
