import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Expected } from './commit.ts'
import { createLog, type Log, type LogPosition, type ProposedEvent } from './log.ts'
import { firstOfAll, firstOfStream, indexes, isReadable } from './range.ts'

const proposed = (id: string): ProposedEvent => ({
  id,
  type: 'tested',
  contentType: 'application/json',
  data: new Uint8Array(id.length),
  metadata: new Uint8Array(),
})

const stream = fc.constantFrom('a', 'b')
const expected = fc.oneof(
  fc.constantFrom<Expected>('any', 'no_stream', 'stream_exists'),
  fc.integer({ min: 0, max: 8 }),
)
// Few ids, so that repetitions are common.
const ids = fc.array(fc.constantFrom('1', '2', '3', '4', '5', '6'), { maxLength: 4 })
const batches = fc.array(fc.record({ stream, expected, ids }), { maxLength: 25 })

const RECENT = 3

type Written = { readonly stream: string; readonly id: string }

/** The rules again, over a plain list of what was written. */
const model = (
  written: ReadonlyArray<Written>,
  batch: { readonly stream: string; readonly expected: Expected; readonly ids: ReadonlyArray<string> },
): { readonly kind: 'appended' | 'idempotent' | 'wrong'; readonly revision: number } => {
  const own = written.filter((event) => event.stream === batch.stream).map(({ id }) => id)
  const current = own.length - 1
  const appended = { kind: 'appended', revision: current + batch.ids.length } as const
  const wrong = { kind: 'wrong', revision: current } as const

  if (batch.expected === 'stream_exists' && current < 0) return wrong
  if (batch.expected === 'any' || batch.expected === 'stream_exists') {
    const recent = [...new Set(written.map(({ id }) => id).reverse())].slice(0, RECENT)
    const known = batch.ids.map(
      (id) => recent.includes(id) && written.findLast((event) => event.id === id)?.stream === batch.stream,
    )
    if (known[0] !== true) return appended
    const last = batch.ids.at(-1) ?? ''
    return known.every(Boolean) ? { kind: 'idempotent', revision: own.lastIndexOf(last) } : wrong
  }

  const from = batch.expected === 'no_stream' ? -1 : batch.expected
  if (from === current) return appended
  const following = own.slice(from + 1, from + 1 + batch.ids.length)
  const same = batch.ids.length > 0 && JSON.stringify(following) === JSON.stringify(batch.ids)
  return from < current && same ? { kind: 'idempotent', revision: from + batch.ids.length } : wrong
}

const userEvents = (log: Log): ReadonlyArray<Written> =>
  log
    .events()
    .filter((event) => !event.stream.startsWith('$'))
    .map((event) => ({ stream: event.stream, id: event.id }))

const less = (a: LogPosition, b: LogPosition): boolean =>
  a.commit < b.commit || (a.commit === b.commit && a.prepare < b.prepare)

describe('given the log of the test server', () => {
  test('when batches are appended, then each gets the outcome that the rules define, whole or not at all', () => {
    fc.assert(
      fc.property(batches, fc.integer(), (all, seed) => {
        const log = createLog({ seed, recentIds: RECENT })
        const written: Written[] = []
        for (const batch of all) {
          const should = model(written, batch)
          const outcome = log.append(batch.stream, batch.expected, batch.ids.map(proposed))
          if (outcome.kind === 'deleted') throw new Error('nothing was deleted')
          const revision = outcome.kind === 'wrong' ? outcome.current : outcome.revision
          expect({ kind: outcome.kind, revision }).toEqual(should)
          if (outcome.kind === 'idempotent') {
            expect(outcome.position).toEqual(log.stream(batch.stream)?.[outcome.revision]?.position)
          }
          if (outcome.kind === 'appended') {
            written.push(...batch.ids.map((id) => ({ stream: batch.stream, id })))
          }
          expect(userEvents(log)).toEqual(written)
        }
      }),
    )
  })

  test('when anything is written, then positions grow by irregular steps and revisions have no gaps', () => {
    fc.assert(
      fc.property(batches, fc.integer(), (all, seed) => {
        const log = createLog({ seed })
        for (const batch of all) log.append(batch.stream, batch.expected, batch.ids.map(proposed))
        const events = log.events()
        for (const [index, event] of events.entries()) {
          const after = events[index + 1]
          if (after !== undefined) expect(less(event.position, after.position)).toBe(true)
          expect(log.stream(event.stream)?.[Number(event.revision)]).toBe(event)
        }
        expect(events.at(-1)?.position.commit).toBeLessThan(log.end())
      }),
    )
  })

  test('when the same seed writes the same events, then positions and system events are the same', () => {
    const write = () => {
      const log = createLog({ seed: 7 })
      for (let n = 0; n < 50; n += 1) log.append(`s-${n % 3}`, 'any', [proposed(`id-${n}`)])
      return log.events().map((event) => [event.stream, event.revision, event.position])
    }
    expect(write()).toEqual(write())
    const system = write().filter(([name]) => String(name).startsWith('$'))
    // Three at the start, and others among the events.
    expect(system.length).toBeGreaterThan(4)
  })

  test('when everything is read, then a forward read begins at a position and a backward read before it', () => {
    const direction = fc.constantFrom('forwards' as const, 'backwards' as const)
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.nat(40),
        fc.nat(10),
        direction,
        fc.integer(),
        (size, at, count, way, seed) => {
          const log = createLog({ seed, systemEvents: 0.3 })
          for (let n = 0; n < size; n += 1) log.append('a', 'any', [proposed(`${n}`)])
          const events = log.events()
          const position = events[at]?.position ?? { commit: log.end(), prepare: log.end() }
          const first = firstOfAll(events, position, way)
          const read = [...indexes(first, events.length, way, count)].map((index) => events[index])
          const should =
            way === 'forwards'
              ? events.filter((event) => !less(event.position, position))
              : events.filter((event) => less(event.position, position)).toReversed()
          expect(read).toEqual(should.slice(0, count))
        },
      ),
    )
  })

  test('when a stream is read, then the revision is inclusive in both directions', () => {
    const events = [0, 1, 2, 3].map((revision) => ({ revision }))
    const read = (from: 'start' | 'end' | number, way: 'forwards' | 'backwards') => [
      ...indexes(firstOfStream(events, from, way), events.length, way, 2),
    ]
    expect(read('start', 'forwards')).toEqual([0, 1])
    expect(read(2, 'forwards')).toEqual([2, 3])
    expect(read(3, 'forwards')).toEqual([3])
    expect(read(4, 'forwards')).toEqual([])
    expect(read('end', 'forwards')).toEqual([])
    expect(read('end', 'backwards')).toEqual([3, 2])
    expect(read(2, 'backwards')).toEqual([2, 1])
    expect(read(99, 'backwards')).toEqual([3, 2])
    expect(read('start', 'backwards')).toEqual([0])
  })

  test('when a position is not that of a record, then it cannot be read from', () => {
    const log = createLog()
    const readable = (commit: bigint) => isReadable(log.events(), log.end(), { commit, prepare: commit })
    for (const event of log.events()) {
      expect(readable(event.position.commit)).toBe(true)
      expect(readable(event.position.commit + 1n)).toBe(false)
    }
    expect(readable(log.end())).toBe(true)
    expect(readable(log.end() + 1_000n)).toBe(true)
  })

  test('when the server has restarted, then it remembers no id', () => {
    const log = createLog()
    log.append('a', 'any', [proposed('1')])
    expect(log.append('a', 'any', [proposed('1')]).kind).toBe('idempotent')
    log.forgetRecent()
    expect(log.append('a', 'any', [proposed('1')]).kind).toBe('appended')
  })
})
