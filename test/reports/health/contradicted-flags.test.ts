import { expect, test } from 'vitest'
import { contradictedFlags } from '../../../src/reports/health/contradicted-flags.ts'
import { service } from '../../replay/histories.ts'
import { at, DAY, event, looked } from './looking.ts'

test('flags whose source contradicts the notice that they name, the latest first', async () => {
  const notice = (account: string, day: number, notifier: string) =>
    event('notice.received.v1', account, day, { noticeId: 'n1', notifier, category: 'alpha' })
  const flag = (account: string, day: number, source: string, fields: object = { noticeId: 'n1' }) =>
    service.flagged(account, day * DAY, { flagId: `f-${account}-${day}`, source, ...fields })
  const events = [
    ...[notice('u1', 1, 'trusted_flagger'), flag('u1', 2, 'user_notice'), flag('u1', 3, 'trusted_flagger')],
    ...[notice('u2', 1, 'user'), flag('u2', 2, 'user_notice'), flag('u2', 4, 'own_initiative')],
    ...[flag('u3', 2, 'trusted_flagger'), flag('u3', 3, 'trusted_flagger', {}), notice('u3', 5, 'user')],
    // The first notice of an id counts, and another account's notice does not.
    ...[notice('u4', 2, 'trusted_flagger'), notice('u4', 1, 'user'), flag('u4', 3, 'user_notice')],
    flag('u5', 3, 'trusted_flagger'),
  ]

  const [before, after] = await looked(events, async ({ connection }) => [
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
