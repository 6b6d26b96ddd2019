import { excludeSystemEvents, NotLeaderError, UnavailableError } from '@eventstore/db-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PATIENCE } from '../../../patience.ts'
import { append, type Client, collect, disposeClient, failure, next, openClient, seen } from './client.ts'
import { startTestServer, type TestServer } from './server.ts'

describe('given a test server whose reads fail on demand', () => {
  let server: TestServer
  let client: Client
  beforeEach(async () => {
    server = await startTestServer()
    client = openClient(server.url)
    await append(client, 'a', [0, 1, 2, 3, 4])
  })
  afterEach(async () => {
    await disposeClient(client)
    await server.close()
  })

  /** How far a read came, and how it ended. */
  const partial = async (milliseconds = 300) => {
    let count = 0
    const reading = client.readStream('a').on('data', () => {
      count += 1
    })
    const result = await seen(next(reading, 'end'), milliseconds)
    const end = result.kind === 'failed' ? result.error : result.kind
    return { count: () => count, end }
  }

  test('when a read hangs, at once or in the middle, then nothing more arrives', async () => {
    server.faults.nextReads({ kind: 'hang', after: 0 }, { kind: 'hang', after: 2 })
    const atOnce = await partial()
    expect([atOnce.count(), atOnce.end]).toEqual([0, 'silent'])
    const middle = await partial()
    expect([middle.count(), middle.end]).toEqual([2, 'silent'])
    expect(await collect(client.readStream('a'))).toHaveLength(5)
  })

  test('when a read is slow, then it is delayed', async () => {
    server.faults.nextReads({ kind: 'slow', milliseconds: 60 })
    const slow = await partial(150)
    expect(slow.end).toBe('silent')
    expect(slow.count()).toBeLessThan(5)
    await vi.waitFor(() => expect(slow.count()).toBe(5), PATIENCE)
  })

  test('when a read breaks in the middle, then the error follows the events', async () => {
    server.faults.nextReads({ kind: 'break', after: 3 })
    const broken = await partial(5_000)
    expect(broken.count()).toBe(3)
    expect(broken.end).toBeInstanceOf(UnavailableError)
    expect(await collect(client.readStream('a'))).toHaveLength(5)
  })

  test('when a read ends too early, then nothing indicates it', async () => {
    server.faults.nextReads({ kind: 'end', after: 3 })
    expect(await collect(client.readStream('a'))).toHaveLength(3)
  })

  test('when the server dies in the middle, then the read fails', async () => {
    server.faults.nextReads({ kind: 'die', after: 3 })
    const broken = await partial(5_000)
    expect(broken.end).toBeInstanceOf(UnavailableError)
    await server.start()
    expect(await collect(client.readStream('a'))).toHaveLength(5)
  })

  test('when the server is busy or is no longer the leader, then the read fails before any event arrives', async () => {
    server.faults.nextReads({ kind: 'busy' }, { kind: 'not_leader' })
    expect(await failure(collect(client.readAll()))).toBeInstanceOf(UnavailableError)
    expect(await failure(collect(client.readAll()))).toBeInstanceOf(NotLeaderError)
    expect((await collect(client.readAll())).length).toBeGreaterThan(5)
  })

  test('when the server dies under a subscription, then it has an error and never recovers', async () => {
    const got: unknown[] = []
    const subscription = client
      .subscribeToAll({ filter: excludeSystemEvents() })
      .on('data', ({ event }) => got.push(event?.id))
    const ended = vi.fn()
    subscription.on('end', ended).on('close', ended)
    await next(subscription, 'caughtUp')
    const error = new Promise((resolve) => subscription.on('error', resolve))
    await server.kill()
    expect(await error).toBeInstanceOf(UnavailableError)
    await server.start()
    await append(client, 'a', [5]).catch(() => append(client, 'a', [5]))
    await seen(new Promise(() => undefined), 200)
    expect(got).toHaveLength(5)
  })

  test('when the server ends a subscription, then it ends without an error', async () => {
    server.faults.nextReads({ kind: 'end', after: 2 })
    const subscription = client.subscribeToAll({ filter: excludeSystemEvents() }).on('data', () => undefined)
    expect((await seen(next(subscription, 'end'), 5_000)).kind).toBe('answered')
  })

  test('when a subscription stops responding, then nothing indicates it', async () => {
    server.faults.nextReads({ kind: 'hang', after: 2 })
    const got: unknown[] = []
    const subscription = client
      .subscribeToAll({ filter: excludeSystemEvents() })
      .on('data', ({ event }) => got.push(event?.id))
    await vi.waitFor(() => expect(got).toHaveLength(2), PATIENCE)
    await append(client, 'a', [5])
    expect((await seen(next(subscription, 'end'))).kind).toBe('silent')
    expect(got).toHaveLength(2)
  })

  test('when reads are scheduled, then each is listed with its kind', async () => {
    server.faults.scheduleReads(({ kind }) => (kind === 'stream' ? { kind: 'busy' } : null))
    await collect(client.readAll())
    expect(await failure(collect(client.readStream('a')))).toBeInstanceOf(UnavailableError)
    expect(server.faults.reads()).toMatchObject([
      { number: 1, kind: 'all', stream: '$all', fault: null },
      { number: 2, kind: 'stream', stream: 'a', fault: { kind: 'busy' } },
    ])
  })
})
