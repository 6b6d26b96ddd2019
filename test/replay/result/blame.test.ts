import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { correctionOf, type WithdrawalDocument } from '../corrections.ts'
import { correcting, type Document, historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, banned, removed, rescored } = service

const document = (
  version: string,
  changes: { a?: number; b?: number; atLeast?: number; removes?: boolean },
): Document => ({
  ruleset: RULESET,
  version,
  signals: { score: 'int' },
  rules: [
    {
      id: 'a',
      category: 'alpha',
      when: `signals.score >= ${changes.a ?? 5}`,
      strikes: 1,
      removes_content: changes.removes ?? true,
    },
    { id: 'b', category: 'beta', when: `signals.score >= ${changes.b ?? 5}`, strikes: 1 },
  ],
  deactivations: [{ id: 'sum', at_least: changes.atLeast ?? 2, restriction: 'suspended' }],
})

const blameOf = (corrected: Document, events: ReadonlyArray<IncomingEvent>) => {
  const correction = correcting(corrected)
  return replay(historyOf([published(document('v1', {})), ...events], correction), correction).blame
}

const flag = (account: string, hour: number, id: string, rule: string, score: number, version = '1') =>
  flagged(account, hour, {
    flagId: id,
    rule: { id: rule },
    signals: { score },
    content: { id: '1', kind: 'pin' },
    detector: { kind: 'rule', id: 'scanner', version },
  })

describe('given bans that fell with flags', () => {
  const blame = blameOf(document('v2', { a: 8, b: 8 }), [
    flag('u1', 1, 'f1', 'a', 6),
    flag('u1', 2, 'f2', 'a', 6),
    banned('u1', 3, { decisionId: 'd1', grounds: ['f1', 'f2'] }),
    flag('u2', 1, 'f3', 'a', 6),
    flag('u2', 2, 'f4', 'b', 6),
    banned('u2', 5, { decisionId: 'd2', grounds: ['f3', 'f4'] }),
    flag('u3', 1, 'f5', 'a', 6, '2'),
    flag('u3', 2, 'f6', 'a', 6, '2'),
    banned('u3', 7, { decisionId: 'd3', grounds: ['f5', 'f6'] }),
  ])
  const flags = (rule: string, version: string) => ({
    kind: 'flags',
    rule,
    rulesetVersion: 'v1',
    detector: { id: 'scanner', version },
  })

  test('then each rule, version and detector lists what it explains alone and jointly, and when', () => {
    expect(blame).toEqual([
      {
        cause: flags('a', '1'),
        alone: 1,
        jointly: 1,
        first: '2025-03-01T03:00:00.000Z',
        last: '2025-03-01T05:00:00.000Z',
      },
      {
        cause: flags('a', '2'),
        alone: 1,
        jointly: 0,
        first: '2025-03-01T07:00:00.000Z',
        last: '2025-03-01T07:00:00.000Z',
      },
      {
        cause: flags('b', '1'),
        alone: 0,
        jointly: 1,
        first: '2025-03-01T05:00:00.000Z',
        last: '2025-03-01T05:00:00.000Z',
      },
    ])
  })
})

describe('given a ban that no rule ever asked for', () => {
  test('then the pipeline that decided is to blame', () => {
    const [entry, ...rest] = blameOf(document('v2', {}), [banned('u1', 3, { decisionId: 'd1' })])
    expect(entry?.cause).toEqual({ kind: 'pipeline', decidedBy: { kind: 'rule', id: 'service' } })
    expect(rest).toEqual([])
  })
})

describe('given a ban more severe than its own rules asked for', () => {
  test('then the pipeline is to blame', () => {
    const [entry] = blameOf(document('v2', {}), [
      flag('u1', 1, 'f1', 'a', 6),
      flag('u1', 2, 'f2', 'a', 6),
      banned('u1', 3, { decisionId: 'd1', grounds: ['f1', 'f2'], restriction: 'terminated' }),
    ])
    expect(entry?.cause.kind).toBe('pipeline')
  })
})

describe('given flags that all hold under a corrected policy', () => {
  test('then the policy that acted is to blame for a ban', () => {
    const [entry] = blameOf(document('v2', { atLeast: 5 }), [
      flag('u1', 1, 'f1', 'a', 6),
      flag('u1', 2, 'f2', 'a', 6),
      banned('u1', 3, { decisionId: 'd1', grounds: ['f1', 'f2'] }),
    ])
    expect(entry?.cause).toEqual({ kind: 'policy', policy: 'sum', rulesetVersion: 'v1' })
  })

  test('then the policy that removes content is to blame for a removal', () => {
    const [entry] = blameOf(document('v2', { removes: false }), [
      flag('u1', 1, 'f1', 'a', 6),
      removed('u1', 3, { decisionId: 'r1', grounds: ['f1'], content: { id: '1', kind: 'pin' } }),
    ])
    expect(entry?.cause).toEqual({ kind: 'policy', policy: 'removes_content', rulesetVersion: 'v1' })
  })
})

describe('given bans that fell with corrected evidence', () => {
  const blamed = (events: ReadonlyArray<IncomingEvent>, withdrawals: ReadonlyArray<WithdrawalDocument>) => {
    const correction = correctionOf({
      correction: 'c',
      ruleset: document('v2', { a: 8, atLeast: 1 }),
      signals: { score: 'int' },
      withdrawals,
    })
    const v1 = published(document('v1', { atLeast: 1 }))
    return replay(historyOf([v1, ...events], correction), correction).blame.map(({ cause }) => cause)
  }
  const onB = (account: string, flagId: string, version: string) => flag(account, 1, flagId, 'b', 6, version)
  const ban = (account: string, flagId: string) =>
    banned(account, 3, { decisionId: `d-${flagId}`, grounds: [flagId] })
  const cause = (rule: string, version: string) => ({
    ...{ kind: 'flags', rule, rulesetVersion: 'v1' },
    detector: { id: 'scanner', version },
  })

  test('when flags are withdrawn, then those withdrawals that leave the lowest truth are named, in their order', () => {
    const causes = blamed(
      [onB('u1', 'f1', '1'), ban('u1', 'f1')],
      [
        { id: 'z', where: 'detector.version == "1"', truth: 'false' },
        { id: 'doubt', where: 'detector.version == "1"' },
        { id: 'a', flags: ['f1'], truth: 'false' },
      ],
    )
    expect(causes).toEqual([{ ...cause('b', '1'), withdrawals: ['z', 'a'] }])
  })

  test('when a detector looked again and found less, then it is named', () => {
    const causes = blamed(
      [onB('u1', 'f1', '1'), ban('u1', 'f1'), rescored('u1', 9, 'f1', { score: 1 }, '3')],
      [],
    )
    expect(causes).toEqual([{ ...cause('b', '1'), rescoredBy: { id: 'scanner', version: '3' } }])
  })

  test('when a rescored flag is withdrawn as well, then the rescoring is named: it falls without the withdrawal too', () => {
    const causes = blamed(
      [onB('u1', 'f1', '1'), ban('u1', 'f1'), rescored('u1', 9, 'f1', { score: 1 }, '3')],
      [{ id: 'z', flags: ['f1'], truth: 'false' }],
    )
    expect(causes).toEqual([{ ...cause('b', '1'), rescoredBy: { id: 'scanner', version: '3' } }])
  })

  test('when the corrected rule would not have counted it anyway, then neither is named', () => {
    const causes = blamed(
      [
        flag('u1', 1, 'f1', 'a', 6),
        ban('u1', 'f1'),
        flag('u2', 1, 'f2', 'a', 6),
        ban('u2', 'f2'),
        rescored('u2', 9, 'f2', { score: 1 }, '3'),
      ],
      [{ id: 'z', where: 'detector.version == "1"', truth: 'false' }],
    )
    expect(causes).toEqual([cause('a', '1')])
  })
})

describe('given decisions that stand, or that a person made', () => {
  test('then there is no blame', () => {
    const blame = blameOf(document('v2', { a: 8 }), [
      flag('u1', 1, 'f1', 'a', 9),
      flag('u1', 2, 'f2', 'a', 9),
      banned('u1', 3, { decisionId: 'd1', grounds: ['f1', 'f2'] }),
      flag('u2', 1, 'f3', 'a', 6),
      banned('u2', 3, { decisionId: 'd2', grounds: ['f3'], decidedBy: { kind: 'human', id: 'r' } }),
    ])
    expect(blame).toEqual([])
  })
})
