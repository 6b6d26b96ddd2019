import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { accountsAt } from '../../../../src/incidents/remediation/plan/read-accounts.ts'
import { service } from '../../../replay/histories.ts'
import { appendAll, unwrap, withLedger } from '../../../replay/ledgers.ts'

const { flagged, banned, reinstated } = service

describe('given a ledger in which accounts went on', () => {
  const events = [
    flagged('u1', 1, { flagId: 'f1' }),
    banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
    flagged('u2', 3, { flagId: 'f2' }),
    reinstated('u1', 4, ['d1']),
    flagged('u1', 5, { flagId: 'f3' }),
  ]

  test('when an account is read as of a sequence, then it is as it was, whatever the ledger has by now', async () => {
    await withLedger(async (open) => {
      await appendAll(open, events)
      const idsAt = async (account: string, sequence: number) =>
        unwrap(await accountsAt(open.ledger, sequence)(account)).map(({ id }) => id)
      const ids = events.map(({ id }) => String(id))
      expect(await idsAt('u1', 5)).toEqual([ids[0], ids[1], ids[3], ids[4]])
      expect(await idsAt('u1', 3)).toEqual([ids[0], ids[1]])
      expect(await idsAt('u2', 2)).toEqual([])
      expect(await idsAt('nobody', 5)).toEqual([])
    })
  })

  test('when the ledger cannot be read, then that is the error', async () => {
    await withLedger(async (open) => {
      await appendAll(open, events)
      const error = { kind: 'unavailable', message: 'gone' } as const
      const read = accountsAt({ ...open.ledger, sequenceOf: async () => E.left(error) }, 3)
      expect(await read('u1')).toEqual(E.left(error))
    })
  })
})
