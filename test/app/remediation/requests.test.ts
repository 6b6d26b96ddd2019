import { beforeEach, describe, expect, test } from 'vitest'
import { listRequests } from '../../../src/app/remediation/requests.ts'
import type { RequestMessage } from '../../../src/incidents/feeds/requests.ts'
import { unwrap } from '../../ledger/events.ts'
import { service } from '../../replay/histories.ts'
import { recordAt, requested, withdrawn } from '../dispatch/requesting.ts'
import { clock, errorOf, recordIncoming, useCaseFolder } from '../use-case.ts'

const path = useCaseFolder()

const listAfter = async (after: number) => {
  const messages: RequestMessage[] = []
  const onRequest = (message: RequestMessage): void => void messages.push(message)
  const listed = await listRequests({ data: path('data'), after, onRequest, onRead: () => {} })
  return { listed, messages }
}

describe('given a ledger of six events, three of them requests or withdrawals', () => {
  beforeEach(async () => {
    await recordIncoming(path('data'), [service.banned('u1', 1, { decisionId: 'd-u1' })])
    await recordAt(path('data'), clock, requested('r1', 'u1'))
    await recordIncoming(path('data'), [service.banned('u2', 2, { decisionId: 'd-u2' })])
    await recordAt(path('data'), clock, requested('r2', 'u2', { restriction: 'suspended', kind: 'change' }))
    await recordAt(path('data'), clock, withdrawn('r1', 'u1'))
    await recordIncoming(path('data'), [service.banned('u3', 3, { decisionId: 'd-u3' })])
  })

  test('when a service asks after any sequence, then it gets those recorded since, and up to which sequence', async () => {
    const { messages: all } = await listAfter(0)
    expect(all).toMatchObject([
      {
        type: 'reinstatement.request.v1',
        account: 'u1',
        requestId: 'r1',
        decisionIds: ['d-u1'],
        sequence: 2,
      },
      { type: 'reinstatement.request.v1', requestId: 'r2', restriction: 'suspended', sequence: 4 },
      { type: 'reinstatement.withdrawal.v1', account: 'u1', requestId: 'r1', sequence: 5 },
    ])
    for (let after = 0; after <= 6; after++) {
      const { listed, messages } = await listAfter(after)
      const expected = all.filter(({ sequence }) => sequence > after)
      expect(messages).toEqual(expected)
      expect(unwrap(listed)).toEqual({ sequence: 6, requests: expected.length })
    }
  })

  test('when it asks after a sequence that the ledger does not have, then it is told that, and nothing is listed', async () => {
    const { listed, messages } = await listAfter(7)
    expect(errorOf(listed)).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('the ledger ends at sequence 6'),
    })
    expect(messages).toEqual([])
  })
})
