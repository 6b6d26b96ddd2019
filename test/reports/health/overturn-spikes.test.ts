import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import { openPublished } from '../../../src/projection/published.ts'
import { chanceOf, contradictedFlags, overturnSpikes, waitingAppeals } from '../../../src/reports/health/health.ts'
import { type Folder, projected, withFolder } from '../../projection/projecting.ts'
import { service } from '../../replay/histories.ts'
import { appendAll, unwrap } from '../../replay/ledgers.ts'

const START = Date.UTC(2025, 2, 1)
const DAY = 24
const at = (day: number): number => START + day * 86_400_000

const event = (type: string, subject: string, day: number, data: object): IncomingEvent =>
  unwrap(
    decodeIncoming({
      specversion: '1.0',
      id: `${type}-${subject}-${day}`,
      source: '/test',
      type,
      subject,
      time: formatInstant(at(day)),
      data,
    }),
  ).event

/** A ban of an account on a day, on a flag by a rule, taken back on another day. */
const overturned = (account: string, made: number, back: number, rule = 'a', reason = 'correction') => [
  service.flagged(account, made * DAY, { flagId: `f-${account}`, rule: { id: rule } }),
  service.banned(account, made * DAY + 1, { decisionId: `d-${account}`, grounds: [`f-${account}`] }),
  event('account.reinstated.v1', account, back, { decisionIds: [`d-${account}`], reason }),
]

const range = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

const looked = async <A>(
  events: ReadonlyArray<IncomingEvent>,
  look: (connection: Parameters<typeof overturnSpikes>[0]) => Promise<A>,
): Promise<A> =>
  withFolder(async (folder: Folder) => {
    await appendAll(folder.open, events)
    await projected(folder)
    const published = unwrap(await openPublished(folder.dir, { memory: '500MB' })())
    try {
      return await look(published.connection)
    } finally {
      published.close()
    }
  })

describe('overturn spikes', () => {
  test('a rule whose decisions begin to be overturned is one, a rule that always was is none', async () => {
    const steady = range(35).flatMap((i) => overturned(`s${i}`, 40 + i - 5, 41 + i, 'b'))
    const sudden = range(8).flatMap((i) => overturned(`n${i}`, 60, 72, 'a'))

    const spikes = await looked([...steady, ...sudden], (connection) => overturnSpikes(connection, at(76)))

    expect(spikes).toHaveLength(1)
    expect(spikes[0]).toMatchObject({ rule: 'a', lastWeek: 8, usualWeek: 0, detector: 'scanner' })
    expect(spikes[0]?.firstMade).toBe(at(60) + 3_600_000)
  })

  test('terms that were served are no overturns', async () => {
    const served = range(9).flatMap((i) => overturned(`n${i}`, 60, 72, 'a', 'expiry'))
    expect(await looked(served, (connection) => overturnSpikes(connection, at(76)))).toEqual([])
  })

  test('what happened after the time asked about is not looked at', async () => {
    const later = range(9).flatMap((i) => overturned(`n${i}`, 60, 77))
    expect(await looked(later, (connection) => overturnSpikes(connection, at(76)))).toEqual([])
    expect(await looked(later, (connection) => overturnSpikes(connection, at(78)))).toHaveLength(1)
  })
})

describe('the chance of so many or more', () => {
  test.each([
    [0, 3, 1],
    [1, 1, 1],
    [2, 1, 1 - 2 * Math.exp(-1)],
    [5, 0.5, 1.721156e-4],
  ])('of %d where %d are expected', (count, expected, chance) => {
    expect(chanceOf(count, expected)).toBeCloseTo(chance, 9)
  })

  test('is a chance, and falls with the number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.double({ min: 0.5, max: 5_000, noNaN: true }),
        (count, expected) => {
          const chance = chanceOf(count, expected)
          expect(chance).toBeGreaterThanOrEqual(0)
          expect(chance).toBeLessThanOrEqual(1)
          expect(chanceOf(count + 1, expected)).toBeLessThanOrEqual(chance * (1 + 1e-9))
        },
      ),
    )
  })
})

test('appeals that wait, the oldest first', async () => {
  const filed = (account: string, day: number) =>
    event('appeal.filed.v1', account, day, { appealId: `a-${account}`, decisionId: `d-${account}` })
  const events = [
    service.banned('u1', DAY, { decisionId: 'd-u1' }),
    filed('u1', 5),
    filed('u2', 3),
    filed('u3', 30),
    event('appeal.decided.v1', 'u2', 20, {
      appealId: 'a-u2',
      decisionId: 'd-u2',
      outcome: 'upheld',
      reviewer: { kind: 'human', id: 'r' },
    }),
  ]

  const [before, after] = await looked(events, async (connection) => [
    await waitingAppeals(connection, at(19)),
    await waitingAppeals(connection, at(40)),
  ])

  expect(before).toMatchObject({ count: 2, over14Days: 1, over30Days: 0 })
  expect(before?.oldest.map(({ appealId }) => appealId)).toEqual(['a-u2', 'a-u1'])
  expect(after).toMatchObject({ count: 2, over14Days: 1, over30Days: 1 })
  expect(after?.oldest).toMatchObject([
    { appealId: 'a-u1', account: 'u1', decisionId: 'd-u1', category: 'alpha', filedAt: at(5) },
    { appealId: 'a-u3', category: null },
  ])
})

test('flags whose source contradicts the notice that they name, the latest first', async () => {
  const notice = (account: string, day: number, notifier: string) =>
    event('notice.received.v1', account, day, { noticeId: 'n1', notifier, category: 'alpha' })
  const flag = (account: string, day: number, source: string, fields: object = { noticeId: 'n1' }) =>
    service.flagged(account, day * DAY, { flagId: `f-${account}-${day}`, source, ...fields })
  const events = [
    ...[notice('u1', 1, 'trusted_flagger'), flag('u1', 2, 'user_notice'), flag('u1', 3, 'trusted_flagger')],
    ...[notice('u2', 1, 'user'), flag('u2', 2, 'user_notice'), flag('u2', 4, 'own_initiative')],
    ...[flag('u3', 2, 'trusted_flagger'), flag('u3', 3, 'trusted_flagger', {}), notice('u3', 5, 'user')],
    // The first notice of an id counts, and another account's is not the one that is named.
    ...[notice('u4', 2, 'trusted_flagger'), notice('u4', 1, 'user'), flag('u4', 3, 'user_notice')],
    flag('u5', 3, 'trusted_flagger'),
  ]

  const [before, after] = await looked(events, async (connection) => [
    await contradictedFlags(connection, at(3)),
    await contradictedFlags(connection, at(9)),
  ])

  expect(before?.count).toBe(1)
  expect(after).toEqual({
    count: 3,
    latest: [
      {
        flagId: 'f-u2-4',
        account: 'u2',
        service: '/test',
        raisedAt: at(4),
        says: 'own_initiative',
        noticeId: 'n1',
        notifier: 'user',
      },
      expect.objectContaining({ flagId: 'f-u1-2', says: 'user_notice', notifier: 'trusted_flagger' }),
      expect.objectContaining({ flagId: 'f-u3-2', says: 'trusted_flagger', notifier: 'user' }),
    ],
  })
})
