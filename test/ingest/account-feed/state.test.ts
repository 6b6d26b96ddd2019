import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountStateSchema } from '../../../infra/schemas/generator/account-state.ts'
import { foldAccount } from '../../../src/domain/account.ts'
import { problems } from '../../../src/domain/codec.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { standingOf, stateAt } from '../../../src/domain/standing.ts'
import { instantOf } from '../../../src/domain/time.ts'
import { canBeCut, fitted, stateBytes } from '../../../src/ingest/account-feed/fit-state.ts'
import { accountStateOf, NO_END, PublishedState } from '../../../src/ingest/account-feed/state.ts'
import { anyHistory, happened } from '../../domain/happenings.ts'

const history = anyHistory.filter((events) => events.length > 0)
const stateOf = (events: ReadonlyArray<StoredEvent>): PublishedState => {
  const state = accountStateOf(events)
  if (state === null) throw new Error('no events')
  return state
}
/** The status at an instant, as a reader of the topic works it out. */
const statusAt = ({ terminatedUntil, suspendedUntil }: PublishedState, at: number): string => {
  const after = (end: PublishedState['suspendedUntil']): boolean => end !== null && instantOf(end) > at
  return after(terminatedUntil) ? 'terminated' : after(suspendedUntil) ? 'suspended' : 'active'
}
const schema = new Ajv2020({ strict: true, formats: { 'date-time': true } }).compile(accountStateSchema())

describe('an account’s state', () => {
  test('is null for an account without events', () => expect(accountStateOf([])).toBeNull())

  test('is the same in whatever order the events arrive', () => {
    const twoOrders = history.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length }),
      ),
    )
    fc.assert(
      fc.property(twoOrders, ([one, other]) => {
        expect(stateOf(other)).toEqual(stateOf(one))
      }),
    )
  })

  test('has the documented shape, and its schema accepts it as JSON', () => {
    fc.assert(
      fc.property(history, (events) => {
        const state = stateOf(events)
        expect(problems(PublishedState, state)).toEqual([])
        expect(schema(JSON.parse(JSON.stringify(state))), JSON.stringify(schema.errors)).toBe(true)
        expect(schema({ ...state, surprise: 1 })).toBe(false)
      }),
    )
  })

  test('gives the status at any time, and what restricts the account, as the fold does', () => {
    const days = fc.integer({ min: 1, max: 12 }).map((half) => Date.UTC(2025, 4, 1) + half * 43_200_000)
    fc.assert(
      fc.property(history, days, (events, at) => {
        const state = stateOf(events)
        const folded = stateAt(foldAccount(events), at)
        expect(statusAt(state, at)).toBe(folded.status)
        const held = state.deactivations.filter(({ until }) => until === null || instantOf(until) > at)
        expect(held.map(({ decisionId }) => decisionId)).toEqual(
          folded.status === 'active' ? [] : folded.heldBy.map(({ decisionId }) => decisionId),
        )
        const removed = state.removals.filter(({ until }) => until === null || instantOf(until) > at)
        expect(removed.map(({ decisionId }) => decisionId).sort()).toEqual(
          folded.removedContent.flatMap(({ heldBy }) => heldBy.map(({ decisionId }) => decisionId)).sort(),
        )
        expect(state.flags.map(({ flagId }) => flagId)).toEqual(
          folded.standingFlags.map(({ raised }) => raised.data.flagId),
        )
        expect(state.decisionsToReverse).toEqual(folded.reversalOwed.map(({ decisionId }) => decisionId))
      }),
    )
  })

  test('counts what exists, and what is listed', () => {
    fc.assert(
      fc.property(history, (events) => {
        const state = stateOf(events)
        const { decisions, flags } = foldAccount(events)
        expect(state.events).toBe(events.length)
        expect(state.deactivationsMade + state.removalsMade).toBe(decisions.length)
        expect(state.deactivationsReversed + state.removalsReversed).toBe(
          decisions.filter((decision) => standingOf(decision, 0) === 'reversed').length,
        )
        expect(state.deactivationsMade - state.deactivationsReversed).toBe(state.deactivations.length)
        expect(state.removalsMade - state.removalsReversed).toBe(state.removals.length)
        expect(state.flagsRaised).toBe(flags.length)
        expect(state.flagsStanding).toBe(state.flags.length)
        expect(state.appealsOpen).toBe(state.openAppeals.length)
        expect(state.reversalsOwed).toBe(state.decisionsToReverse.length)
      }),
    )
  })

  test('has what a warehouse needs, for a ban that was appealed', () => {
    const events = [
      happened(
        'flag.raised.v1',
        { flagId: 'f1', category: 'adult', rule: { id: 'r1' }, ruleset: { id: 'rules', version: '2' } },
        { day: 1 },
      ),
      happened('content.removed.v1', { decisionId: 'd1', content: { id: '77', kind: 'pin' } }, { day: 2 }),
      happened('account.deactivated.v1', { decisionId: 'd2', restriction: 'suspended' }, { day: 3 }),
      happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd2' }, { day: 4, recorded: 5 }),
    ]
    expect(stateOf(events)).toMatchObject({
      type: 'account.state.v1',
      account: 'quilter',
      events: 4,
      lastEventAt: '2025-05-04T00:00:00.000Z',
      lastRecordedAt: '2025-05-05T00:00:00.000Z',
      suspendedUntil: NO_END,
      terminatedUntil: null,
      deactivations: [
        { decisionId: 'd2', restriction: 'suspended', since: '2025-05-03T00:00:00.000Z', until: null },
      ],
      removals: [{ decisionId: 'd1', contentKind: 'pin', contentId: '77' }],
      flags: [{ flagId: 'f1', category: 'adult', rule: 'r1', ruleset: 'rules', rulesetVersion: '2' }],
      openAppeals: [{ appealId: 'a1', decisionId: 'd2', filedAt: '2025-05-04T00:00:00.000Z' }],
      decisionsToReverse: [],
      truncated: false,
    })
  })
})

describe('a state that is too large', () => {
  const many = (flags: number): PublishedState =>
    stateOf([
      happened('account.deactivated.v1', { decisionId: 'd1', restriction: 'terminated' }, { day: 1 }),
      ...Array.from({ length: flags }, (_, i) => happened('flag.raised.v1', { flagId: `f${i}` }, { day: 2 })),
    ])

  test('keeps the newest entries that fit, and all counts', () => {
    const whole = many(300)
    const cut = fitted(whole, 20_000)
    expect(stateBytes(cut).length).toBeLessThanOrEqual(20_000)
    expect(cut.flags).toEqual(whole.flags.slice(-cut.flags.length))
    expect(cut).toEqual({ ...whole, truncated: true, flags: cut.flags })
    const oneMore = { ...cut, flags: whole.flags.slice(-cut.flags.length - 1) }
    expect(stateBytes(oneMore).length).toBeGreaterThan(20_000)
  })

  test('is unchanged if it fits; if cut, it fits or has no entries left; cutting it again changes nothing', () => {
    const bounds = fc.tuple(history, fc.nat(4_000), fc.nat(4_000))
    fc.assert(
      fc.property(bounds, ([events, one, other]) => {
        const whole = stateOf(events)
        const size = stateBytes(whole).length
        expect(fitted(whole, size)).toBe(whole)
        const [less, more] = [Math.min(one, other), Math.max(one, other)]
        const cut = fitted(whole, less)
        if (canBeCut(cut)) expect(stateBytes(cut).length).toBeLessThanOrEqual(Math.max(less, 0))
        expect(problems(PublishedState, cut)).toEqual([])
        expect(fitted(fitted(whole, more), less)).toEqual(cut)
        expect(cut.terminatedUntil).toBe(whole.terminatedUntil)
      }),
    )
  })
})
