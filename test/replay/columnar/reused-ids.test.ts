import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { findReusedIds } from '../../../src/replay/columnar/reused-ids.ts'
import { often } from '../../long/often.ts'
import { documentOf, histories, historyOf, RULESET, service } from '../histories.ts'
import { unwrap } from '../ledgers.ts'
import { type HistoryViews, openHistoryViews } from './history-views.ts'

let views: HistoryViews
beforeEach(async () => {
  views = await openHistoryViews()
})
afterEach(() => views.close())

/** What of an event decides on its place, each of a few values, so that all of them are often needed. */
const place = fc.record({
  fraction: fc.constantFrom('', '.001', '.001000002', '.001000002999', '.00100001'),
  source: fc.constantFrom('/b', '/B', '/a'),
  id: fc.constantFrom('x', 'X', 'xx', 'x_'),
})

/** Events of a history, some of them again, perhaps on another account; all at nearly one instant. */
const clashing = histories
  .chain(({ events }) => {
    const again = fc.record({
      event: fc.constantFrom(...events),
      account: fc.option(fc.constantFrom('u1', 'u2', 'u3')),
    })
    const placed = fc.record({ chosen: again, place })
    return fc
      .tuple(
        fc.array(place, { minLength: events.length, maxLength: events.length }),
        fc.array(placed, { maxLength: 40 }),
      )
      .map(([places, more]) => [
        ...events.map((event, i) => ({ event, place: places[i] })),
        ...more.map(({ chosen: { event, account }, place }) => ({
          // A publication's subject is its ruleset.
          event:
            account === null || event.type === 'ruleset.published.v1'
              ? event
              : { ...event, subject: account },
          place,
        })),
      ])
  })
  .map((placed) => {
    const known = new Set<string>()
    return placed.map(({ event, place = { fraction: '', source: '/a', id: 'x' } }, i): IncomingEvent => {
      const { fraction, source } = place
      // One service publishes an account's event under one id only once.
      const isTaken = known.has(`${source} ${place.id} ${event.subject}`)
      const id = isTaken ? `${place.id}${i}` : place.id
      known.add(`${source} ${id} ${event.subject}`)
      return unwrap(decodeIncoming({ ...event, time: `2025-03-01T00:00:00${fraction}Z`, source, id })).event
    })
  })

test('the same ids are reused as in a history collected from the events, whatever their order', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(clashing, fc.boolean(), async (events, reverse) => {
      const delivered = reverse ? events.toReversed() : events
      await views.take(delivered)
      const reused = await findReusedIds(views.connection)
      expect(reused.map((each) => each.reused)).toEqual(historyOf(delivered).reusedIds)
      for (const { sequence, reused: named } of reused) {
        expect(delivered[sequence - 1]).toMatchObject({ source: named.source, id: named.eventId })
      }
      found += reused.length
    }),
    { numRuns: often(60, 600), endOnFailure: true },
  )
  expect(found).toBeGreaterThan(200)
})

test.each([[false], [true]])(
  'one service may use one id for two accounts: the first account has the flag (reverse order: %s)',
  async (reverse) => {
    const flags = ['u1', 'u2'].map(
      (subject) =>
        unwrap(decodeIncoming({ ...service.flagged(subject, 1, { flagId: 'f1' }), id: 'x' })).event,
    )
    await views.take(reverse ? flags.toReversed() : flags)
    const [reused, ...others] = await findReusedIds(views.connection)
    expect(reused?.reused).toMatchObject({ kind: 'flag', id: 'f1', account: 'u2' })
    expect(others).toEqual([])
  },
)

test.each([[false], [true]])(
  'an account may be called like a ruleset: its events have their place in the list (reverse order: %s)',
  async (reverse) => {
    const [document] = fc.sample(documentOf('v1'), { seed: 1, numRuns: 1 })
    if (document === undefined) throw new Error('no document')
    const [first, second] = [service.flagged(RULESET, 1, { flagId: 'f1' }), service.published(document, 1)]
    const events = [first, second].flatMap((event) => [
      event,
      unwrap(decodeIncoming({ ...event, id: 'z' })).event,
    ])
    const delivered = reverse ? events.toReversed() : events
    await views.take(delivered)
    const reused = (await findReusedIds(views.connection)).map((each) => each.reused)
    expect(reused.map(({ kind, eventId }) => [kind, eventId])).toEqual([
      ['flag', 'z'],
      ['ruleset version', 'z'],
    ])
    expect(historyOf(delivered).reusedIds).toEqual(reused)
  },
)
