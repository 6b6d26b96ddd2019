import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { type Decoder, threadDecoder } from '../../../src/ingest/accept/decoder.ts'
import type { DeadLetters } from '../../../src/ingest/dead-letters/letter.ts'
import { openDeadLetters } from '../../../src/ingest/dead-letters/open.ts'
import { readNdjson } from '../../../src/ingest/ndjson/read.ts'
import { ingestAll } from '../../../src/ingest/pipeline/ingest-all.ts'
import { openIngestor } from '../../../src/ingest/pipeline/ingestor.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import { all } from '../../ledger/contract.ts'
import { unwrap } from '../../ledger/events.ts'
import { often } from '../../long/often.ts'

const NOW = Date.UTC(2026, 0, 1)
const clock = () => NOW
const folder = join(import.meta.dirname, '../../vectors')
let decoder: Decoder
beforeAll(() => {
  decoder = threadDecoder()
})
afterAll(() => decoder.close())

type Counts = { accepted: number; duplicate: number; rejected: number; lines: number }
type Stores = { readonly open: OpenLedger; readonly letters: DeadLetters }

const withStores = async <A>(use: (stores: Stores) => Promise<A>): Promise<A> => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-ingest-'))
  const open = unwrap(await openLedger(dir, { clock }))
  const letters = unwrap(await openDeadLetters(dir, clock))
  try {
    return await use({ open, letters })
  } finally {
    letters.close()
    await open.close()
    rmSync(dir, { recursive: true })
  }
}

/** Takes in bytes, handed over in chunks of the given sizes. */
const takeIn = async ({ open, letters }: Stores, chunks: ReadonlyArray<Uint8Array>): Promise<Counts> => {
  const counts = { accepted: 0, duplicate: 0, rejected: 0, lines: 0 }
  const stop = new AbortController()
  const done = await ingestAll(
    readNdjson(Readable.from(chunks), 'test', stop.signal),
    openIngestor({ ...open, letters, decoder, clock, trust: 'all' }),
    (batch, outcome) => {
      counts.accepted += outcome.accepted
      counts.duplicate += outcome.duplicate
      counts.rejected += outcome.refused.length
      counts.lines = batch.lastLine
    },
    stop,
  )
  if (E.isLeft(done)) throw new Error(JSON.stringify(done.left))
  return counts
}

describe('given the events of every vector, as a file', () => {
  for (const name of readdirSync(folder).sort()) {
    test(`${name}: when it is ingested twice, then each event is stored once`, () =>
      withStores(async (stores) => {
        const file = readFileSync(join(folder, name, 'events.ndjson'))
        const lines = file
          .toString('utf8')
          .split('\n')
          .filter((line) => line !== '')
        const identities = new Set(
          lines.map((line) => {
            const { subject, source, id } = Object(JSON.parse(line))
            return JSON.stringify([subject, source, id])
          }),
        )
        const first = await takeIn(stores, [file])
        expect(first).toMatchObject({ accepted: identities.size, rejected: 0 })
        expect(first.duplicate).toBe(lines.length - identities.size)
        expect(await takeIn(stores, [file])).toMatchObject({
          accepted: 0,
          duplicate: lines.length,
          rejected: 0,
        })
        expect(await all(stores.open.ledger.readAll(null))).toHaveLength(identities.size)
      }))
  }
})

const good = (id: string, signals: object = { score: 1 }): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/test',
    type: 'flag.raised.v1',
    subject: 'u1',
    time: '2025-04-29T00:00:00Z',
    data: {
      flagId: `f-${id}`,
      category: 'spam',
      source: 'own_initiative',
      detector: { kind: 'rule', id: 'scanner', version: '1' },
      signals,
    },
  })
const bytes = (...parts: ReadonlyArray<string | ReadonlyArray<number>>): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

describe('given a line that cannot be ingested', () => {
  const publish = (document: object, version = 'v1') =>
    JSON.stringify({
      specversion: '1.0',
      id: 'p',
      source: '/policy',
      type: 'ruleset.published.v1',
      subject: 'rules',
      time: '2025-04-01T00:00:00Z',
      data: { ruleset: { id: 'rules', version }, effectiveFrom: '2025-04-01T00:00:00Z', document },
    })
  const rule = { id: 'a', category: 'c', when: 'signals.nothing > 1', strikes: 1 }
  const cases: ReadonlyArray<readonly [string, Uint8Array, string, string]> = [
    ['broken UTF-8', bytes('{"a":"', [0xff, 0xfe], '"}'), 'not_utf8', ''],
    ['no JSON', bytes('{"a":'), 'not_json', ''],
    ['a lone surrogate', bytes(good('s').replace('"spam"', '"\\ud800"')), 'lone_surrogate', 'data.category'],
    [
      'an unsafe integer',
      bytes(good('n').replace('"score":1', '"score":9007199254740993')),
      'unsafe_number',
      'data.signals.score',
    ],
    [
      'a number that is not finite',
      bytes(good('n').replace('"score":1', '"score":1e400')),
      'unsafe_number',
      'data.signals.score',
    ],
    [
      'a key twice',
      bytes(good('k').replace('"score":1', '"score":1,"score":2')),
      'duplicate_key',
      'data.signals',
    ],
    ['deep nesting', bytes('['.repeat(100_000)), 'too_deep', ''],
    ['a line that is too long', bytes('"', 'x'.repeat(5 * 1024 * 1024), '"'), 'too_long', ''],
    [
      'a time ahead of the clock',
      bytes(good('t').replace('2025-04-29', '2026-01-02')),
      'ahead_of_clock',
      'time',
    ],
    [
      'an unknown field',
      bytes(good('u').replace('"flagId"', '"colour":1,"flagId"')),
      'invalid',
      'data.colour',
    ],
    [
      'a type of Redress\u2019s own',
      bytes(good('o').replace('flag.raised.v1', 'replay.completed.v1')),
      'invalid',
      'type',
    ],
    ['an unknown type', bytes(good('o').replace('flag.raised.v1', 'flag.lowered.v1')), 'invalid', 'type'],
    ['an event that is too large', bytes(good('l', { note: 'x'.repeat(20_000) })), 'too_large', ''],
    [
      'a ruleset that does not compile',
      bytes(publish({ ruleset: 'rules', version: 'v1', signals: {}, rules: [rule] })),
      'bad_ruleset',
      'data.document',
    ],
    [
      'a ruleset under another name',
      bytes(publish({ ruleset: 'rules', version: 'v2', signals: {}, rules: [] })),
      'bad_ruleset',
      'data.document',
    ],
  ]
  for (const [name, line, code, path] of cases) {
    test(`when it has ${name}, then it is a dead letter with that reason, and its neighbours are ingested`, () =>
      withStores(async (stores) => {
        const file = bytes(`${good('e1')}\n`, [...line], `\n${good('e2')}`)
        expect(await takeIn(stores, [file])).toMatchObject({ accepted: 2, rejected: 1 })
        const [letter, ...others] = unwrap(stores.letters.list({}))
        expect(others).toEqual([])
        expect(letter).toMatchObject({
          code,
          length: line.length,
          sightings: 1,
          lastOrigin: 'test:2',
          resolved: null,
        })
        expect(letter?.path.startsWith(path)).toBe(true)
        await takeIn(stores, [file])
        expect(unwrap(stores.letters.list({}))).toMatchObject([{ sightings: 2 }])
      }))
  }

  test('when it conflicts with what is recorded, then it is a dead letter, and what is recorded is unchanged', () =>
    withStores(async (stores) => {
      await takeIn(stores, [bytes(good('e1', { score: 1 }))])
      expect(await takeIn(stores, [bytes(good('e1', { score: 2 }))])).toMatchObject({
        accepted: 0,
        rejected: 1,
      })
      expect(unwrap(stores.letters.list({}))).toMatchObject([{ code: 'conflict' }])
      const [event] = await all(stores.open.ledger.readAll(null))
      expect(event?.canonical).toContain('"score":1')
    }))
})

describe('given any bytes at all', () => {
  const line = fc.oneof(
    fc.integer({ min: 1, max: 5 }).map((n) => Buffer.from(good(`e${n}`))),
    fc.integer({ min: 1, max: 5 }).map((n) => Buffer.from(good(`e${n}`, { score: 2 }))),
    fc
      .uint8Array({ minLength: 1, maxLength: 60 })
      .map((raw) => Buffer.from(raw.map((b) => (b === 10 || b === 13 ? 32 : b)))),
    fc.json().map((text) => Buffer.from(text)),
    fc.constant(Buffer.from('')),
  )
  const isBlank = (raw: Buffer): boolean => raw.every((b) => b === 32 || b === 9 || b === 13)

  test('when they are ingested, in any chunks, then every line is accepted, a duplicate or a dead letter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 400 }), (lines, size) =>
        withStores(async (stores) => {
          const file = Buffer.concat(lines.map((raw) => Buffer.concat([raw, Buffer.from('\n')])))
          const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, i) =>
            file.subarray(i * size, (i + 1) * size),
          )
          const { accepted, duplicate, rejected } = await takeIn(stores, chunks)
          const some = lines.filter((raw) => raw.length > 0)
          expect(accepted + duplicate + rejected).toBeLessThanOrEqual(some.length)
          expect(accepted + duplicate + rejected).toBeGreaterThanOrEqual(
            some.filter((raw) => !isBlank(raw)).length,
          )
          expect(await all(stores.open.ledger.readAll(null))).toHaveLength(accepted)
          const sightings = unwrap(stores.letters.list({})).reduce((sum, letter) => sum + letter.sightings, 0)
          expect(sightings).toBe(rejected)
          for (const { message } of unwrap(stores.letters.list({}))) expect(message).not.toBe('')
        }),
      ),
      { numRuns: often(60, 1_000) },
    )
  })
})
