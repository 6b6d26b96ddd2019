import { describe, expect, test } from 'vitest'
import { replay } from '../../../src/replay/result/replay.ts'
import { RescoreRequestCodec } from '../../../src/replay/result/rescore-request.ts'
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
const pin = { id: '7', kind: 'pin' }
const faulty = { kind: 'model', id: 'scanner', version: '2' }
const flag = (account: string, hour: number, flagId: string, fields: object = {}) =>
  flagged(account, hour, { flagId, signals: { score: 9 }, detector: faulty, content: pin, ...fields })

const rescoreOf = (
  events: Parameters<typeof historyOf>[0],
  withdrawals: ReadonlyArray<WithdrawalDocument> = [{ id: 'scanner-2', where: 'detector.version == "2"' }],
  window: Parameters<typeof replay>[2] = { from: null, to: null },
  rescored: 'use' | 'ignore' = 'use',
) => {
  const correction = correctionOf({ correction: 'c', ruleset: { id: RULESET }, withdrawals, rescored })
  return replay(historyOf([published(document), ...events], correction), correction, window).rescore
}
const idsOf = ({ requests }: ReturnType<typeof rescoreOf>) => requests.map(({ flagId }) => flagId)

describe('given bans on flags of a withdrawn detector', () => {
  test('then each flag is listed once, by account and id, as it was recorded and with its withdrawals', () => {
    const list = rescoreOf(
      [
        flag('u2', 1, 'z'),
        flag('u2', 2, 'b'),
        banned('u2', 3, { decisionId: 'd1', grounds: ['b'] }),
        banned('u2', 4, { decisionId: 'd2', grounds: ['b'] }),
        flag('u1', 1, 'x'),
        banned('u1', 3, { decisionId: 'd3', grounds: ['x'] }),
      ],
      [
        { id: 'later', where: 'detector.version == "2"', from: '2025-03-01T02:00:00Z' },
        { id: 'scanner-2', where: 'detector.version == "2"' },
        { id: 'other', where: 'detector.version == "3"' },
      ],
    )
    expect(list.requests.every(RescoreRequestCodec.is)).toBe(true)
    expect(list.requests).toMatchObject([
      { account: 'u1', flagId: 'x', withdrawals: ['scanner-2'] },
      {
        ...{
          account: 'u2',
          flagId: 'b',
          occurredAt: '2025-03-01T02:00:00.000Z',
          content: pin,
          category: 'alpha',
        },
        ...{ rule: 'a', detector: faulty, signals: { score: 9 }, withdrawals: ['later', 'scanner-2'] },
      },
      { account: 'u2', flagId: 'z', withdrawals: ['scanner-2'] },
    ])
    expect(list).toMatchObject({ waiting: 3, unanswerable: 0 })
  })

  test('when a rescoring settles one, then it is not listed; one by the same detector settles nothing', () => {
    const list = rescoreOf([
      flag('u1', 1, 'settled'),
      banned('u1', 3, { decisionId: 'd1', grounds: ['settled'] }),
      rescored('u1', 9, 'settled', { score: 9 }, '3'),
      flag('u2', 1, 'open'),
      banned('u2', 3, { decisionId: 'd2', grounds: ['open'] }),
      rescored('u2', 9, 'open', { score: 1 }, '2'),
    ])
    expect(idsOf(list)).toEqual(['open'])
    expect(list.waiting).toBe(1)
  })

  test('when no rescoring can settle a flag, then it is only counted', () => {
    const list = rescoreOf([
      flag('u1', 1, 'by-human', { detector: { ...faulty, kind: 'human' } }),
      flag('u1', 1, 'no-content', { content: undefined }),
      flag('u1', 1, 'no-rule', { rule: undefined }),
      flag('u1', 1, 'elsewhere', { ruleset: { id: 'other', version: 'v1' } }),
      banned('u1', 3, { decisionId: 'd1' }),
    ])
    expect(list).toEqual({ requests: [], waiting: 0, unanswerable: 4 })
  })

  const oneBan = [flag('u1', 1, 'x'), banned('u1', 3, { decisionId: 'd1', grounds: ['x'] })]

  test('when the correction ignores rescorings, then none can settle a flag', () => {
    expect(rescoreOf(oneBan, undefined, undefined, 'ignore')).toEqual({
      requests: [],
      waiting: 0,
      unanswerable: 1,
    })
  })

  test.each(['true', 'flag.category == "alpha"', 'content.kind == "pin" && flag.source == "own_initiative"'])(
    'when a withdrawal holds for every rescoring too (%s), then none can settle its flags',
    (where) => {
      const of = (withdrawal: object) => rescoreOf(oneBan, [{ id: 'w', ...withdrawal }])
      expect(of({ where })).toEqual({ requests: [], waiting: 0, unanswerable: 1 })
      expect(idsOf(of({ where: `(${where}) && detector.version == "2"` }))).toEqual(['x'])
      expect(idsOf(of({ flags: ['x'] }))).toEqual(['x'])
    },
  )

  test('when a flag names a version that was never published, then no rescoring can settle it', () => {
    const list = rescoreOf([
      flag('u1', 1, 'lost', { ruleset: { id: RULESET, version: 'v0' } }),
      flag('u1', 2, 'open'),
      banned('u1', 3, { decisionId: 'd1' }),
    ])
    expect(idsOf(list)).toEqual(['open'])
    expect(list).toMatchObject({ waiting: 1, unanswerable: 1 })
  })

  test('when a flag is not in evidence of an unsettled decision, then it is not listed', () => {
    const list = rescoreOf([
      flag('u1', 1, 'voided'),
      dismissed('u1', 2, 'voided'),
      flag('u1', 3, 'open'),
      banned('u1', 4, { decisionId: 'd1', grounds: ['late'] }),
      flag('u1', 5, 'afterwards'),
      flag('u1', 6, 'late'),
      flag('u2', 1, 'sound', { detector: { ...faulty, version: '1' } }),
      flag('u2', 2, 'unneeded'),
      banned('u2', 3, { decisionId: 'd2' }),
      flag('u3', 1, 'never-banned'),
    ])
    expect(idsOf(list)).toEqual(['late', 'open'])
    expect(list.waiting).toBe(1)
  })

  test('when a decision is not reported, then its flags are not listed', () => {
    const events = [flag('u1', 1, 'x'), banned('u1', 3, { decisionId: 'd1', grounds: ['x'] })]
    const from = Date.UTC(2025, 2, 1, 4)
    expect(rescoreOf(events, undefined, { from, to: null })).toEqual({
      requests: [],
      waiting: 0,
      unanswerable: 0,
    })
  })

  test('when another withdrawal leaves it false, then there is nothing to look at again', () => {
    const list = rescoreOf(
      [flag('u1', 1, 'false'), flag('u1', 2, 'open'), banned('u1', 3, { decisionId: 'd1' })],
      [
        { id: 'scanner-2', where: 'detector.version == "2"' },
        { id: 'join', flags: ['false'], truth: 'false' },
      ],
    )
    expect(idsOf(list)).toEqual(['open'])
  })
})
