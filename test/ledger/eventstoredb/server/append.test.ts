import {
  binaryEvent,
  jsonEvent,
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
} from '@eventstore/db-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { append, type Client, disposeClient, event, failure, id, openClient } from './client.ts'
import { startTestServer, type TestServer } from './server.ts'

describe('given the test server and the real client', () => {
  let server: TestServer
  let client: Client
  beforeEach(async () => {
    server = await startTestServer()
    client = openClient(server.url)
  })
  afterEach(async () => {
    await disposeClient(client)
    await server.close()
  })
  const inLog = () => server.userLog().map(({ stream, revision, id: of }) => [stream, revision, of])

  test('when events are appended, then the answer has the last one’s revision and position', async () => {
    const result = await append(client, 'a', [1, 2], 'no_stream')
    const [first, second] = server.userLog()
    expect(result).toEqual({ success: true, nextExpectedRevision: 1n, position: second?.position })
    expect(Buffer.from(first?.data ?? []).toString()).toBe('{"n":1}')
    expect(inLog()).toEqual([
      ['a', 0, id(1)],
      ['a', 1, id(2)],
    ])
  })

  test('when an event has metadata or bytes, then they are stored', async () => {
    await client.appendToStream('a', [
      jsonEvent({ type: 't', data: { a: 1 }, metadata: { hash: 'h' } }),
      binaryEvent({ type: 'b', data: Uint8Array.of(0, 255) }),
    ])
    const [json, binary] = server.userLog()
    expect(Buffer.from(json?.metadata ?? []).toString()).toBe('{"hash":"h"}')
    expect(binary).toMatchObject({ contentType: 'application/octet-stream', data: Uint8Array.of(0, 255) })
  })

  test('when the expected revision is the stream\u2019s, then a known id is appended again: the trap', async () => {
    await append(client, 'a', [1], 'no_stream')
    expect(await append(client, 'a', [1], 0n)).toMatchObject({ nextExpectedRevision: 1n })
    expect(inLog()).toEqual([
      ['a', 0, id(1)],
      ['a', 1, id(1)],
    ])
  })

  test('when the expected revision is behind and the ids are those that follow, then the first answer is repeated', async () => {
    const first = await append(client, 'a', [1, 2], 'no_stream')
    await append(client, 'a', [3], 1n)
    expect(await append(client, 'a', [1, 2], 'no_stream')).toEqual(first)
    expect(await append(client, 'a', [2], 0n)).toEqual(first)
    expect(inLog()).toHaveLength(3)
  })

  test('when the expected revision is wrong, then the error has the real one and nothing is written', async () => {
    await append(client, 'a', [1, 2], 'no_stream')
    const wrong = async (numbers: ReadonlyArray<number>, expected: bigint | 'no_stream') => {
      const error = await failure(append(client, 'a', numbers, expected))
      expect(error).toBeInstanceOf(WrongExpectedVersionError)
      // As the facts say: fields only.
      expect(error).toMatchObject({
        message: '',
        streamName: 'a',
        expectedVersion: expected,
        actualVersion: 1n,
      })
    }
    await wrong([3], 'no_stream')
    await wrong([3], 0n)
    await wrong([3], 7n)
    // The beginning is a repetition, the rest is not.
    await wrong([1, 3], 'no_stream')
    await wrong([1, 2, 3], 'no_stream')
    expect(inLog()).toHaveLength(2)
  })

  test('when a stream does not exist, then the actual version is no_stream', async () => {
    const error = await failure(append(client, 'a', [1], 3n))
    expect(error).toMatchObject({ expectedVersion: 3n, actualVersion: 'no_stream' })
    expect(await failure(append(client, 'a', [1], 'stream_exists'))).toBeInstanceOf(WrongExpectedVersionError)
  })

  test('when any revision is accepted, then a repetition is recognised until the server restarts', async () => {
    await append(client, 'a', [1])
    expect(await append(client, 'a', [1])).toMatchObject({ nextExpectedRevision: 0n })
    expect(inLog()).toHaveLength(1)
    await server.kill()
    await server.start()
    // The client notices the death by an error first.
    await append(client, 'a', [1]).catch(() => append(client, 'a', [1]))
    expect(inLog()).toHaveLength(2)
  })

  test('when a batch is sent in parts, then it is one append', async () => {
    const events = [1, 2, 3, 4].map((number) => event(number, { text: 'x'.repeat(1_000) }))
    await client.appendToStream('a', events, { expectedRevision: 'no_stream', batchAppendSize: 2_500 })
    expect(inLog()).toHaveLength(4)
    expect(server.faults.appends()).toHaveLength(1)
  })

  test('when many are in flight, then they are committed in the order in which they were sent', async () => {
    await append(client, 'a', [0], 'no_stream')
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => append(client, 'a', [index + 1], BigInt(index))),
    )
    expect(results.map(({ nextExpectedRevision }) => nextExpectedRevision)).toEqual(
      Array.from({ length: 50 }, (_, index) => BigInt(index + 1)),
    )
  })

  test('when the first appends of a connection go out at once, then the client may send the second before the first', async () => {
    await Promise.all([append(client, 'a', [1]), append(client, 'a', [2]), append(client, 'a', [3])])
    expect(inLog()).toEqual([
      ['a', 0, id(2)],
      ['a', 1, id(3)],
      ['a', 2, id(1)],
    ])
  })

  test('when an append is larger than the server accepts, then it is refused as a whole', async () => {
    const half = 'x'.repeat(600 * 1024)
    const error = await failure(client.appendToStream('a', [event(1, { half }), event(2, { half })]))
    expect(error).toBeInstanceOf(MaxAppendSizeExceededError)
    expect(error).toMatchObject({ maxAppendSize: 1024 * 1024 })
    expect(inLog()).toEqual([])
    await client.appendToStream('a', [event(1, { half })])
  })

  test('when a call has its own credentials, then it uses Append, with the same rules', async () => {
    const credentials = { username: 'admin', password: 'changeit' }
    const send = (number: number, expectedRevision: bigint | 'no_stream') =>
      client.appendToStream('a', [event(number)], { expectedRevision, credentials })
    const first = await send(1, 'no_stream')
    expect(first).toEqual({
      success: true,
      nextExpectedRevision: 0n,
      position: server.userLog()[0]?.position,
    })
    expect(await send(1, 'no_stream')).toEqual(first)
    expect(await failure(send(2, 'no_stream'))).toMatchObject({
      expectedVersion: 'no_stream',
      actualVersion: 0n,
    })
    expect(await failure(send(2, 5n))).toBeInstanceOf(WrongExpectedVersionError)
  })

  test('when the server is found by gossip, then the results are the same', async () => {
    const found = openClient(server.discoverUrl)
    await append(found, 'a', [1])
    await disposeClient(found)
    expect(inLog()).toHaveLength(1)
  })
})

test('given a server without BatchAppend, when events are appended, then the client uses Append', async () => {
  const server = await startTestServer({ batches: false })
  const client = openClient(server.url)
  await append(client, 'a', [1], 'no_stream')
  expect(server.userLog()).toHaveLength(1)
  await disposeClient(client)
  await server.close()
})
