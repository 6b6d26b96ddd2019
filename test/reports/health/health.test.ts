import { expect, test } from 'vitest'
import { healthOf } from '../../../src/reports/health/health.ts'
import { service } from '../../replay/histories.ts'
import { at, DAY, event, looked } from './looking.ts'

test('given published projections and the ledger\u2019s state, then health combines both, as of the time in question', async () => {
  const events = [
    service.banned('u1', DAY, { decisionId: 'd-u1' }),
    event('appeal.filed.v1', 'u1', 5, { appealId: 'a-u1', decisionId: 'd-u1' }),
  ]
  const damaged = [{ stream: 'account-u9', cause: 'tombstoned' }] as const
  const now = Date.UTC(2026, 0, 1)

  const [before, after] = await looked(events, async (published) => {
    const state = { head: 3, lastRecorded: now + 3_600_000, damaged, holds: [] }
    return [
      await healthOf(published, state, { asOf: at(4), now }),
      await healthOf(published, state, { asOf: at(40), now }),
    ]
  })

  expect(before?.appeals.count).toBe(0)
  expect(after).toEqual({
    asOf: at(40),
    spikes: [],
    appeals: {
      count: 1,
      over14Days: 1,
      over30Days: 1,
      oldest: [{ appealId: 'a-u1', account: 'u1', decisionId: 'd-u1', category: 'alpha', filedAt: at(5) }],
    },
    holds: [],
    precision: [],
    contradicted: { count: 0, latest: [] },
    lag: { projected: 2, head: 3, recordedAt: Date.UTC(2026, 0, 1) },
    clock: { now, lastRecorded: now + 3_600_000, isBehind: true },
    stopped: [],
    damaged,
  })
})
