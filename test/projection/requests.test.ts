import { describe, expect, test } from 'vitest'
import { Timestamp } from '../../src/domain/time.ts'
import { ownEvent } from '../../src/incidents/own-event.ts'
import { service } from '../replay/histories.ts'
import { appendAll } from '../replay/ledgers.ts'
import { projected, rowsOf, withFolder } from './projecting.ts'

const TIME = '2025-05-20T00:00:00.000Z'

const requested = (account: string, decisionId: string) => {
  if (!Timestamp.is(TIME)) throw new Error(TIME)
  return ownEvent('reinstatement.requested.v1', {
    ...{ id: `requested-${decisionId}`, subject: account, time: TIME },
    data: {
      ...{ requestId: `r-${decisionId}`, remediationId: 'i1-1', wave: 1, attempt: 1, part: { n: 1, of: 1 } },
      ...{ kind: 'account', decisionIds: [decisionId], flagsVoided: [], appealIds: [] },
    },
  })
}

describe('given requests on two accounts, one of which is carried out', () => {
  const events = [
    service.banned('u1', 2, { decisionId: 'd1' }),
    service.banned('u2', 2, { decisionId: 'd2' }),
    requested('u1', 'd1'),
    requested('u2', 'd2'),
    service.reinstated('u1', 500, ['d1']),
  ]

  test('then the table says so, and requests_at what was overdue at any time', () =>
    withFolder(async (folder) => {
      await appendAll(folder.open, events)
      await projected(folder)
      expect(
        await rowsOf(
          folder.dir,
          `SELECT account, request_id, remediation_id, state, carried_out_at IS NULL AS owed FROM requests ORDER BY account`,
        ),
      ).toEqual([
        { account: 'u1', request_id: 'r-d1', remediation_id: 'i1-1', state: 'carried_out', owed: false },
        { account: 'u2', request_id: 'r-d2', remediation_id: 'i1-1', state: 'requested', owed: true },
      ])
      const at = async (time: string) =>
        rowsOf(folder.dir, `SELECT account, state, overdue FROM requests_at(${time}) ORDER BY account`)
      const asked = '(SELECT min(requested_at) FROM requests)'
      expect(await at(`${asked} - INTERVAL 1 MILLISECOND`)).toEqual([])
      expect(await at(`${asked} + INTERVAL 1 HOUR`)).toEqual([
        { account: 'u1', state: 'carried_out', overdue: false },
        { account: 'u2', state: 'requested', overdue: false },
      ])
      expect(await at(`${asked} + INTERVAL 25 HOUR`)).toEqual([
        { account: 'u1', state: 'carried_out', overdue: false },
        { account: 'u2', state: 'requested', overdue: true },
      ])
    }))
})
