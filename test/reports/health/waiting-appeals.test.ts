import { expect, test } from 'vitest'
import { waitingAppeals } from '../../../src/reports/health/waiting-appeals.ts'
import { service } from '../../replay/histories.ts'
import { at, DAY, event, looked } from './looking.ts'

test('waiting appeals, oldest first', async () => {
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

  const [before, after] = await looked(events, async ({ connection }) => [
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
