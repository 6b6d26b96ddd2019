import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'
import type { ClusterLimits } from '../../../src/ledger/eventstoredb/store.ts'
import type { AppendOptions, EventOutcome } from '../../../src/ledger/port.ts'
import { often } from '../../long/often.ts'
import { all } from '../contract.ts'
import { appeal, flag, newer, publication, unwrap } from '../events.ts'
import { BRIEF, type OpenCluster, openOn } from './cluster.ts'
import { randomAppendFaults, randomReadFaults } from './server/random-faults.ts'
import { startTestServer, type TestServer } from './server/server.ts'

const clock = () => Date.UTC(2026, 0, 1)
const GROUPED: AppendOptions = { order: 'per_stream' }
const ANY = 'any' as const
/** For many calls at once, whose answers take a while. */
const UNHURRIED: ClusterLimits = { silence: 30_000, patience: 60_000 }
/** The most appends, or reads, that are under way. */
const AT_ONCE = 256

type Outcome = EventOutcome | { readonly kind: 'wrong_revision' | 'stream_damaged' }

/** The outcome of each event, each in a batch of its own. */
const append = async (
  { ledger }: OpenCluster,
  events: ReadonlyArray<PreparedEvent>,
  options: AppendOptions = GROUPED,
): Promise<ReadonlyArray<Outcome>> => {
  const batches = events.map((one) => ({ stream: one.stream, expectedRevision: ANY, events: [one] }))
  const results = unwrap(await ledger.append(batches, options))
  return results.flatMap(
    (result): ReadonlyArray<Outcome> => (result.kind === 'written' ? result.events : [{ kind: result.kind }]),
  )
}
const kinds = async (...args: Parameters<typeof append>) => (await append(...args)).map(({ kind }) => kind)

describe('given a cluster that two streams were written to', () => {
  let server: TestServer
  let open: OpenCluster
  const others: OpenCluster[] = []
  beforeEach(async () => {
    server = await startTestServer()
    open = openOn(server.url, clock)
    await append(open, [flag('e0'), flag('e1'), flag('e2'), flag('e0', 'u2')])
  })
  afterEach(async () => {
    for (const one of [open, ...others.splice(0)]) await one.remove()
    await server.close()
  })

  /** A writer that knows nothing of the cluster yet. */
  const another = (limits: ClusterLimits = BRIEF, dir?: string): OpenCluster => {
    const writer = openOn(server.url, clock, limits, '', false, dir)
    others.push(writer)
    return writer
  }
  /** What is asked of the server while something is done, but for the log, which is not a stream. */
  const callsOf = async (work: () => Promise<unknown>): Promise<ReadonlyArray<string>> => {
    const [appends, reads] = [server.faults.appends().length, server.faults.reads().length]
    await work()
    return [
      ...server.faults
        .appends()
        .slice(appends)
        .map(({ stream, expected, ids }) => `append ${ids.length} to ${stream} at ${expected}`),
      ...server.faults
        .reads()
        .slice(reads)
        .filter(({ kind }) => kind === 'stream')
        .map(({ stream }) => `read ${stream}`),
    ]
  }
  const stored = (stream: string) =>
    server
      .userLog()
      .filter((event) => event.stream === stream)
      .map(({ data }) => Object(JSON.parse(Buffer.from(data).toString())).id)

  test('when new streams are written, then none is read, neither then nor later', async () => {
    const calls = await callsOf(async () => {
      expect(await kinds(open, [flag('e0', 'u3'), flag('e1', 'u3'), flag('e0', 'u4')])).toEqual(
        Array.from({ length: 3 }, () => 'appended'),
      )
      expect(await append(open, [flag('e2', 'u3'), flag('e0', 'u3')])).toEqual([
        { kind: 'appended', revision: 2 },
        { kind: 'duplicate', revision: 0 },
      ])
    })
    expect(calls).toEqual([
      'append 2 to account-u3 at no_stream',
      'append 1 to account-u4 at no_stream',
      'append 1 to account-u3 at 1',
    ])
  })

  test('when a process that knows nothing gets recorded events again, then each stream is refused once and read once', async () => {
    const restarted = another()
    const before = server.userLog().length
    const calls = await callsOf(async () => {
      expect(await append(restarted, [flag('e1'), flag('e0', 'u2'), flag('e0')])).toEqual([
        { kind: 'duplicate', revision: 1 },
        { kind: 'duplicate', revision: 0 },
        { kind: 'duplicate', revision: 0 },
      ])
      expect(await kinds(restarted, [flag('e2'), flag('e0', 'u2')])).toEqual(['duplicate', 'duplicate'])
    })
    expect(calls).toEqual([
      'append 2 to account-u1 at no_stream',
      'append 1 to account-u2 at no_stream',
      'read account-u1',
      'read account-u2',
    ])
    expect(server.userLog()).toHaveLength(before)
  })

  test('when such a process gets many of them, then few appends are refused before streams are read first', async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => flag('e0', `many${i}`))
    await append(another(UNHURRIED), many)
    const restarted = another(UNHURRIED)
    const countsOf = async (events: ReadonlyArray<PreparedEvent>, outcome: string) => {
      const calls = await callsOf(async () => {
        expect(new Set(await kinds(restarted, events))).toEqual(new Set([outcome]))
      })
      const count = (start: string): number => calls.filter((call) => call.startsWith(start)).length
      return { reads: count('read account-'), appends: count('append ') }
    }
    const first = await countsOf(many.slice(0, 500), 'duplicate')
    expect(first.reads).toBe(500)
    expect(first.appends).toBeLessThanOrEqual(AT_ONCE + 35)
    expect(await countsOf(many.slice(500), 'duplicate')).toEqual({ reads: 500, appends: 0 })

    // Streams that are new again are soon assumed to be.
    const newOnes = Array.from({ length: 1_000 }, (_, i) => flag('e0', `other${i}`))
    const later = await countsOf(newOnes, 'appended')
    expect(later.appends).toBe(1_000)
    expect(later.reads).toBeLessThanOrEqual(AT_ONCE + 35)
  })

  test('when recorded, conflicting and new events come together to such a process, then only the new ones are written', async () => {
    const events = [flag('e1'), flag('n1'), flag('e0', 'u1', 0.9), flag('n2'), flag('n1')]
    expect(await append(another(), events)).toMatchObject([
      { kind: 'duplicate', revision: 1 },
      { kind: 'appended', revision: 3 },
      { kind: 'conflict', revision: 0 },
      { kind: 'appended', revision: 4 },
      { kind: 'duplicate', revision: 3 },
    ])
    expect(stored('account-u1')).toEqual(['e0', 'e1', 'e2', 'n1', 'n2'])
  })

  const careful: ReadonlyArray<readonly [string, PreparedEvent, number | 'any']> = [
    ['has the words of a person', appeal('n1', 'u9', 'words'), 'any'],
    ['publishes a document', publication('n1', 'v1', 3), 'any'],
    ['needs a newer vocabulary', newer('n1', 2, 'u9'), 'any'],
    ['is expected at a revision', flag('n1', 'u9'), -1],
  ]
  test.each(careful)(
    'when an event %s, then its stream is read before anything is sent',
    async (_, event, expectedRevision) => {
      const { stream } = event
      const order: string[] = []
      server.faults.scheduleAppends((call) => {
        if (call.stream === stream) order.push('append')
        return null
      })
      server.faults.scheduleReads((call) => {
        if (call.stream === stream) order.push('read')
        return null
      })
      const plain = flag('n0', 'u9')
      const batches = [
        ...(plain.stream === stream && expectedRevision === 'any'
          ? [{ stream, expectedRevision, events: [plain] }]
          : []),
        { stream, expectedRevision, events: [event] },
      ]
      unwrap(await another().ledger.append(batches, GROUPED))
      expect(order).toEqual(['read', 'append'])
    },
  )

  describe('and a writer that remembers little, whose clock stands still', () => {
    test('when it gets again what it has written and forgotten, then that is a duplicate, however it is grouped', async () => {
      const writer = another({ ...BRIEF, remembered: 2 })
      await append(writer, [flag('a', 'u5'), flag('b', 'u5')])
      await append(writer, [flag('a', 'u6')])
      // The bytes are the same, so with the same ids the server would confirm these without writing them.
      expect(await append(writer, [flag('a', 'u5'), flag('b', 'u5')])).toEqual([
        { kind: 'duplicate', revision: 0 },
        { kind: 'duplicate', revision: 1 },
      ])
      expect(await append(writer, [flag('a', 'u6'), flag('b', 'u6')])).toEqual([
        { kind: 'duplicate', revision: 0 },
        { kind: 'appended', revision: 1 },
      ])
      expect(await append(writer, [flag('b', 'u5'), flag('c', 'u5'), flag('a', 'u5')])).toEqual([
        { kind: 'duplicate', revision: 1 },
        { kind: 'appended', revision: 2 },
        { kind: 'duplicate', revision: 0 },
      ])
      expect([stored('account-u5'), stored('account-u6')]).toEqual([
        ['a', 'b', 'c'],
        ['a', 'b'],
      ])
    })

    test('when a forgotten stream is soft-deleted, then its events are accepted a second time, and it is damaged from then on', async () => {
      const writer = another({ ...BRIEF, remembered: 2 })
      await append(writer, [flag('a', 'u5'), flag('b', 'u5')])
      await append(writer, [flag('a', 'u6')])
      server.softDelete('account-u5')
      const damaged = { stream: 'account-u5', cause: 'soft_deleted' }
      expect(await append(writer, [flag('b', 'u5'), flag('c', 'u5'), flag('b', 'u5')])).toEqual([
        { kind: 'appended', revision: 2, damaged },
        { kind: 'appended', revision: 3, damaged },
        { kind: 'duplicate', revision: 2 },
      ])
      expect(await kinds(writer, [flag('d', 'u5'), flag('a', 'u7')])).toEqual(['stream_damaged', 'appended'])
      expect(await kinds(another(), [flag('d', 'u5')])).toEqual(['stream_damaged'])
      expect(unwrap(await writer.ledger.damaged())).toEqual([{ stream: 'account-u5', cause: 'truncated' }])
    })

    test('when a forgotten stream gets a tombstone, then its events are left out, and the others written', async () => {
      const writer = another({ ...BRIEF, remembered: 2 })
      await append(writer, [flag('a', 'u5'), flag('b', 'u5')])
      await append(writer, [flag('a', 'u6')])
      server.tombstone('account-u5')
      expect(await kinds(writer, [flag('a', 'u5'), flag('b', 'u6')])).toEqual(['stream_damaged', 'appended'])
    })
  })

  test('when a writer has written to a soft-deleted stream, then it does not take what it remembers of that for the stream', async () => {
    const writer = another()
    server.softDelete('account-u1')
    expect(await append(writer, [flag('e0')])).toMatchObject([{ kind: 'appended', revision: 3 }])
    expect(await kinds(writer, [flag('e0')])).toEqual(['stream_damaged'])
    expect(stored('account-u1')).toEqual(['e0', 'e1', 'e2', 'e0'])
  })

  test('when a stream is soft-deleted between the refusal and the read, then nothing is written to it', async () => {
    server.faults.scheduleReads(({ stream }) => {
      if (stream === 'account-u1') server.softDelete(stream)
      return null
    })
    expect(await kinds(another(), [flag('e0'), flag('n1')])).toEqual(['stream_damaged', 'stream_damaged'])
    expect(stored('account-u1')).toEqual(['e0', 'e1', 'e2'])
  })

  test('when a stream is soft-deleted after the event was written but not confirmed, then that is no second write', async () => {
    server.faults.scheduleAppends(({ stream }) => {
      if (stream !== 'account-u8') return null
      setImmediate(() => server.softDelete(stream))
      return { kind: 'timeout', written: true }
    })
    expect(await kinds(another(), [flag('n1', 'u8')])).toEqual(['stream_damaged'])
    expect(stored('account-u8')).toEqual(['n1'])
  })

  test('when the server does not confirm a write to a new stream, then the event is there once, and accepted', async () => {
    for (const kind of ['hang', 'timeout', 'half_close', 'die'] as const) {
      for (const written of [true, false]) {
        const account = `${kind}-${written}`
        server.faults.nextAppends({ kind, written, ...(kind === 'die' ? { restartAfter: 50 } : {}) })
        const events = [flag('a', account), flag('b', account)]
        expect(await kinds(open, events)).toEqual(['appended', 'appended'])
        expect(await kinds(another(), events)).toEqual(['duplicate', 'duplicate'])
        expect(stored(`account-${account}`)).toEqual(['a', 'b'])
      }
    }
  })

  describe('when events of several streams are mixed', () => {
    const mixed = ['a', 'b', 'c'].flatMap((id) => [flag(id, 'u5'), flag(id, 'u6')])

    test('then those of a stream are one append if the caller allows it, in their order', async () => {
      const calls = await callsOf(() => append(open, mixed))
      expect(calls).toEqual(['append 3 to account-u5 at no_stream', 'append 3 to account-u6 at no_stream'])
      expect(stored('account-u5')).toEqual(['a', 'b', 'c'])
    })

    test('then otherwise the log has them in the order in which they came', async () => {
      await append(open, mixed, {})
      expect(
        server
          .userLog()
          .slice(4)
          .map(({ stream }) => stream),
      ).toEqual(mixed.map(({ stream }) => stream))
    })
  })

  test('when a stream gets more than 512 KiB, then it takes several appends, in order, and none is larger', async () => {
    const large = Array.from({ length: 100 }, (_, i) => {
      const event = flag(`l${i}`, 'u5')
      return { ...event, tail: event.tail.replace(/}$/, `,"x":"${'y'.repeat(15_000)}"}`) }
    })
    expect(await kinds(open, large)).toEqual(large.map(() => 'appended'))
    const bytes = new Map(server.userLog().map(({ id, data }) => [id, data.length]))
    const groups = server.faults.appends().filter(({ stream }) => stream === 'account-u5')
    const sizes = groups.map(({ ids }) => ids.reduce((sum, id) => sum + (bytes.get(id) ?? Number.NaN), 0))
    expect(groups.map(({ ids }) => ids.length)).toEqual([33, 33, 33, 1])
    for (const size of sizes) expect(size).toBeLessThanOrEqual(512 * 1024)
    expect(stored('account-u5')).toEqual(large.map(({ id }) => id))
  })

  test('when one batch is larger than that, then it is not divided', async () => {
    const events = Array.from({ length: 45 }, (_, i) => {
      const event = flag(`l${i}`, 'u5')
      return { ...event, tail: event.tail.replace(/}$/, `,"x":"${'y'.repeat(15_000)}"}`) }
    })
    const small = flag('s', 'u5')
    const batches = [[small], events, [flag('t', 'u5')]].map((of) => ({
      stream: small.stream,
      expectedRevision: ANY,
      events: of,
    }))
    unwrap(await open.ledger.append(batches, GROUPED))
    const sizes = server.faults.appends().filter(({ stream }) => stream === 'account-u5')
    expect(sizes.map(({ ids }) => ids.length)).toEqual([1, 45, 1])
  })

  test('when two that know nothing write the same events to new streams at once, then each is there once', async () => {
    const events = Array.from({ length: 60 }, (_, i) => flag(`e${i % 3}`, `new${Math.floor(i / 3)}`))
    const answers = await Promise.all([another(), another()].map((writer) => kinds(writer, events)))
    for (const [i] of events.entries()) {
      expect(answers.map((of) => of[i]).sort()).toEqual(['appended', 'duplicate'])
    }
    expect(server.userLog()).toHaveLength(4 + 60)
  })
})

describe('given two writers that remember little, group what they send, and start again', () => {
  const one = fc.record({ id: fc.integer({ min: 1, max: 9 }), account: fc.constantFrom('u1', 'u2', 'u3') })
  const call = fc.array(one, { minLength: 1, maxLength: 6 })
  const calls = fc.array(call, { minLength: 1, maxLength: 6 })

  test('when they meet any faults, then each event is there once, and accepted once', async () => {
    await fc.assert(
      fc.asyncProperty(
        calls,
        calls,
        fc.nat(),
        fc.integer({ min: 0, max: 6 }),
        async (mine, yours, seed, remembered) => {
          const server = await startTestServer({ seed })
          server.faults.scheduleAppends(randomAppendFaults(seed, 0.15))
          server.faults.scheduleReads(randomReadFaults(seed, 0.1))
          const limits = { silence: 60, patience: 30_000, remembered }
          const accepted = await Promise.all(
            [mine, yours].map(async (theirs) => {
              const first: string[] = []
              let writer = openOn(server.url, clock, limits)
              for (const [i, some] of theirs.entries()) {
                const events = some.map(({ id, account }) => flag(`e${id}`, account))
                const results = await kinds(writer, events)
                for (const [j, { stream, id }] of events.entries()) {
                  expect(['appended', 'duplicate']).toContain(results[j])
                  if (results[j] === 'appended') first.push(`${stream} ${id}`)
                }
                if (i % 3 === 2) {
                  await writer.remove()
                  writer = openOn(server.url, clock, limits)
                }
              }
              await writer.remove()
              return first
            }),
          )
          server.faults.clear()
          const reader = openOn(server.url, clock, limits)
          const stored = (await all(reader.ledger.readAll(null))).map(
            ({ stream, canonical }) => `${stream} ${Object(JSON.parse(canonical)).id}`,
          )
          await reader.remove()
          await server.close()
          const sent = new Set(
            [...mine, ...yours].flat().map(({ id, account }) => `account-${account} e${id}`),
          )
          expect([...stored].sort()).toEqual([...sent].sort())
          expect(accepted.flat().sort()).toEqual([...stored].sort())
        },
      ),
      { numRuns: often(15, 300) },
    )
  })
})
