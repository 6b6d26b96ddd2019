import { StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { append, type Client, collect, disposeClient, failure, openClient } from './client.ts'
import { LAST_REVISION } from './deletion.ts'
import { startTestServer, type TestServer } from './server.ts'

/** What was seen on a real 23.10.8, with a stream of five events. */
describe('given a test server with a stream of five events that is deleted or truncated', () => {
  let server: TestServer
  let client: Client
  beforeEach(async () => {
    server = await startTestServer({ systemEvents: 0 })
    client = openClient(server.url)
    await append(client, 'a', [0, 1, 2, 3, 4], 'no_stream')
    await append(client, 'b', [5], 'no_stream')
  })
  afterEach(async () => {
    await disposeClient(client)
    await server.close()
  })

  const revisions = async (options: Parameters<Client['readStream']>[1] = {}) =>
    (await collect(client.readStream('a', options))).map(({ revision }) => revision)
  const inAll = async () =>
    (await collect(client.readAll()))
      .filter(({ streamId }) => streamId === 'a')
      .map(({ revision, type }) => [revision, type])
  const positions = () => server.userLog().map(({ position }) => position)
  const all = [0n, 1n, 2n, 3n, 4n].map((revision) => [revision, 'tested'])

  test('when it is soft-deleted, then no read finds it, and the log still has it', async () => {
    server.softDelete('a')
    for (const options of [
      {},
      { fromRevision: 2n },
      { direction: 'backwards', fromRevision: 'end' },
    ] as const) {
      expect(await failure(revisions(options))).toBeInstanceOf(StreamNotFoundError)
    }
    expect(await inAll()).toEqual(all)
  })

  test('when it is written after that as a new stream, then it continues at the next revision, truncated there', async () => {
    server.softDelete('a')
    const { nextExpectedRevision } = await append(client, 'a', [6, 7], 'no_stream')
    expect(nextExpectedRevision).toBe(6n)
    expect((await client.getStreamMetadata('a')).metadata).toEqual({ truncateBefore: 5 })
    expect(await revisions()).toEqual([5n, 6n])
    server.setMetadata('a', {})
    expect(await revisions()).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n])
  })

  test('when what is in it is written again as a new stream, then that is a repetition; a part of it with something new is refused', async () => {
    server.softDelete('a')
    const repeated = await append(client, 'a', [0, 1], 'no_stream')
    expect(repeated.nextExpectedRevision).toBe(1n)
    await expect(append(client, 'a', [0, 9], 'no_stream')).rejects.toBeInstanceOf(WrongExpectedVersionError)
    expect(server.userLog()).toHaveLength(6)
    // From another place in it, it is not known.
    expect((await append(client, 'a', [1], 'no_stream')).nextExpectedRevision).toBe(5n)
  })

  test('when it gets a tombstone, then reads and appends report it, and the log has it at the highest possible revision', async () => {
    server.tombstone('a')
    expect(await failure(revisions())).toBeInstanceOf(StreamDeletedError)
    expect(await failure(append(client, 'a', [6]))).toBeInstanceOf(StreamDeletedError)
    expect(await failure(append(client, 'a', [6], 4n))).toBeInstanceOf(StreamDeletedError)
    expect(await inAll()).toEqual([...all, [LAST_REVISION, '$streamDeleted']])
    await append(client, 'b', [7], 0n)
  })

  test.each([
    ['$maxCount', { maxCount: 1 }, [4n]],
    ['$tb', { truncateBefore: 3 }, [3n, 4n]],
    ['$maxAge', { maxAge: -1 }, []],
  ])(
    'when %s truncates it, then reads return the rest without an error, wherever they start',
    async (_, cut, rest) => {
      server.setMetadata('a', cut)
      expect(await revisions()).toEqual(rest)
      expect(await revisions({ fromRevision: 1n })).toEqual(rest)
      expect(await revisions({ direction: 'backwards', fromRevision: 'end' })).toEqual(rest.toReversed())
      expect(await revisions({ direction: 'backwards', fromRevision: 1n })).toEqual([])
      expect(await inAll()).toEqual(all)
      server.setMetadata('a', {})
      expect(await revisions()).toHaveLength(5)
    },
  )

  test('when it is scavenged, then the log lacks the truncated events, and positions of the rest are unchanged', async () => {
    const before = positions()
    server.setMetadata('a', { truncateBefore: 3 })
    server.scavenge()
    expect(await inAll()).toEqual(all.slice(3))
    expect(positions()).toEqual([...before.slice(3)])
    // Nothing brings back what was scavenged.
    server.setMetadata('a', {})
    expect(await revisions()).toEqual([3n, 4n])
    const [first] = before
    if (first === undefined) throw new Error('no position')
    const from = await collect(client.readAll({ fromPosition: first }))
    expect(from.filter(({ type }) => type === 'tested')).toHaveLength(3)
  })

  test('when a deleted one is scavenged, then only its last event, its tombstone or its metadata is left', async () => {
    server.softDelete('a')
    server.scavenge({ keepLast: true })
    expect(await inAll()).toEqual(all.slice(4))
    server.scavenge()
    expect(await inAll()).toEqual([])
    server.tombstone('b')
    server.scavenge()
    const left = (await collect(client.readAll())).filter(({ streamId }) => /^(\$\$)?[ab]$/.test(streamId))
    expect(left.map(({ streamId, type }) => [streamId, type])).toEqual([
      ['$$a', '$metadata'],
      ['b', '$streamDeleted'],
    ])
  })
})
