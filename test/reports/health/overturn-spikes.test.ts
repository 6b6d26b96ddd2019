import { describe, expect, test } from 'vitest'
import { overturnSpikes } from '../../../src/reports/health/overturn-spikes.ts'
import { service } from '../../replay/histories.ts'
import { at, DAY, event, looked } from './looking.ts'

/** A ban of an account on a day, based on a flag by a rule, and reversed on another day. */
const overturned = (account: string, made: number, back: number, rule = 'a', reason = 'correction') => [
  service.flagged(account, made * DAY, { flagId: `f-${account}`, rule: { id: rule } }),
  service.banned(account, made * DAY + 1, { decisionId: `d-${account}`, grounds: [`f-${account}`] }),
  event('account.reinstated.v1', account, back, { decisionIds: [`d-${account}`], reason }),
]

const range = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

describe('overturn spikes', () => {
  test('a rule whose decisions start to be overturned has one, a rule whose decisions always were has none', async () => {
    const steady = range(35).flatMap((i) => overturned(`s${i}`, 40 + i - 5, 41 + i, 'b'))
    const sudden = range(8).flatMap((i) => overturned(`n${i}`, 60, 72, 'a'))

    const spikes = await looked([...steady, ...sudden], ({ connection }) =>
      overturnSpikes(connection, at(76)),
    )

    expect(spikes).toHaveLength(1)
    expect(spikes[0]).toMatchObject({ rule: 'a', lastWeek: 8, usualWeek: 0, detector: 'scanner' })
    expect(spikes[0]?.firstMade).toBe(at(60) + 3_600_000)
  })

  test('the end of a term is not an overturn', async () => {
    const served = range(9).flatMap((i) => overturned(`n${i}`, 60, 72, 'a', 'expiry'))
    expect(await looked(served, ({ connection }) => overturnSpikes(connection, at(76)))).toEqual([])
  })

  test('what happened after the time in question is ignored', async () => {
    const later = range(9).flatMap((i) => overturned(`n${i}`, 60, 77))
    expect(await looked(later, ({ connection }) => overturnSpikes(connection, at(76)))).toEqual([])
    expect(await looked(later, ({ connection }) => overturnSpikes(connection, at(78)))).toHaveLength(1)
  })
})
