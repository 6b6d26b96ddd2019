import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { StreamName } from '../../../src/domain/stream.ts'
import type { DamageCause, DamagedStream } from '../../../src/ledger/damaged-stream.ts'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'
import type { LedgerError, Pages, ReadOptions, SequencedEvent } from '../../../src/ledger/port.ts'
import { all } from '../contract.ts'
import { appeal, flag, unwrap } from '../events.ts'
import { type OpenCluster, openOn } from './cluster.ts'
import { startTestServer, type TestServer } from './server/server.ts'

const clock = () => Date.UTC(2026, 0, 1)

/** What somebody can do to a stream of five events, and how it is told. */
const deeds: ReadonlyArray<readonly [string, DamageCause, (server: TestServer, stream: string) => void]> = [
  ['soft-deletes it', 'soft_deleted', (server, stream) => server.softDelete(stream)],
  ['gives it a tombstone', 'tombstoned', (server, stream) => server.tombstone(stream)],
  ['sets $maxCount', 'max_count', (server, stream) => server.setMetadata(stream, { maxCount: 1 })],
  ['sets $maxAge', 'max_age', (server, stream) => server.setMetadata(stream, { maxAge: -1 })],
  ['sets $tb', 'truncated', (server, stream) => server.setMetadata(stream, { truncateBefore: 3 })],
  [
    'truncates it, scavenges and removes the limit',
    'scavenged',
    (server, stream) => {
      server.setMetadata(stream, { truncateBefore: 3 })
      server.scavenge()
      server.setMetadata(stream, {})
    },
  ],
  [
    'soft-deletes it, scavenges and resets its metadata',
    'scavenged',
    (server, stream) => {
      server.softDelete(stream)
      server.scavenge({ keepLast: true })
      server.setMetadata(stream, {})
    },
  ],
]

const errorOf = async (pages: Pages): Promise<LedgerError | null> => {
  for await (const page of pages) if (E.isLeft(page)) return page.left
  return null
}

describe('given a stream of five events in a cluster', () => {
  let server: TestServer
  let open: OpenCluster
  beforeEach(async () => {
    server = await startTestServer()
    open = openOn(server.url, clock)
    await append(['e0', 'e1', 'e2', 'e3', 'e4'].map((id) => flag(id)))
    await append([flag('e0', 'u2')])
  })
  afterEach(async () => {
    await open.remove()
    await server.close()
  })

  const append = async (events: ReadonlyArray<PreparedEvent>, { ledger } = open) =>
    unwrap(
      await ledger.append(
        events.map((event) => ({ stream: event.stream, expectedRevision: 'any', events: [event] })),
      ),
    )

  describe.each(deeds)('when somebody %s', (_, cause, deed) => {
    const damaged = { stream: 'account-u1', cause }

    test('then reading it is an error that names the stream and what was done, and the others can be read', async () => {
      deed(server, 'account-u1')
      const started = performance.now()
      const error = await errorOf(open.ledger.readStream('account-u1'))
      expect(error).toMatchObject({ kind: 'stream_damaged', streams: [damaged] })
      expect(error?.message).toContain('account-u1')
      expect(error?.message).toMatch(/reset the stream's metadata|restore the cluster from a backup/)
      // At once: it is no answer that was cut short, and might come when it is asked again.
      expect(performance.now() - started).toBeLessThan(15_000)
      expect(await all(open.ledger.readStream('account-u2'))).toHaveLength(1)
      expect(await all(open.ledger.readStream('account-none'))).toEqual([])
    })

    test('then a writer that reads it first leaves its events out, and writes the others', async () => {
      deed(server, 'account-u1')
      const other = openOn(server.url, clock)
      const before = server.userLog().length
      const results = await append(
        [appeal('n1', 'u1', 'words'), flag('n1', 'u2'), flag('n2'), flag('n1', 'u3')],
        other,
      )
      await other.remove()
      expect(results.map(({ kind }) => kind)).toEqual([
        'stream_damaged',
        'written',
        'stream_damaged',
        'written',
      ])
      expect(results[0]).toEqual({ kind: 'stream_damaged', stream: 'account-u1', damaged })
      expect(server.userLog().length).toBe(before + 2)
    })
  })

  const read = async (ledger = open.ledger, options: ReadOptions = {}) => {
    const cut: DamagedStream[] = []
    const events: SequencedEvent[] = []
    for await (const page of ledger.readAll(null, { ...options, onCut: (one) => cut.push(one) })) {
      if (E.isLeft(page)) return { error: page.left, events, cut }
      events.push(...page.right)
    }
    return { error: null, events, cut }
  }

  describe.each(deeds.filter(([, cause]) => cause !== 'scavenged'))(
    'when somebody %s and it was not scavenged',
    (_, cause, deed) => {
      test('then the log is read completely, with a warning that names the stream', async () => {
        deed(server, 'account-u1')
        const { error, events, cut } = await read()
        expect(error).toBeNull()
        expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
        expect(cut).toEqual([{ stream: 'account-u1', cause }])
        expect(unwrap(await open.ledger.head()).sequence).toBe(6)
        expect(unwrap(await open.ledger.damaged())).toEqual([{ stream: 'account-u1', cause }])
      })

      test.each([true, false])(
        'then once it is scavenged, the log is not trusted (last event kept: %s)',
        async (keepLast) => {
          deed(server, 'account-u1')
          server.scavenge({ keepLast })
          const damaged = { kind: 'stream_damaged', streams: [{ stream: 'account-u1', cause }] }
          const { error, events } = await read()
          expect(error).toMatchObject(damaged)
          expect(events).toEqual([])
          // Sequences that are counted now would be others, so none are given.
          const head = await open.ledger.head()
          expect(E.isLeft(head) && head.left).toMatchObject(damaged)
          const without: ReadonlySet<StreamName> = new Set(['account-u1', 'evidence-u1'])
          const rest = await read(open.ledger, { without })
          expect(rest).toMatchObject({ error: null, events: [{ stream: 'account-u2' }], cut: [] })
        },
      )

      test('then a reader that had counted before still knows the numbers, and that events are missing', async () => {
        const numbers = (await read()).events.map(({ position }) => position)
        expect(unwrap(await open.ledger.head()).sequence).toBe(6)
        deed(server, 'account-u1')
        await append([flag('e1', 'u2')])
        server.scavenge()
        const last = numbers.at(-1)
        if (last === undefined) throw new Error('nothing was read')
        expect(unwrap(await open.ledger.sequenceOf(last))).toBe(6)
        expect(unwrap(await open.ledger.head()).sequence).toBe(7)
        expect((await read()).error).toMatchObject({ kind: 'stream_damaged' })
        const rest = await read(open.ledger, { without: new Set(['account-u1']) })
        expect(rest.error).toMatchObject({
          message: expect.stringContaining("no longer in the cluster's log"),
        })
      })
    },
  )

  test('when several streams are scavenged, then all of them are named at once, and nothing is read, even up to an earlier sequence', async () => {
    await append([flag('e0', 'u3'), flag('e1', 'u3')])
    server.setMetadata('account-u1', { truncateBefore: 3 })
    server.tombstone('account-u3')
    server.scavenge()
    for (const until of [1, 100]) {
      const { error } = await read(open.ledger, { until })
      expect(error).toMatchObject({
        streams: [
          { stream: 'account-u1', cause: 'truncated' },
          { stream: 'account-u3', cause: 'tombstoned' },
        ],
      })
      expect(error?.message).toContain('cut by $tb: account-u1; deleted with a tombstone: account-u3')
    }
  })

  test('when it is followed, then a gap ends it', async () => {
    server.setMetadata('account-u1', { truncateBefore: 3 })
    server.scavenge()
    const error = await errorOf(open.ledger.follow(null, new AbortController().signal))
    expect(error).toMatchObject({ streams: [{ stream: 'account-u1', cause: 'truncated' }] })
  })

  test('when a tombstone is written while a writer knows the stream, then its events are left out, and the others written', async () => {
    server.tombstone('account-u1')
    const results = await append([flag('n1'), flag('n1', 'u2')])
    expect(results.map(({ kind }) => kind)).toEqual(['stream_damaged', 'written'])
  })

  test('when a stream is truncated while a writer knows it, then what must be checked again is not trusted', async () => {
    server.setMetadata('account-u1', { truncateBefore: 3 })
    // Another event under a known identity: the text of the known one must be read.
    const results = await append([flag('e0', 'u1', 0.9)])
    expect(results.map(({ kind }) => kind)).toEqual(['stream_damaged'])
  })

  test('when the damage is undone before a scavenge, then the stream is complete again, and can be written', async () => {
    server.softDelete('account-u1')
    server.setMetadata('account-u1', {})
    expect(await all(open.ledger.readStream('account-u1'))).toHaveLength(5)
    const other = openOn(server.url, clock)
    const results = await append([flag('e4'), flag('e5')], other)
    await other.remove()
    expect(results).toMatchObject([
      { kind: 'written', events: [{ kind: 'duplicate', revision: 4 }] },
      { kind: 'written', events: [{ kind: 'appended', revision: 5 }] },
    ])
  })

  test('when a soft-deleted stream was written again by another program, then it is not assumed to begin there', async () => {
    server.softDelete('account-u1')
    server.setMetadata('account-u1', { truncateBefore: 5 })
    expect(await errorOf(open.ledger.readStream('account-u1'))).toMatchObject({
      streams: [{ stream: 'account-u1', cause: 'truncated' }],
    })
  })

  test('when a limit has not removed anything yet, then the stream is complete', async () => {
    server.setMetadata('account-u1', { maxCount: 100 })
    expect(await all(open.ledger.readStream('account-u1'))).toHaveLength(5)
  })
})
