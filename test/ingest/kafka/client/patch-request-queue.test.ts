import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import '../../../../src/ingest/kafka/client/patch-request-queue.ts'

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js')

const newQueue = (sent: string[]) => {
  const queue = new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 30_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'localhost:0',
    logger: { debug: () => {} },
  })
  const push = (correlationId: number): void =>
    queue.push({
      entry: { correlationId, resolve: () => {}, reject: () => {} },
      expectResponse: true,
      sendRequest: () => sent.push(`request ${correlationId}`),
    })
  return { queue, push }
}

describe('given a connection of kafkajs', () => {
  test('when no request waits, then no timer runs', () => {
    const { queue } = newQueue([])
    queue.checkPendingRequests()
    expect(queue.throttleCheckTimeoutId).toBeNull()
  })

  test('when too many are in flight, then the next one is sent when one is answered, and no timer keeps running', async () => {
    const sent: string[] = []
    const { queue, push } = newQueue(sent)
    push(1)
    push(2)
    expect(sent).toEqual(['request 1'])
    queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 })
    expect(sent).toEqual(['request 1', 'request 2'])
    await setTimeout(30)
    expect(queue.throttleCheckTimeoutId).toBeNull()
  })

  test('when the broker throttles, then a request waits and is sent automatically', async () => {
    const sent: string[] = []
    const { queue, push } = newQueue(sent)
    queue.maybeThrottle(40)
    push(1)
    expect(sent).toEqual([])
    await setTimeout(80)
    expect(sent).toEqual(['request 1'])
  })
})
