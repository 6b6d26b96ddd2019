import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { foldAccount } from '../../src/domain/account.ts'
import type { StoredEvent } from '../../src/domain/event.ts'
import { type AccountState, type AccountStatus, standingOf, stateAt } from '../../src/domain/standing.ts'
import { anyHistory, happened } from './happenings.ts'

const may = (day: number): number => Date.UTC(2025, 4, day)
const ban = (decisionId: string, restriction: string, day: number, until?: string): StoredEvent =>
  happened('account.deactivated.v1', { decisionId, restriction, until, grounds: [] }, { day })
const reversed = (decisionIds: ReadonlyArray<string>, day: number, reason = 'correction'): StoredEvent =>
  happened('account.reinstated.v1', { decisionIds, reason }, { day })
const state = (at: number, ...events: ReadonlyArray<StoredEvent>): AccountState =>
  stateAt(foldAccount(events), at)
const short = (of: AccountState) =>
  of.status === 'active'
    ? 'active'
    : `${of.status} by ${of.heldBy.map(({ decisionId }) => decisionId).join(' ')}`

describe('an account', () => {
  test('about which nothing is known is active', () => {
    expect(state(may(1))).toEqual({
      status: 'active',
      at: may(1),
      removedContent: [],
      standingFlags: [],
      openAppeals: [],
      reversalOwed: [],
    })
  })

  test('held by several decisions has the most severe restriction', () => {
    const events = [ban('d1', 'suspended', 1), ban('d2', 'terminated', 2), ban('d3', 'suspended', 3)]
    expect(short(state(may(9), ...events))).toBe('terminated by d1 d2 d3')
    expect(short(state(may(9), ...events, reversed(['d2'], 4)))).toBe('suspended by d1 d3')
    expect(short(state(may(9), ...events, reversed(['d1', 'd2', 'd3'], 4)))).toBe('active')
  })

  test('is free from the exact instant of `until`, and not before', () => {
    const event = ban('d1', 'suspended', 1, '2025-05-08T00:00:00Z')
    expect(short(state(may(8) - 1, event))).toBe('suspended by d1')
    expect(short(state(may(8), event))).toBe('active')
  })

  test('is held until the last decision’s end, or permanently', () => {
    const first = ban('d1', 'suspended', 1, '2025-05-08T00:00:00Z')
    const longer = ban('d2', 'suspended', 1, '2025-05-20T00:00:00Z')
    expect(state(may(2), first, longer)).toMatchObject({ until: may(20) })
    expect(state(may(2), first, ban('d3', 'suspended', 1))).toMatchObject({ until: null })
  })

  test('follows a change to a milder restriction, or a later end', () => {
    const milder = happened(
      'decision.changed.v1',
      { decisionId: 'd1', restriction: 'suspended', until: '2025-05-20T00:00:00Z' },
      { day: 3 },
    )
    expect(state(may(9), ban('d1', 'terminated', 1), milder)).toMatchObject({
      status: 'suspended',
      until: may(20),
    })
    expect(short(state(may(20), ban('d1', 'terminated', 1), milder))).toBe('active')
  })

  test('reversed once stays reversed, whatever changes later', () => {
    const changed = happened(
      'decision.changed.v1',
      { decisionId: 'd1', until: null, restriction: 'terminated' },
      { day: 5 },
    )
    expect(short(state(may(9), ban('d1', 'suspended', 1), reversed(['d1'], 3, 'expiry'), changed))).toBe(
      'active',
    )
  })

  test('is not reinstated by a reversal of another account’s decision', () => {
    expect(short(state(may(9), ban('d1', 'suspended', 1), reversed(['d9'], 3)))).toBe('suspended by d1')
  })
})

describe('in addition to the status', () => {
  const removal = (decisionId: string, kind: string, id: string) =>
    happened('content.removed.v1', { decisionId, content: { kind, id }, grounds: [] }, { day: 1 })

  test('removed content, by kind and id, until its last removal is reversed', () => {
    const events = [removal('r1', 'pin', '77'), removal('r2', 'board', '77'), removal('r3', 'pin', '77')]
    const back = happened('content.restored.v1', { decisionIds: ['r1', 'r2'] }, { day: 2 })
    expect(state(may(3), ...events).removedContent).toMatchObject([
      { kind: 'pin', id: '77', heldBy: [{ decisionId: 'r1' }, { decisionId: 'r3' }] },
      { kind: 'board', id: '77', heldBy: [{ decisionId: 'r2' }] },
    ])
    expect(state(may(3), ...events, back).removedContent).toMatchObject([
      { kind: 'pin', heldBy: [{ decisionId: 'r3' }] },
    ])
    expect(state(may(3), ...events).status).toBe('active')
  })

  test('open appeals, standing flags', () => {
    const events = [
      happened('flag.raised.v1', { flagId: 'f1' }, { day: 1 }),
      happened('flag.raised.v1', { flagId: 'f2' }, { day: 1 }),
      happened('flag.dismissed.v1', { flagId: 'f2' }, { day: 2 }),
      ban('d1', 'suspended', 2),
      happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' }, { day: 3 }),
      happened('appeal.filed.v1', { appealId: 'a2', decisionId: 'd1' }, { day: 3 }),
      happened('appeal.decided.v1', { appealId: 'a2', decisionId: 'd1', outcome: 'upheld' }, { day: 4 }),
    ]
    const { openAppeals, standingFlags } = state(may(9), ...events)
    expect(openAppeals).toMatchObject([{ filed: { data: { appealId: 'a1' } } }])
    expect(standingFlags).toMatchObject([{ raised: { data: { flagId: 'f1' } } }])
  })

  test('a reversal is owed after a successful appeal without one', () => {
    const won = happened(
      'appeal.decided.v1',
      { appealId: 'a1', decisionId: 'd1', outcome: 'reversed' },
      { day: 4 },
    )
    const owed = (...later: ReadonlyArray<StoredEvent>) =>
      state(may(9), ban('d1', 'suspended', 1), won, ...later).reversalOwed.map(({ decisionId }) => decisionId)
    expect(owed()).toEqual(['d1'])
    expect(owed(reversed(['d1'], 5, 'expiry'))).toEqual(['d1'])
    expect(owed(reversed(['d1'], 5, 'appeal'))).toEqual([])
  })
})

describe('laws', () => {
  const instant = fc.integer({ min: 0, max: 6 }).map(may)

  test('an account is restricted if and only if a deactivation holds it', () => {
    fc.assert(
      fc.property(anyHistory, instant, (events, at) => {
        const account = foldAccount(events)
        const holding = account.decisions.filter(
          (decision) => decision.kind === 'deactivation' && standingOf(decision, at) === 'holds',
        )
        const now = stateAt(account, at)
        expect(now.status === 'active' ? [] : now.heldBy).toEqual(holding)
      }),
    )
  })

  test('time alone never restricts a free account, nor lifts a restriction without end', () => {
    fc.assert(
      fc.property(anyHistory, instant, instant, (events, a, b) => {
        const account = foldAccount(events)
        const [before, after] = [stateAt(account, Math.min(a, b)), stateAt(account, Math.max(a, b))]
        if (before.status === 'active') expect(after.status).toBe('active')
        else if (before.until === null) expect(after.status).not.toBe('active')
      }),
    )
  })

  test('a reversal of every decision frees the account', () => {
    fc.assert(
      fc.property(anyHistory, instant, (events, at) => {
        const back = happened('account.reinstated.v1', { decisionIds: ['d1', 'd2', 'd3'] }, { day: 4 })
        expect(state(at, ...events, back)).toMatchObject({ status: 'active', removedContent: [] })
      }),
    )
  })
})

test('types: what holds an account exists only if it is held', () => {
  expectTypeOf<Extract<AccountStatus, { status: 'active' }>>().not.toHaveProperty('heldBy')
  const ends = (status: AccountStatus): number | null => (status.status === 'active' ? null : status.until)
  // @ts-expect-error an active account has no end
  const wrong = (status: AccountStatus): number | null => status.until
  expect([ends, wrong]).toHaveLength(2)
})
