import {
  excludeSystemEvents,
  type Position,
  StreamNotFoundError,
  streamNameFilter,
  UnknownError,
} from '@eventstore/db-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PATIENCE } from '../../../patience.ts'
import { append, type Client, collect, disposeClient, failure, next, openClient } from './client.ts'
import { startTestServer, type TestServer } from './server.ts'

describe('given the test server with events and the real client', () => {
  let server: TestServer
  let client: Client
  beforeEach(async () => {
    server = await startTestServer({ systemEvents: 0.5 })
    client = openClient(server.url)
    for (let number = 0; number < 10; number += 1)
      await append(client, number % 2 === 0 ? 'a' : 'b', [number])
  })
  afterEach(async () => {
    await disposeClient(client)
    await server.close()
  })
  const positions = () => server.log().map(({ position }) => position)

  test('when a stream is read, then its events have their revisions, data and positions', async () => {
    const events = await collect(client.readStream('a'))
    expect(events.map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n, 4n])
    expect(events.map(({ data }) => data)).toEqual([0, 2, 4, 6, 8].map((n) => ({ n })))
    const logged = server.log().filter(({ stream }) => stream === 'a')
    expect(events.map(({ position }) => position)).toEqual(logged.map(({ position }) => position))
    expect(events.map(({ created }) => created.getTime())).toEqual(logged.map(({ created }) => created))
  })

  test('when a part of a stream is read, then it begins with the revision, in both directions', async () => {
    const revisions = async (options: Parameters<Client['readStream']>[1]) =>
      (await collect(client.readStream('a', options))).map(({ revision }) => Number(revision))
    expect(await revisions({ fromRevision: 2n, maxCount: 2 })).toEqual([2, 3])
    expect(await revisions({ fromRevision: 9n })).toEqual([])
    expect(await revisions({ direction: 'backwards', fromRevision: 'end', maxCount: 2 })).toEqual([4, 3])
    expect(await revisions({ direction: 'backwards', fromRevision: 1n })).toEqual([1, 0])
  })

  test('when a stream does not exist, then it is a StreamNotFoundError', async () => {
    const error = await failure(collect(client.readStream('none')))
    expect(error).toBeInstanceOf(StreamNotFoundError)
    expect(error).toMatchObject({ streamName: 'none' })
  })

  test('when everything is read, then system events are included', async () => {
    const events = await collect(client.readAll())
    expect(events.map(({ position }) => position)).toEqual(positions())
    expect(events.filter(({ streamId }) => streamId.startsWith('$')).length).toBeGreaterThan(3)
  })

  test('when everything is read page by page, then a page begins with the event at its position', async () => {
    const all: unknown[] = []
    let from: Position | 'start' = 'start'
    for (let size = 3; size === 3; ) {
      const page: (Position | undefined)[] = (
        await collect(client.readAll({ maxCount: 3, fromPosition: from }))
      ).map(({ position }) => position)
      all.push(...(from === 'start' ? page : page.slice(1)))
      from = page.at(-1) ?? from
      size = page.length
    }
    expect(all).toEqual(positions())
  })

  test('when it is read backwards, then the event at the position is not included', async () => {
    const [last, before, beforeThat] = positions().toReversed()
    const end = await collect(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }))
    expect(end.map(({ position }) => position)).toEqual([last])
    if (last === undefined) throw new Error('no events')
    const page = await collect(client.readAll({ direction: 'backwards', fromPosition: last, maxCount: 2 }))
    expect(page.map(({ position }) => position)).toEqual([before, beforeThat])
  })

  test('when a position is not that of an event, then it is an error; after the end there is nothing', async () => {
    const at = (commit: bigint) => collect(client.readAll({ fromPosition: { commit, prepare: commit } }))
    expect(await failure(at((positions()[3]?.commit ?? 0n) + 1n))).toBeInstanceOf(UnknownError)
    expect(await at(1_000_000_000n)).toEqual([])
  })

  test('when everything is subscribed to, then old events arrive and then new ones', async () => {
    const got: unknown[] = []
    const subscription = client.subscribeToAll().on('data', ({ event }) => got.push(event?.position))
    await next(subscription, 'caughtUp')
    expect(got).toEqual(positions())
    await append(client, 'c', [100])
    server.writeSystemEvent()
    await vi.waitFor(() => expect(got).toEqual(positions()), PATIENCE)
    await subscription.unsubscribe()
  })

  test('when a subscription begins at a position, then the event there is not included', async () => {
    const fromPosition = positions()[4]
    if (fromPosition === undefined) throw new Error('no events')
    const got: unknown[] = []
    const subscription = client
      .subscribeToAll({ fromPosition })
      .on('data', ({ event }) => got.push(event?.position))
    await next(subscription, 'caughtUp')
    expect(got).toEqual(positions().slice(5))
    await subscription.unsubscribe()
  })

  test('when system events are excluded, then only others arrive, and checkpoints for what was skipped', async () => {
    const got: unknown[] = []
    const checkpoints: bigint[] = []
    const subscription = client
      .subscribeToAll({
        filter: excludeSystemEvents({
          maxSearchWindow: 4,
          checkpointReached: async (_, { commit }) => void checkpoints.push(commit),
        }),
      })
      .on('data', ({ event }) => got.push(event?.position))
    await next(subscription, 'caughtUp')
    expect(got).toEqual(server.userLog().map(({ position }) => position))
    expect(checkpoints).toEqual(
      positions()
        .filter((_, index) => index % 4 === 3)
        .map(({ commit }) => commit),
    )
    await subscription.unsubscribe()
  })

  test('when streams are selected by prefix, then only they arrive', async () => {
    const got: unknown[] = []
    const subscription = client
      .subscribeToAll({ filter: streamNameFilter({ prefixes: ['b'] }), fromPosition: 'start' })
      .on('data', ({ event }) => got.push(event?.streamId))
    await next(subscription, 'caughtUp')
    expect(got).toEqual(['b', 'b', 'b', 'b', 'b'])
    await subscription.unsubscribe()
  })

  test('when a subscription begins at the end, then only new events arrive', async () => {
    const got: unknown[] = []
    const subscription = client
      .subscribeToAll({ fromPosition: 'end', filter: excludeSystemEvents() })
      .on('data', ({ event }) => got.push(event?.streamId))
    await next(subscription, 'caughtUp')
    await append(client, 'new', [100])
    await vi.waitFor(() => expect(got).toEqual(['new']), PATIENCE)
    await subscription.unsubscribe()
  })
})
