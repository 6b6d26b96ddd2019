import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventTypes } from '../../src/domain/event.ts'
import { comparePlaces, compareUtf8, type Place, placeOf } from '../../src/domain/order.ts'
import { decoded, stored } from './samples.ts'

const text = fc.oneof(
  fc.constantFrom('', 'a', 'ab', '\uff61', '\u{1f600}', '\u{10ffff}', '\ud7ff', '\ue000'),
  fc.string({ unit: 'binary' }),
)

describe('strings are ordered by their UTF-8 bytes', () => {
  test('for all well-formed strings', () => {
    fc.assert(
      fc.property(text, text, text, (common, a, b) => {
        const [x, y] = [common + a, common + b]
        expect(Math.sign(compareUtf8(x, y))).toBe(Buffer.compare(Buffer.from(x), Buffer.from(y)))
      }),
      { numRuns: 2000 },
    )
  })

  test('where UTF-16 order would be the reverse', () => {
    expect(compareUtf8('\uff61', '\u{1f600}')).toBeLessThan(0)
    expect('\uff61' < '\u{1f600}').toBe(false)
  })
})

const few = fc.constantFrom('a', 'b', '\uff61', '\u{1f600}')
const place: fc.Arbitrary<Place> = fc.record({
  at: fc.integer({ min: 0, max: 2 }),
  nanos: fc.integer({ min: 0, max: 2 }),
  rank: fc.integer({ min: 0, max: 2 }),
  source: few,
  id: few,
  subject: few,
})
const sign = (a: Place, b: Place) => Math.sign(comparePlaces(a, b))

describe('places are totally ordered', () => {
  test('two that are equal are the same event', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        expect(sign(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })
  test('antisymmetrically', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        expect(sign(a, b) + sign(b, a)).toBe(0)
      }),
    )
  })
  test('transitively', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 3, maxLength: 3 }), (three) => {
        const [a, b, c] = three.toSorted(comparePlaces) as [Place, Place, Place]
        expect(Math.max(sign(a, b), sign(b, c), sign(a, c))).toBeLessThanOrEqual(0)
      }),
    )
  })
})

const flag = decoded(stored('flag.raised.v1'))

describe('the place of an event', () => {
  const placed = (time: string): Place => placeOf(decoded({ ...stored('flag.raised.v1'), time }))

  test('is precise to the nanosecond, whatever offset and digits it was written with', () => {
    expect(placed('2025-05-01T14:00:00.1239000001234+02:00')).toEqual(
      placed('2025-05-01T12:00:00.1239000009Z'),
    )
    expect(placed('2025-05-01T12:00:00.5Z')).toEqual(placed('2025-05-01T12:00:00.500000Z'))
  })

  test('given two within one millisecond, then the earlier one comes first, whatever its id', () => {
    const [first, second] = [placed('2025-05-01T12:00:00.123000100Z'), placed('2025-05-01T12:00:00.1230009Z')]
    expect(comparePlaces({ ...first, id: 'z' }, { ...second, id: 'a' })).toBeLessThan(0)
  })

  test('at one instant: published, evaluated, flagged, rescored, dismissed, removed, deactivated, changed, notified, appealed, answered, restored, reinstated, then the rest', () => {
    const inOrder = eventTypes
      .map((type) => ({ type, place: placeOf({ ...flag, type }) }))
      .toSorted((a, b) => comparePlaces(a.place, b.place))
    expect(inOrder.map(({ type }) => type)).toEqual([
      'ruleset.published.v1',
      'content.evaluated.v1',
      'flag.raised.v1',
      'flag.rescored.v1',
      'flag.dismissed.v1',
      'content.removed.v1',
      'account.deactivated.v1',
      'decision.changed.v1',
      'notice.sent.v1',
      'appeal.filed.v1',
      'appeal.decided.v1',
      'content.restored.v1',
      'account.reinstated.v1',
      'notice.received.v1',
      'order.received.v1',
      'decision.audited.v1',
      'reinstatement.declined.v1',
      'clock.ticked.v1',
      'alarm.raised.v1',
      'alarm.configured.v1',
      'incident.opened.v1',
      'incident.joined.v1',
      'hold.requested.v1',
      'hold.lifted.v1',
      'incident.noted.v1',
      'incident.closed.v1',
      'replay.completed.v1',
      'remediation.planned.v1',
      'remediation.sampled.v1',
      'remediation.reviewed.v1',
      'remediation.approved.v1',
      'reinstatement.requested.v1',
      'reinstatement.withdrawn.v1',
      'remediation.wave_started.v1',
      'remediation.paused.v1',
      'remediation.resumed.v1',
      'remediation.cancelled.v1',
      'remediation.completed.v1',
    ])
    expect(new Set(inOrder.map(({ place }) => place.rank)).size).toBe(15)
  })
})
