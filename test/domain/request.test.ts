import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldAccount } from '../../src/domain/account.ts'
import type { EventType, StoredEvent } from '../../src/domain/event.ts'
import { type ReinstatementRequest, type RequestState, requestsOf } from '../../src/domain/request.ts'
import { often } from '../long/often.ts'
import { happened } from './happenings.ts'

const DAY = 86_400_000
const dayOf = (at: number | null): number | null =>
  at === null ? null : (at - Date.UTC(2025, 4, 1)) / DAY + 1

const requested = (requestId: string, data: object, day = 10) => {
  const reversal = {
    kind: 'account',
    decisionIds: ['d1'],
    flagsVoided: [],
    appealIds: [],
    restriction: undefined,
  }
  return happened('reinstatement.requested.v1', { ...reversal, requestId, ...data }, { day })
}
const reinstated = (decisionIds: ReadonlyArray<string>, day: number, more: object = {}, recorded = day) =>
  happened('account.reinstated.v1', { decisionIds, reason: 'correction', ...more }, { day, recorded })
const changed = (restriction: string | undefined, day: number, recorded = day) =>
  happened('decision.changed.v1', { decisionId: 'd1', restriction, reason: 'correction' }, { day, recorded })
const noticed = (about: object, day: number, recorded = day) =>
  happened('notice.sent.v1', { decisionId: undefined, ...about }, { day, recorded })
const declined = (code: string, day: number) =>
  happened('reinstatement.declined.v1', { requestId: 'r1', code }, { day })
const withdrawn = (day: number) =>
  happened('reinstatement.withdrawn.v1', { requestId: 'r1', reason: 'cancelled' }, { day })

const found = (events: ReadonlyArray<StoredEvent>) => requestsOf(events, foldAccount(events))
const only = (events: ReadonlyArray<StoredEvent>): ReinstatementRequest => {
  const [request, ...others] = found(events)
  if (request === undefined || others.length > 0) throw new Error('expected one request')
  return request
}
const stateOf = (...events: ReadonlyArray<StoredEvent>): RequestState => only(events).state

describe('given a request to reverse decisions', () => {
  const both = requested('r1', { decisionIds: ['d1', 'd2'] })

  test('when only some are reversed, then it stays open; when all are, whoever did it, then it is carried out', () => {
    expect(stateOf(both)).toBe('requested')
    expect(stateOf(both, reinstated(['d1'], 11, { requestId: 'r1' }))).toBe('requested')
    expect(stateOf(both, reinstated(['d1', 'd2', 'd3'], 11))).toBe('carried_out')
    const one = only([both, reinstated(['d2'], 13), reinstated(['d1'], 12)])
    expect([one.state, dayOf(one.carriedOutAt)]).toEqual(['carried_out', 13])
  })

  test('when they were reversed just before it was asked for, then it is carried out from when it was', () => {
    const early = only([reinstated(['d1', 'd2'], 9), both])
    expect([early.state, dayOf(early.carriedOutAt)]).toEqual(['carried_out', 10])
  })

  test('when a notice of one of its decisions or appeals follows, then the person is told, whichever is recorded first', () => {
    const request = requested('r1', { appealIds: ['a1'] })
    const done = reinstated(['d1'], 12, {}, 14)
    expect(stateOf(request, done, noticed({ decisionId: 'd1' }, 11))).toBe('carried_out')
    expect(stateOf(request, done, noticed({ decisionId: 'd2' }, 13))).toBe('carried_out')
    expect(stateOf(request, done, noticed({ appealId: 'a1' }, 13))).toBe('told')
    const told = only([request, done, noticed({ decisionId: 'd1' }, 12, 13)])
    expect([told.state, dayOf(told.toldAt)]).toEqual(['told', 14])
    expect(stateOf(request, noticed({ decisionId: 'd1' }, 13))).toBe('requested')
  })

  test('when it is declined or withdrawn, then it is, until it is carried out all the same', () => {
    const request = requested('r1', {})
    expect(stateOf(request, declined('legal_hold', 11))).toBe('declined')
    expect(stateOf(request, withdrawn(12), declined('other', 11))).toBe('withdrawn')
    expect(stateOf(request, withdrawn(12), declined('other', 11), reinstated(['d1'], 13))).toBe('carried_out')
    expect(stateOf(requested('r2', {}), declined('other', 11), withdrawn(12))).toBe('requested')
  })

  test('when it is declined again, then the last answer counts, in whatever order they come', () => {
    const answers = [declined('account_gone', 13), declined('legal_hold', 11)]
    for (const said of [answers, answers.toReversed()]) {
      expect(only([requested('r1', {}), ...said]).declined?.data.code).toBe('account_gone')
    }
  })

  test('when it is asked for again, then what is done settles every attempt', () => {
    const again = requested('r2', { attempt: 2 }, 12)
    const events = [requested('r1', {}), declined('other', 11), again]
    const states = (more: ReadonlyArray<StoredEvent>) => found([...events, ...more]).map(({ state }) => state)
    expect(states([])).toEqual(['declined', 'requested'])
    expect(states([reinstated(['d1'], 13)])).toEqual(['carried_out', 'carried_out'])
  })

  test('when an id is used twice, then the first request counts; without requests there is none', () => {
    expect(
      only([requested('r1', { wave: 4 }, 12), requested('r1', { wave: 3 }, 11)]).requested.data.wave,
    ).toBe(3)
    expect(found([reinstated(['d1'], 1)])).toEqual([])
  })
})

describe('given a request to make a decision milder', () => {
  const milder = requested('r1', { kind: 'change', restriction: 'suspended' })

  test('when it is changed later to as mild a restriction, or reversed, then it is carried out', () => {
    expect(stateOf(milder, changed('suspended', 11))).toBe('carried_out')
    expect(stateOf(milder, reinstated(['d1'], 11))).toBe('carried_out')
    const longer = requested('r1', { kind: 'change', restriction: 'terminated' })
    expect(stateOf(longer, changed('suspended', 11))).toBe('carried_out')
  })

  test('when it was changed before, or to something else, then it is not', () => {
    expect(stateOf(milder, changed('suspended', 9))).toBe('requested')
    expect(stateOf(milder, changed('terminated', 11))).toBe('requested')
    expect(stateOf(milder, changed(undefined, 11))).toBe('requested')
    expect(stateOf(requested('r1', {}), changed('suspended', 11))).toBe('requested')
  })
})

describe('given a request to void flags', () => {
  const flags = ['f1', 'f2'].map((flagId) => happened('flag.raised.v1', { flagId }, { day: 1 }))
  const request = requested('r1', { kind: 'flags', decisionIds: [], flagsVoided: ['f1', 'f2'] })
  const dismissed = (flagId: string, day: number) => happened('flag.dismissed.v1', { flagId }, { day })

  test('when all of them are void, whatever voided them, then it is carried out, and nobody needs to be told', () => {
    expect(stateOf(...flags, request, dismissed('f1', 11))).toBe('requested')
    const voids = reinstated(['d9'], 13, { flagsVoided: ['f2'] })
    const done = only([...flags, request, dismissed('f1', 11), dismissed('f1', 14), voids])
    expect([done.state, dayOf(done.carriedOutAt), done.toldAt]).toEqual(['carried_out', 13, null])
  })

  test('when one is not on record, or none is named, then it stays open', () => {
    expect(stateOf(flags[0] ?? request, request, dismissed('f1', 11), dismissed('f2', 11))).toBe('requested')
    expect(stateOf(requested('r1', { kind: 'flags', decisionIds: [], flagsVoided: [] }))).toBe('requested')
  })
})

test('services\u2019 events give the same states, in whatever order they are recorded', () => {
  const decisionId = fc.constantFrom('d1', 'd2')
  const decisionIds = fc.uniqueArray(decisionId, { minLength: 1 })
  const flagsVoided = fc.uniqueArray(fc.constantFrom('f1', 'f2'))
  const restriction = fc.constantFrom('suspended', 'terminated', undefined)
  const said = (type: EventType, data: fc.Arbitrary<object>) =>
    fc.record({ type: fc.constant(type), data, day: fc.integer({ min: 10, max: 16 }) })
  const answers = fc.array(
    fc.oneof(
      said('account.reinstated.v1', fc.record({ decisionIds, flagsVoided })),
      said('decision.changed.v1', fc.record({ decisionId, restriction })),
      said('notice.sent.v1', fc.record({ decisionId })),
      said('flag.dismissed.v1', fc.record({ flagId: fc.constantFrom('f1', 'f2') })),
      said(
        'reinstatement.declined.v1',
        fc.record({
          requestId: fc.constantFrom('r1', 'r2', 'r3'),
          code: fc.constantFrom('other', 'legal_hold'),
        }),
      ),
    ),
    { maxLength: 8 },
  )
  const before = [
    ...['f1', 'f2'].map((flagId) => happened('flag.raised.v1', { flagId }, { day: 1 })),
    requested('r1', { decisionIds: ['d1', 'd2'] }),
    requested('r2', { kind: 'change', decisionIds: ['d2'], restriction: 'suspended' }),
    requested('r3', { kind: 'flags', decisionIds: [], flagsVoided: ['f1', 'f2'] }),
  ]
  const statesOf = (recorded: ReadonlyArray<StoredEvent>) =>
    found(recorded).map(({ requested: { data }, state, declined: last }) => [data.requestId, state, last?.id])
  const seen = new Set<RequestState>()
  fc.assert(
    fc.property(
      answers.chain((drafts) =>
        fc.record({
          drafts: fc.constant(drafts),
          order: fc.shuffledSubarray([...drafts.keys()], { minLength: drafts.length }),
        }),
      ),
      ({ drafts, order }) => {
        const recordedIn = (places: ReadonlyArray<number>) =>
          places.map((index, place) => {
            const { type, data, day } = drafts[index] ?? fail()
            return happened(type, { ...data }, { id: `e${index}`, day, recorded: 20 + place })
          })
        const states = statesOf([...before, ...recordedIn([...drafts.keys()])])
        expect(statesOf([...recordedIn(order), ...before])).toEqual(states)
        for (const { state } of found([...before, ...recordedIn(order)])) seen.add(state)
      },
    ),
    { numRuns: often(200, 5000) },
  )
  // Otherwise this would show nothing.
  expect([...seen].sort()).toEqual(['carried_out', 'declined', 'requested', 'told'])
})

function fail(): never {
  throw new Error('no such draft')
}
