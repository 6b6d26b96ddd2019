import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldAccount, inOrder } from '../../src/domain/account.ts'
import type { StoredEvent } from '../../src/domain/event.ts'
import { type GradedChange, gradeChanges } from '../../src/domain/graded-changes.ts'
import { comparePlaces, placeOf } from '../../src/domain/order.ts'
import { happened } from './happenings.ts'

type Made = StoredEvent<'account.deactivated.v1' | 'content.removed.v1'>

const ban = (data: object = {}): Made =>
  happened('account.deactivated.v1', { decisionId: 'd1', restriction: 'suspended', until: may(20), ...data })
const change = (day: number, data: object): StoredEvent =>
  happened('decision.changed.v1', { decisionId: 'd1', ...data }, { day })
const reinstated = (day: number): StoredEvent =>
  happened('account.reinstated.v1', { decisionIds: ['d1'], reason: 'expiry' }, { day })
const may = (day: number): string => new Date(Date.UTC(2025, 4, day)).toISOString()

/** The changes of `d1`; `known` are its events in the order in which they became known. */
const gradedOf = (made: Made, known: ReadonlyArray<StoredEvent>): ReadonlyArray<GradedChange> =>
  gradeChanges(
    [made],
    inOrder(known).map((event) => ({ event, sequence: known.indexOf(event) })),
  ).get('d1') ?? []

const gradesOf = (made: Made, known: ReadonlyArray<StoredEvent>): ReadonlyArray<string> =>
  gradedOf(made, known).map(({ isHarsher, isMilder }) =>
    isHarsher ? 'harsher' : isMilder ? 'milder' : 'neither',
  )

describe('given a suspension until 20 May that is changed', () => {
  test.each([
    ['to a termination', { restriction: 'terminated' }, 'harsher'],
    ['to a later end', { until: may(21) }, 'harsher'],
    ['to no end', { until: null }, 'harsher'],
    ['to a termination with an earlier end', { restriction: 'terminated', until: may(10) }, 'harsher'],
    ['to an earlier end', { until: may(19) }, 'milder'],
    ['to what it was', { restriction: 'suspended', until: may(20) }, 'neither'],
    ['in nothing', {}, 'neither'],
  ])('%s', (_, data, expected) => {
    expect(gradesOf(ban(), [change(5, data)])).toEqual([expected])
  })
})

test('given a termination that becomes a suspension with a later end, then it is harsher in its time', () => {
  const made = ban({ restriction: 'terminated' })
  expect(gradesOf(made, [change(5, { restriction: 'suspended' })])).toEqual(['milder'])
  expect(gradesOf(made, [change(5, { restriction: 'suspended', until: null })])).toEqual(['harsher'])
})

test('given several changes, then each is compared with the result of those before it', () => {
  const known = [
    change(3, { until: may(10) }),
    change(4, { until: may(15) }),
    change(5, { restriction: 'terminated' }),
    change(6, { restriction: 'suspended' }),
    change(7, { restriction: 'terminated', until: null }),
    change(8, { until: null }),
  ]
  expect(gradesOf(ban(), known)).toEqual(['milder', 'harsher', 'harsher', 'milder', 'harsher', 'neither'])
  expect(gradedOf(ban(), known)[4]).toMatchObject({
    before: { restriction: 'suspended', until: Date.parse(may(15)) },
    after: { restriction: 'terminated', until: null },
  })
})

test('given a reversed decision, then no later change restricts anyone', () => {
  const after = change(6, { restriction: 'terminated' })
  expect(gradesOf(ban(), [change(4, { until: null }), reinstated(5), after])).toEqual(['harsher', 'neither'])
  expect(gradesOf(ban(), [after, reinstated(5)])).toEqual(['harsher'])
})

test('given a removal, then its end can be changed, and it has no restriction', () => {
  const removal = happened('content.removed.v1', { decisionId: 'd1' })
  const known = [
    change(3, { restriction: 'terminated' }),
    change(4, { until: may(9) }),
    change(5, { until: null }),
  ]
  expect(gradesOf(removal, known)).toEqual(['neither', 'milder', 'harsher'])
})

test('given any changes known in any order, then each is graded as a fold of what was known by then', () => {
  const draft = fc.record({
    day: fc.integer({ min: 2, max: 9 }),
    restriction: fc.constantFrom('suspended', 'terminated', undefined),
    until: fc.constantFrom(may(12), may(15), may(25), null, undefined),
    isReversal: fc.constantFrom(false, false, false, false, false, true),
  })
  fc.assert(
    fc.property(fc.array(draft, { maxLength: 12 }), (drafts) => {
      const made = ban()
      const known = drafts.map(({ day, isReversal, ...data }) =>
        isReversal ? reinstated(day) : change(day, data),
      )
      const graded = gradedOf(made, known)

      expect(graded).toHaveLength(known.filter(({ type }) => type === 'decision.changed.v1').length)
      for (const { event, isHarsher, before, after } of graded) {
        const earlier = known
          .slice(0, known.indexOf(event))
          .filter((each) => comparePlaces(placeOf(each), placeOf(event)) < 0)
        const [then] = foldAccount([made, ...earlier]).decisions
        const [now] = foldAccount([made, ...earlier, event]).decisions
        expect(then).toMatchObject(before)
        expect(now).toMatchObject(after)
        const end = (until: number | null): number => until ?? Number.POSITIVE_INFINITY
        const grew =
          (before.restriction === 'suspended' && after.restriction === 'terminated') ||
          end(after.until) > end(before.until)
        expect(isHarsher).toBe(grew && then?.reversals.length === 0)
      }
    }),
  )
})
