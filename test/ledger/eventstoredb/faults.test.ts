import { setTimeout } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'
import type { AppendResult } from '../../../src/ledger/port.ts'
import { often } from '../../long/often.ts'
import { all } from '../contract.ts'
import { appeal, flag, unwrap } from '../events.ts'
import { type OpenCluster, openOn } from './cluster.ts'
import type { AppendFault, ReadFault } from './server/faults.ts'
import { startTestServer, type TestServer } from './server/server.ts'

const clock = () => Date.UTC(2026, 0, 1)
const append = async ({ ledger }: OpenCluster, events: ReadonlyArray<PreparedEvent>) =>
  unwrap(
    await ledger.append(
      events.map((event) => ({ stream: event.stream, expectedRevision: 'any', events: [event] })),
    ),
  )
const kinds = (results: ReadonlyArray<AppendResult>): ReadonlyArray<string> =>
  results.flatMap((result) =>
    result.kind === 'written' ? result.events.map(({ kind }) => kind) : [result.kind],
  )
const idsIn = (server: TestServer): ReadonlyArray<string> =>
  server.userLog().map(({ stream, data }) => {
    const { source, id } = Object(JSON.parse(Buffer.from(data).toString()))
    return `${stream} ${source} ${id}`
  })

describe('given a cluster that misbehaves', () => {
  let server: TestServer
  let open: OpenCluster
  beforeEach(async () => {
    server = await startTestServer()
    open = openOn(server.url, clock)
  })
  afterEach(async () => {
    await open.remove()
    await server.close()
  })

  const appendFaults: ReadonlyArray<AppendFault> = [
    { kind: 'hang', written: false },
    { kind: 'hang', written: true },
    { kind: 'busy' },
    { kind: 'timeout', written: false },
    { kind: 'timeout', written: true },
    { kind: 'not_leader' },
    { kind: 'half_close', written: false },
    { kind: 'half_close', written: true },
    { kind: 'die', written: false, restartAfter: 50 },
    { kind: 'die', written: true, restartAfter: 50 },
    { kind: 'slow', milliseconds: 100 },
    { kind: 'late', milliseconds: 600 },
    { kind: 'twice' },
  ]
  for (const fault of appendFaults) {
    test(`when an append meets ${JSON.stringify(fault)}, then the event is stored once, and reported so`, async () => {
      await append(open, [flag('before')])
      server.faults.nextAppends(fault)
      const results = await append(open, [flag('e1'), flag('e1', 'u2'), appeal('e2', 'u1', 'words')])
      expect(kinds(results)).toEqual(['appended', 'appended', 'appended'])
      expect([...idsIn(server)].sort()).toEqual([
        'account-u1 /test before',
        'account-u1 /test e1',
        'account-u1 /test e2',
        'account-u2 /test e1',
      ])
      expect(kinds(await append(open, [flag('e1'), appeal('e2', 'u1', 'words')]))).toEqual([
        'duplicate',
        'duplicate',
      ])
    })
  }

  const readFaults: ReadonlyArray<ReadFault> = [
    { kind: 'hang', after: 0 },
    { kind: 'hang', after: 3 },
    { kind: 'slow', milliseconds: 20 },
    { kind: 'break', after: 2 },
    { kind: 'end', after: 0 },
    { kind: 'end', after: 3 },
    { kind: 'die', after: 1, restartAfter: 50 },
    { kind: 'busy' },
    { kind: 'not_leader' },
  ]
  for (const fault of readFaults) {
    test(`when a read meets ${JSON.stringify(fault)}, then all events are returned, each once, in order`, async () => {
      const events = Array.from({ length: 12 }, (_, i) => flag(`e${i}`, `u${i % 2}`))
      await append(open, events)
      for (const late of [0, 1, 2]) {
        server.faults.nextReads(...Array.from({ length: late }, () => null), fault)
        const found = await all(open.ledger.readAll(null))
        expect(found.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
        expect(unwrap(await open.ledger.head()).sequence).toBe(12)
        expect(await all(open.ledger.readStream('account-u1'))).toHaveLength(6)
        server.faults.clear()
      }
    })
  }

  test('when it never answers, then an append and a read end with an error that reports that', async () => {
    await open.remove()
    open = openOn(server.url, clock, { silence: 100, patience: 600 })
    server.faults.scheduleAppends(() => ({ kind: 'hang', written: false }))
    const answer = await open.ledger.append([
      { stream: 'account-u1', expectedRevision: 'any', events: [flag('e1')] },
    ])
    expect(E.isLeft(answer) && answer.left).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('no answer'),
    })
    server.pause()
    const head = await open.ledger.head()
    expect(E.isLeft(head) && head.left.kind).toBe('unavailable')
    server.resume()
  })

  test('when reads are cut short, then an append still distinguishes a duplicate from a conflict, and knows its stream', async () => {
    await append(
      open,
      Array.from({ length: 6 }, (_, i) => flag(`f${i}`)),
    )
    // Another trace: the recorded text must be read to tell that it is the same event.
    const traced = flag('f1', 'u1', 0.5, { traceparent: '00-1-2-01' })
    const other = flag('f2', 'u1', 0.6)
    for (const after of [0, 1, 3]) {
      const fresh = openOn(server.url, clock)
      server.faults.scheduleReads(({ number }) => (number % 2 === 0 ? { kind: 'end', after } : null))
      expect(kinds(await append(fresh, [traced, other]))).toEqual(['duplicate', 'conflict'])
      const [result] = unwrap(
        await fresh.ledger.append([{ stream: 'account-u1', expectedRevision: 5, events: [flag('f1')] }]),
      )
      expect(result?.kind).toBe('written')
      server.faults.clear()
      await fresh.remove()
    }
  })

  test('when two write to one long stream at once, then all events of both are written', async () => {
    unwrap(
      await open.ledger.append([
        {
          stream: 'account-u1',
          expectedRevision: 'any',
          events: Array.from({ length: 1_200 }, (_, i) => flag(`before${i}`)),
        },
      ]),
    )
    const other = openOn(server.url, clock)
    const write = async (writer: OpenCluster, name: string): Promise<void> => {
      for (let i = 0; i < 60; i++)
        expect(kinds(await append(writer, [flag(`${name}${i}`)]))).toEqual(['appended'])
    }
    await Promise.all([write(open, 'a'), write(other, 'b')])
    await other.remove()
    expect(new Set(idsIn(server)).size).toBe(1_320)
    expect(server.userLog()).toHaveLength(1_320)
  })

  test('when the log is shorter than at the last read, then a read ends with an error', async () => {
    await open.remove()
    open = openOn(server.url, clock, { silence: 100, patience: 400 })
    await append(open, [flag('e1'), flag('e2')])
    // The end is seen, and every page stops before it.
    server.faults.scheduleReads(({ kind }) => (kind === 'all' ? { kind: 'end', after: 1 } : null))
    const head = await open.ledger.head()
    expect(E.isLeft(head) && head.left.kind).toBe('unavailable')
    for await (const page of open.ledger.readAll(null)) {
      expect(E.isLeft(page) && page.left.kind).toBe('unavailable')
    }
  })

  test('when it has only its own events, then the ledger is empty; while reads are cut short, that is unknown', async () => {
    for (let i = 0; i < 60; i++) server.writeSystemEvent()
    expect(unwrap(await open.ledger.head())).toEqual({ sequence: 0, position: null })
    await open.remove()
    open = openOn(server.url, clock, { silence: 100, patience: 400 })
    // The first page backwards comes whole, none after it.
    let backwards = 0
    server.faults.scheduleReads(() => (++backwards === 1 ? null : { kind: 'end', after: 0 }))
    const end = await open.ledger.end()
    expect(E.isLeft(end) && end.left.kind).toBe('unavailable')
  })

  test('when a batch is larger than it accepts, then that is reported at once', async () => {
    const events = Array.from({ length: 90 }, (_, i) => flag(`e${i}`, 'u1', 0.5, {}))
    const large = events.map((event) => ({
      ...event,
      tail: event.tail.replace(/}$/, `,"x":"${'y'.repeat(15_000)}"}`),
    }))
    const answer = await open.ledger.append([
      { stream: 'account-u1', expectedRevision: 'any', events: large },
    ])
    expect(E.isLeft(answer) && answer.left.message).toContain('refused')
    expect(server.userLog()).toHaveLength(0)
  })

  test('when it is closed during an append, then that ends with an error', async () => {
    server.faults.nextAppends({ kind: 'hang', written: false })
    const appending = open.ledger.append([
      { stream: 'account-u1', expectedRevision: 'any', events: [flag('e1')] },
    ])
    await setTimeout(100)
    await open.ledger.close()
    expect(E.isLeft(await appending)).toBe(true)
  })

  test('when it is down and a follower is asked to stop, then it stops', async () => {
    await append(open, [flag('e1')])
    const stop = new AbortController()
    for await (const page of open.ledger.follow(null, stop.signal)) {
      expect(E.isRight(page)).toBe(true)
      await server.kill()
      void setTimeout(300).then(() => stop.abort())
    }
    await server.start()
  })

  test('when it is down, then a follower waits, and resumes where it was', async () => {
    await append(open, [flag('e1')])
    const stop = new AbortController()
    const seen: number[] = []
    for await (const page of open.ledger.follow(null, stop.signal)) {
      seen.push(...unwrap(page).map(({ sequence }) => sequence))
      if (seen.length === 1) {
        await server.kill()
        await server.start()
        await append(open, [flag('e2'), flag('e3')])
      }
      if (seen.length === 3) stop.abort()
    }
    expect(seen).toEqual([1, 2, 3])
  })

  test('when it restarts before anything was read from it, then the reader waits for it', async () => {
    await server.kill()
    const appending = append(open, [flag('e1')])
    await setTimeout(500)
    await server.start()
    expect(kinds(await appending)).toEqual(['appended'])
  })

  test('when a stream has an event that Redress did not write, then it is reported as damaged', async () => {
    await append(open, [flag('e1')])
    const [event] = server.userLog()
    if (event === undefined) throw new Error('nothing is there')
    const forged = Buffer.from(Buffer.from(event.data).toString().replace('0.5', '0.6'))
    Object.assign(event, { data: forged })
    for await (const page of open.ledger.readAll(null)) {
      expect(E.isLeft(page) && page.left).toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining('account-u1'),
      })
    }
  })
})

describe('given two writers and any schedule of faults', () => {
  const fault: fc.Arbitrary<AppendFault | null> = fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.boolean().map((written): AppendFault => ({ kind: 'hang', written })) },
    { weight: 1, arbitrary: fc.constant<AppendFault>({ kind: 'busy' }) },
    { weight: 1, arbitrary: fc.boolean().map((written): AppendFault => ({ kind: 'timeout', written })) },
    { weight: 1, arbitrary: fc.boolean().map((written): AppendFault => ({ kind: 'half_close', written })) },
    {
      weight: 1,
      arbitrary: fc.boolean().map((written): AppendFault => ({ kind: 'die', written, restartAfter: 10 })),
    },
    { weight: 1, arbitrary: fc.constant<AppendFault>({ kind: 'late', milliseconds: 150 }) },
    { weight: 1, arbitrary: fc.constant<AppendFault>({ kind: 'twice' }) },
    { weight: 1, arbitrary: fc.constant<AppendFault>({ kind: 'not_leader' }) },
  )
  const readFault: fc.Arbitrary<ReadFault | null> = fc.oneof(
    { weight: 8, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.nat({ max: 3 }).map((after): ReadFault => ({ kind: 'hang', after })) },
    { weight: 1, arbitrary: fc.nat({ max: 3 }).map((after): ReadFault => ({ kind: 'break', after })) },
    { weight: 2, arbitrary: fc.nat({ max: 3 }).map((after): ReadFault => ({ kind: 'end', after })) },
    { weight: 1, arbitrary: fc.constant<ReadFault>({ kind: 'busy' }) },
  )
  const one = fc.record({ id: fc.integer({ min: 1, max: 9 }), account: fc.constantFrom('u1', 'u2') })
  const calls = fc.array(fc.array(one, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })

  test('when they append, then after retries each stream holds each event once, in the order of each writer', async () => {
    const met = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        calls,
        calls,
        fc.array(fault, { maxLength: 30 }),
        fc.array(readFault, { maxLength: 60 }),
        async (mine, yours, faults, readFaults) => {
          const server = await startTestServer()
          server.faults.nextAppends(...faults)
          server.faults.nextReads(...readFaults)
          // Their clocks agree to the millisecond: even then each says what itself has written.
          const writers = [mine, yours].map((theirs) => ({
            theirs,
            open: openOn(server.url, clock, { silence: 60, patience: 30_000 }),
          }))
          try {
            const appended = await Promise.all(
              writers.map(async ({ theirs, open }) => {
                const first: string[] = []
                for (const call of theirs) {
                  const events = call.map(({ id, account }) => flag(`e${id}`, account))
                  const results = kinds(await append(open, events))
                  for (const [i, event] of events.entries()) {
                    expect(['appended', 'duplicate']).toContain(results[i])
                    if (results[i] === 'appended') first.push(`${event.stream} /test ${event.id}`)
                  }
                }
                return first
              }),
            )
            for (const { fault: had } of server.faults.appends()) if (had !== null) met.add(had.kind)
            const stored = idsIn(server)
            for (const { open } of writers) {
              const read = await all(open.ledger.readAll(null))
              expect(read.map(({ sequence }) => sequence)).toEqual(stored.map((_, i) => i + 1))
            }
            const wanted = new Set(
              [...mine, ...yours].flat().map(({ id, account }) => `account-${account} /test e${id}`),
            )
            expect(new Set(stored)).toEqual(wanted)
            expect(stored).toHaveLength(wanted.size)
            expect(appended.flat().sort()).toEqual([...stored].sort())
            for (const stream of ['account-u1 ', 'account-u2 ']) {
              const inStream = stored.filter((id) => id.startsWith(stream))
              for (const theirs of appended) {
                const claimed = new Set(theirs.filter((id) => id.startsWith(stream)))
                expect(inStream.filter((id) => claimed.has(id))).toEqual([...claimed])
              }
            }
          } finally {
            for (const { open } of writers) await open.remove()
            await server.close()
          }
        },
      ),
      { numRuns: often(25, 200) },
    )
    expect([...met].sort()).toEqual([
      'busy',
      'die',
      'half_close',
      'hang',
      'late',
      'not_leader',
      'timeout',
      'twice',
    ])
  })
})
