import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import canonicalize from 'canonicalize'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { clockTick } from '../../src/domain/clock-tick.ts'
import type { StreamName } from '../../src/domain/stream.ts'
import { VOCABULARY } from '../../src/domain/vocabulary.ts'
import { canonical } from '../../src/foundation/canonical.ts'
import type { DamagedStream } from '../../src/ledger/damaged-stream.ts'
import { type PreparedEvent, prepare } from '../../src/ledger/event/prepare.ts'
import type { OpenLedger } from '../../src/ledger/open.ts'
import type {
  AppendResult,
  EventOutcome,
  Ledger,
  Pages,
  Position,
  ReadOptions,
  RecordedEvent,
} from '../../src/ledger/port.ts'
import { readDecoded } from '../../src/ledger/read.ts'
import { appeal, backfill, flag, newer, publication, rehearsed, unwrap } from './events.ts'

/** An empty ledger of its own for a test, opened with a clock that the test holds. */
export type OpenForTest = (clock: () => number) => Promise<
  OpenLedger & {
    /** The same ledger, opened once more. */
    readonly again: (options?: { readonly acceptClock: boolean }) => Promise<OpenLedger>
    /** Closes it, and opens it again with the same data folder, by a process that knows nothing of it. */
    readonly restart: () => ReturnType<OpenForTest>
    /** Where its vault and keys are. */
    readonly dir: string
    readonly remove: () => Promise<void>
  }
>

const START = Date.UTC(2026, 0, 1)

export const all = async <A extends RecordedEvent>(pages: Pages<A>): Promise<ReadonlyArray<A>> => {
  const events: A[] = []
  for await (const page of pages) events.push(...unwrap(page))
  return events
}

/** What every store behind the port must do. `open` gives an empty ledger. */
export const ledgerContract = (name: string, open: OpenForTest): void => {
  describe(`given an empty ledger (${name})`, () => {
    let now = START
    let opened: Awaited<ReturnType<OpenForTest>>
    beforeEach(async () => {
      now = START
      opened = await open(() => now)
    })
    afterEach(() => opened.remove())

    const append = async (
      stream: StreamName,
      events: ReadonlyArray<PreparedEvent>,
      expectedRevision: number | 'any' = 'any',
    ): Promise<AppendResult | undefined> =>
      unwrap(await opened.ledger.append([{ stream, expectedRevision, events }]))[0]
    const kinds = (result: AppendResult | undefined): ReadonlyArray<EventOutcome['kind']> | undefined =>
      result?.kind === 'written' ? result.events.map(({ kind }) => kind) : undefined
    const stream = (id: StreamName) => all(opened.ledger.readStream(id))
    const everything = () => all(opened.ledger.readAll(null))

    test('then it has no events, and a stream that does not exist is empty', async () => {
      expect(unwrap(await opened.ledger.head())).toEqual({ sequence: 0, position: null })
      expect(unwrap(await opened.ledger.end())).toBeNull()
      expect(await everything()).toEqual([])
      expect(await stream('account-none')).toEqual([])
    })

    test('when events are appended, then their streams and the whole ledger return them in order, without a gap', async () => {
      await append('account-u1', [flag('e1'), flag('e2')])
      await append('account-u2', [flag('e1', 'u2')])
      await append('account-u1', [flag('e3')])
      expect((await stream('account-u1')).map(({ revision }) => revision)).toEqual([0, 1, 2])
      const events = await everything()
      expect(events.map(({ sequence, stream: of, revision }) => [sequence, of, revision])).toEqual([
        [1, 'account-u1', 0],
        [2, 'account-u1', 1],
        [3, 'account-u2', 0],
        [4, 'account-u1', 2],
      ])
      expect(unwrap(await opened.ledger.head())).toEqual({ sequence: 4, position: events[3]?.position })
      expect(unwrap(await opened.ledger.end())).toBe(events[3]?.position)
    })

    test('when it is read after a position, then only later events are returned', async () => {
      await append('account-u1', [flag('e1'), flag('e2'), flag('e3')])
      const [first] = await everything()
      const later = await all(opened.ledger.readAll(first?.position ?? null))
      expect(later.map(({ sequence }) => sequence)).toEqual([2, 3])
    })

    test('when streams are left out, or it is read up to a sequence, then the rest keeps its sequences', async () => {
      await append('account-u1', [flag('e1')])
      await append('account-u2', [flag('e1', 'u2')])
      await append('account-u1', [flag('e2'), flag('e3')])
      const damaged: string[] = []
      const onCut = ({ stream: of }: DamagedStream) => damaged.push(of)
      const read = async (options: ReadOptions) =>
        (await all(opened.ledger.readAll(null, { ...options, onCut }))).map(({ sequence }) => sequence)
      expect(await read({ without: new Set(['account-u2']) })).toEqual([1, 3, 4])
      expect(await read({ without: new Set(['account-u1']), until: 3 })).toEqual([2])
      expect(await read({ until: 3 })).toEqual([1, 2, 3])
      expect(damaged).toEqual([])
      expect(unwrap(await opened.ledger.damaged())).toEqual([])
    })

    test('when streams are read, then each begins at revision 0 and has no gap, on its own and in the whole ledger', async () => {
      for (let i = 0; i < 30; i++) await append(`account-u${i % 4}`, [flag(`e${i}`, `u${i % 4}`)])
      const revisions = new Map<string, number[]>()
      for (const { stream: of, revision } of await everything()) {
        revisions.set(of, [...(revisions.get(of) ?? []), revision])
      }
      expect(revisions.size).toBe(4)
      for (const [of, found] of revisions) {
        expect(found).toEqual(found.map((_, i) => i))
        // Cast: the events' own streams.
        expect((await stream(of as StreamName)).map(({ revision }) => revision)).toEqual(found)
      }
    })

    test('when an event is requested by its position, then it is returned, and its position by its sequence; for another ledger’s position, nothing is', async () => {
      await append('account-u1', [flag('e1'), flag('e2'), flag('e3')])
      const at = async (position: Position) => unwrap(await opened.ledger.at(position))
      const sequenceOf = async (position: Position) => unwrap(await opened.ledger.sequenceOf(position))
      const positionAt = async (sequence: number) => unwrap(await opened.ledger.positionAt(sequence))
      for (const { sequence, ...event } of await everything()) {
        expect(await at(event.position)).toMatchObject(event)
        expect(await sequenceOf(event.position)).toBe(sequence)
        expect(await positionAt(sequence)).toBe(event.position)
      }
      for (const none of [-1, 0, 4, 1.5, Number.MAX_SAFE_INTEGER]) expect(await positionAt(none)).toBeNull()
      // Casts: texts that this store never gave.
      for (const other of ['', 'sqlite:0', 'sqlite:4', 'sqlite:1.5', 'elsewhere:1']) {
        expect(await at(other as Position)).toBeNull()
        expect(await sequenceOf(other as Position)).toBeNull()
      }
    })

    test('when an event is stored, then its text is canonical, with the ledger\u2019s time, and hashed as a leaf of RFC 6962', async () => {
      await append('account-u1', [flag('e1', 'u1', 1e-7)])
      const [event] = await everything()
      const text = event?.canonical ?? ''
      const json: unknown = JSON.parse(text)
      expect(text).toBe(canonicalize(json))
      expect(json).toMatchObject({
        id: 'e1',
        recordedat: '2026-01-01T00:00:00.000Z',
        data: { signals: { score: 1e-7 } },
      })
      const leaf = createHash('sha256')
        .update(Buffer.from([0]))
        .update(text, 'utf8')
        .digest('hex')
      expect(event?.leafHash).toBe(leaf)
    })

    test('when the clock goes backwards, then recordedat does not', async () => {
      const recorded = async () =>
        (await everything()).map(({ canonical }) => String(Object(JSON.parse(canonical)).recordedat))
      await append('account-u1', [flag('e1')])
      now = START - 60_000
      await append('account-u1', [flag('e2')])
      now = START + 1
      await append('account-u1', [flag('e3')])
      expect(await recorded()).toEqual([
        '2026-01-01T00:00:00.000Z',
        '2026-01-01T00:00:00.000Z',
        '2026-01-01T00:00:00.001Z',
      ])
    })

    test('when the clock goes backwards by more than five minutes, then nothing is recorded, and the error names both times', async () => {
      await append('account-u1', [flag('e1')])
      now = START - 300_001
      const refused = await opened.ledger.append([
        { stream: 'account-u1', expectedRevision: 'any', events: [flag('e2')] },
      ])
      expect(refused).toMatchObject({
        left: {
          kind: 'clock_behind',
          message: expect.stringMatching(
            /2025-12-31T23:54:59\.999Z.*2026-01-01T00:00:00\.000Z.*--accept-clock/,
          ),
        },
      })
      expect(await everything()).toHaveLength(1)
      now = START - 300_000
      expect(kinds(await append('account-u1', [flag('e2')]))).toEqual(['appended'])
    })

    test('when that clock is accepted, then events are recorded with the last recorded time until the clock has passed it', async () => {
      await append('account-u1', [flag('e1')])
      now = START - 10 * 365 * 86_400_000
      const open = await opened.again({ acceptClock: true })
      try {
        const batch = (id: string) => [
          { stream: 'account-u1' as const, expectedRevision: 'any' as const, events: [flag(id)] },
        ]
        unwrap(await open.ledger.append(batch('e2')))
        unwrap(await open.ledger.append(batch('e3')))
        now = START + 1
        unwrap(await open.ledger.append(batch('e4')))
      } finally {
        await open.close()
      }
      const recorded = (await everything()).map(({ canonical }) => Object(JSON.parse(canonical)).recordedat)
      expect(recorded).toEqual([...Array(3).fill('2026-01-01T00:00:00.000Z'), '2026-01-01T00:00:00.001Z'])
    })

    describe('when a revision is expected', () => {
      test('then the right one is accepted: -1 for a stream that does not exist, otherwise its last', async () => {
        expect(kinds(await append('account-u1', [flag('e1')], -1))).toEqual(['appended'])
        expect(kinds(await append('account-u1', [flag('e2'), flag('e3')], 0))).toEqual([
          'appended',
          'appended',
        ])
      })

      test('then a wrong one writes nothing, and the error has the actual one', async () => {
        await append('account-u1', [flag('e1')])
        for (const expected of [-1, 1, 7]) {
          expect(await append('account-u1', [flag('e2')], expected)).toEqual({
            kind: 'wrong_revision',
            stream: 'account-u1',
            actual: 0,
          })
        }
        expect(await everything()).toHaveLength(1)
      })

      test('then one stream’s wrong revision does not affect another stream', async () => {
        const results = unwrap(
          await opened.ledger.append([
            { stream: 'account-u1', expectedRevision: 5, events: [flag('e1')] },
            { stream: 'account-u2', expectedRevision: -1, events: [flag('e1', 'u2')] },
          ]),
        )
        expect(results.map(({ kind }) => kind)).toEqual(['wrong_revision', 'written'])
        expect((await everything()).map((event) => event.stream)).toEqual(['account-u2'])
      })
    })

    describe('when a source and id are appended again', () => {
      test('then an equal event is a duplicate, also with other trace extensions, and within one call', async () => {
        await append('account-u1', [flag('e1')])
        now += 5_000
        expect(kinds(await append('account-u1', [flag('e1')]))).toEqual(['duplicate'])
        const traced = flag('e1', 'u1', 0.5, { traceparent: '00-1-2-01', correlationid: 'c' })
        expect(kinds(await append('account-u1', [traced]))).toEqual(['duplicate'])
        expect(kinds(await append('account-u1', [flag('e2'), flag('e2')]))).toEqual(['appended', 'duplicate'])
        expect(await everything()).toHaveLength(2)
      })

      test('then a different event is a conflict that names the field, and the rest of the batch is written', async () => {
        await append('account-u1', [flag('e1', 'u1', 0.5)])
        const result = await append('account-u1', [flag('e1', 'u1', 0.6), flag('e2')])
        expect(kinds(result)).toEqual(['conflict', 'appended'])
        expect(result).toMatchObject({
          events: [{ revision: 0, reason: expect.stringContaining('data.signals.score') }, {}],
        })
      })

      describe('as another SDK writes it', () => {
        const ways: ReadonlyArray<readonly [string, { readonly [attribute: string]: string }]> = [
          ['with the media type that is the default', { datacontenttype: 'application/json' }],
          ['with a charset', { datacontenttype: 'Application/JSON; charset=utf-8' }],
          ['with milliseconds', { time: '2025-04-29T00:00:00.000Z' }],
          ['with another offset', { time: '2025-04-29T02:00:00+02:00' }],
        ]
        for (const [how, attributes] of ways) {
          test(`then it is a duplicate: ${how}, in either order`, async () => {
            const [plain, other] = [flag('e1'), flag('e1', 'u1', 0.5, attributes)]
            await append('account-u1', [plain])
            expect(kinds(await append('account-u1', [other]))).toEqual(['duplicate'])
            await append('account-u2', [flag('e1', 'u2', 0.5, attributes)])
            expect(kinds(await append('account-u2', [flag('e1', 'u2')]))).toEqual(['duplicate'])
          })
        }

        test('then at another instant, or with another media type, it is a conflict that names the attribute', async () => {
          await append('account-u1', [flag('e1')])
          for (const attributes of [
            { time: '2025-04-29T00:00:00.0000001Z' },
            { datacontenttype: 'application/vnd.x+json' },
          ]) {
            expect(await append('account-u1', [flag('e1', 'u1', 0.5, attributes)])).toMatchObject({
              events: [{ kind: 'conflict', reason: expect.stringContaining(Object.keys(attributes).join()) }],
            })
          }
        })
      })

      test('then it is a duplicate whether or not it is of a backfill, and stays as it was first recorded', async () => {
        const backfilled = backfill(flag('e1'))
        expect(kinds(await append('account-u1', [backfilled, flag('e2')]))).toEqual(['appended', 'appended'])
        expect(kinds(await append('account-u1', [flag('e1'), backfill(flag('e2'))]))).toEqual([
          'duplicate',
          'duplicate',
        ])
        const marks = (await everything()).map(({ canonical }) => JSON.parse(canonical).backfill)
        expect(marks).toEqual([true, undefined])
        expect(await append('account-u1', [backfill(flag('e1', 'u1', 0.7))])).toMatchObject({
          events: [{ kind: 'conflict', reason: expect.stringContaining('data.signals.score') }],
        })
        expect(unwrap(await opened.ledger.vocabulary())).toBe(3)
      })

      test('then in another stream it is a different event', async () => {
        await append('account-u1', [flag('e1')])
        expect(kinds(await append('account-u2', [flag('e1', 'u2')]))).toEqual(['appended'])
      })
    })

    test('when its clock ticks, then that is an event of its own stream, once for each event that it follows', async () => {
      await append('account-u1', [flag('e1')])
      const tick = (sequence: number) => unwrap(prepare(clockTick({ sequence, recordedAt: START })))
      expect(kinds(await append('clock', [tick(1)]))).toEqual(['appended'])
      expect(kinds(await append('clock', [tick(1), tick(2)]))).toEqual(['duplicate', 'appended'])
      const decoded: unknown[] = []
      for await (const page of readDecoded(opened.ledger, opened.ledger.readStream('clock'))) {
        decoded.push(...unwrap(page).map(({ event }) => event.data))
      }
      expect(decoded).toEqual([{ sequence: 1 }, { sequence: 2 }])
      expect((await everything()).map(({ stream: of }) => of)).toEqual(['account-u1', 'clock', 'clock'])
    })

    describe('when documents are stored ahead of an event', () => {
      const documents = ['{"a":1}', '{"b":2}'].map((text) => {
        const { sha256 } = canonical(JSON.parse(text))
        return { sha256, canonical: text }
      })

      test('then they are there after a restart, and no event is', async () => {
        unwrap(await opened.vault.keep(documents))
        opened = await opened.restart()
        for (const { sha256, canonical: text } of documents) {
          expect(unwrap(await opened.vault.document(sha256))).toBe(text)
        }
        expect(await everything()).toEqual([])
      })

      test('then one that is there is never replaced, and events are appended as before', async () => {
        await append('account-u1', [appeal('a1', 'u1', 'words')])
        unwrap(await opened.vault.keep(documents))
        unwrap(await opened.vault.keep(documents.map(({ sha256 }) => ({ sha256, canonical: '{}' }))))
        for (const { sha256, canonical: text } of documents) {
          expect(unwrap(await opened.vault.document(sha256))).toBe(text)
        }
        await append('account-u1', [appeal('a2', 'u1', 'more words')])
        expect(await everything()).toHaveLength(2)
      })

      test('then a closed ledger stores none, and says so', async () => {
        await opened.close()
        expect(await opened.vault.keep(documents)).toMatchObject({ left: { kind: 'unavailable' } })
        opened = await opened.restart()
        expect(unwrap(await opened.vault.document(documents[0]?.sha256 ?? ''))).toBeNull()
      })
    })

    describe('when a ruleset is published', () => {
      test('then its document is stored by its hash, and not in the event', async () => {
        const prepared = publication('p1', 'v1', 3)
        await append('ruleset-rules', [prepared])
        const [event] = await all(opened.ledger.readStream('ruleset-rules'))
        const { data } = Object(JSON.parse(event?.canonical ?? ''))
        expect(data).not.toHaveProperty('document')
        const document = unwrap(await opened.vault.document(data.documentSha256)) ?? ''
        expect(JSON.parse(document)).toMatchObject({ deactivations: [{ at_least: 3 }] })
        expect(createHash('sha256').update(document).digest('hex')).toBe(data.documentSha256)
        expect(unwrap(await opened.vault.document('0'.repeat(64)))).toBeNull()
      })

      test('then a second document for its version is a conflict, the same one under a new event id is not', async () => {
        await append('ruleset-rules', [publication('p1', 'v1', 3)])
        expect(kinds(await append('ruleset-rules', [publication('p2', 'v1', 4)]))).toEqual(['conflict'])
        expect(kinds(await append('ruleset-rules', [publication('p3', 'v1', 3)]))).toEqual(['appended'])
        expect(kinds(await append('ruleset-rules', [publication('p4', 'v2', 4)]))).toEqual(['appended'])
      })

      test('then a second rehearsal of its version is a conflict, and so is a first one later; none says nothing', async () => {
        const once = publication('p1', 'v1', 3, rehearsed(4))
        expect(kinds(await append('ruleset-rules', [once]))).toEqual(['appended'])
        expect(kinds(await append('ruleset-rules', [once]))).toEqual(['duplicate'])
        expect(await append('ruleset-rules', [publication('p2', 'v1', 3, rehearsed(5))])).toMatchObject({
          events: [
            {
              kind: 'conflict',
              revision: 0,
              reason: expect.stringMatching(/^data\.rehearsal .* version v1$/),
            },
          ],
        })
        expect(kinds(await append('ruleset-rules', [publication('p3', 'v1', 3, rehearsed(4))]))).toEqual([
          'appended',
        ])
        expect(kinds(await append('ruleset-rules', [publication('p4', 'v1', 3)]))).toEqual(['appended'])
        expect(kinds(await append('ruleset-rules', [publication('p5', 'v2', 3)]))).toEqual(['appended'])
        expect(kinds(await append('ruleset-rules', [publication('p6', 'v2', 3, rehearsed(4))]))).toEqual([
          'conflict',
        ])
        opened = await opened.restart()
        expect(kinds(await append('ruleset-rules', [publication('p7', 'v1', 3, rehearsed(5))]))).toEqual([
          'conflict',
        ])
        expect(unwrap(await opened.ledger.vocabulary())).toBe(3)
      })

      test('then a second document is a conflict even if others published the first one meanwhile', async () => {
        await append('ruleset-rules', [publication('p1', 'v1', 3)])
        await append('ruleset-rules', [publication('p2', 'v2', 3)])
        const others = await opened.again()
        const events = [publication('p3', 'v3', 3)]
        unwrap(await others.ledger.append([{ stream: 'ruleset-rules', expectedRevision: 'any', events }]))
        await others.close()
        const late = ['v3', 'v4', 'v1'].map((version, i) => publication(`q${i}`, version, 4))
        expect(await append('ruleset-rules', late)).toMatchObject({
          events: [
            { kind: 'conflict', revision: 2 },
            { kind: 'appended', revision: 3 },
            { kind: 'conflict', revision: 0 },
          ],
        })
      })
    })

    describe('when an event contains personal text', () => {
      const sealedOf = async (account: string) => {
        const events: { sealed: never; source: string; id: string }[] = []
        for await (const page of readDecoded(opened.ledger, opened.ledger.readStream(`account-${account}`))) {
          for (const { event } of unwrap(page)) {
            // Cast: these tests append appeals with personal text only.
            events.push({ sealed: Object(event.data).sealed as never, source: event.source, id: event.id })
          }
        }
        return events
      }
      const opens = async (account: string) => {
        const texts: unknown[] = []
        for (const { sealed, source, id } of await sealedOf(account)) {
          texts.push(unwrap(await opened.vault.openSealed(sealed, source, id)))
        }
        return texts
      }

      test('then it is nowhere in the ledger, and the account’s key opens it', async () => {
        await append('account-u1', [appeal('e1', 'u1', 'these are quilts')])
        const [event] = await everything()
        expect(event?.canonical).not.toContain('quilts')
        expect(event?.canonical).not.toContain('personal')
        expect(await opens('u1')).toEqual([{ kind: 'open', text: '{"text":"these are quilts"}' }])
      })

      test('then the same text is a duplicate, and different text a conflict', async () => {
        await append('account-u1', [appeal('e1', 'u1', 'these are quilts')])
        expect(kinds(await append('account-u1', [appeal('e1', 'u1', 'these are quilts')]))).toEqual([
          'duplicate',
        ])
        expect(kinds(await append('account-u1', [appeal('e1', 'u1', 'other words')]))).toEqual(['conflict'])
      })

      /** All rows of the vault and the keys. */
      const kept = () =>
        ['vault.db', 'keys.db'].map((file) => {
          const db = new DatabaseSync(join(opened.dir, file), { readOnly: true })
          const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
          const rows = tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()])
          db.close()
          return rows
        })

      test('then after a restart, a redelivery or a conflict leaves vault and keys unchanged, also where the key is destroyed', async () => {
        await append('account-u1', [flag('e0'), appeal('e1', 'u1', 'these are quilts')])
        await append('account-u2', [appeal('e1', 'u2', 'these are quilts')])
        await append('ruleset-rules', [publication('p1', 'v1', 3)])
        expect(unwrap(await opened.keys.destroy('u1'))).toBe(1)
        const before = kept()
        opened = await opened.restart()
        const again = await append('account-u1', [flag('e0'), appeal('e1', 'u1', 'these are quilts')])
        expect(kinds(again)).toEqual(['duplicate', 'duplicate'])
        opened = await opened.restart()
        expect(kinds(await append('account-u2', [appeal('e1', 'u2', 'other words')]))).toEqual(['conflict'])
        expect(kinds(await append('ruleset-rules', [publication('p1', 'v1', 4)]))).toEqual(['conflict'])
        expect(kinds(await append('ruleset-rules', [publication('p2', 'v1', 4)]))).toEqual(['conflict'])
        expect(kept()).toEqual(before)
        expect(await everything()).toHaveLength(4)
      })

      test('then destroying the key erases it; a redelivery stays a duplicate, later text is sealed under a new key', async () => {
        await append('account-u1', [appeal('e1', 'u1', 'these are quilts')])
        expect(unwrap(await opened.keys.destroy('u1'))).toBe(1)
        expect(await opens('u1')).toEqual([{ kind: 'erased' }])
        expect(kinds(await append('account-u1', [appeal('e1', 'u1', 'these are quilts')]))).toEqual([
          'duplicate',
        ])
        expect(await opens('u1')).toEqual([{ kind: 'erased' }])
        await append('account-u1', [appeal('e2', 'u1', 'once more')])
        expect(await opens('u1')).toEqual([
          { kind: 'erased' },
          { kind: 'open', text: '{"text":"once more"}' },
        ])
      })
    })

    test('when it is followed, then later events are seen, until the signal aborts', async () => {
      await append('account-u1', [flag('e1')])
      const stop = new AbortController()
      const seen: number[] = []
      for await (const page of opened.ledger.follow(null, stop.signal)) {
        seen.push(...unwrap(page).map(({ sequence }) => sequence))
        if (seen.length === 1) await append('account-u2', [flag('e1', 'u2')])
        if (seen.length === 2) stop.abort()
      }
      expect(seen).toEqual([1, 2])
    })

    describe('when an event needs a newer vocabulary', () => {
      const vocabulary = async (ledger = opened.ledger) => unwrap(await ledger.vocabulary())

      test('then the ledger requires it from that event on, for everyone who has it open, and no other event changes it', async () => {
        const others = await opened.again()
        await append('account-u1', [flag('e1'), appeal('e2', 'u1', 'words')])
        expect(await vocabulary()).toBe(1)
        expect(kinds(await append('account-u1', [flag('e3'), newer('e4', 2)]))).toEqual([
          'appended',
          'appended',
        ])
        await append('account-u2', [flag('e5', 'u2'), newer('e6', 2, 'u2')])
        expect(await vocabulary()).toBe(2)
        expect(await vocabulary(others.ledger)).toBe(2)
        await append('account-u1', [newer('e7', 5)])
        await append('account-u1', [newer('e8', 3)])
        expect(await vocabulary(others.ledger)).toBe(5)
        await others.close()
      })

      test('then one that is in conflict with what an earlier process wrote changes nothing', async () => {
        await append('account-u1', [flag('e1')])
        opened = await opened.restart()
        expect(kinds(await append('account-u1', [newer('e1')]))).toEqual(['conflict'])
        expect(await vocabulary()).toBe(1)
      })

      test('then an event that is not written changes nothing: a conflict, and a batch for a wrong revision', async () => {
        await append('account-u1', [flag('e1')])
        expect(kinds(await append('account-u1', [newer('e1', 2)]))).toEqual(['conflict'])
        expect(await append('account-u1', [newer('e2', 2)], 7)).toMatchObject({ kind: 'wrong_revision' })
        expect(await vocabulary()).toBe(1)
      })

      test('then of several that raise it at once, the highest remains', async () => {
        const others = [await opened.again(), await opened.again()]
        const versions = [3, 2, 4]
        await Promise.all(
          [opened, ...others].map(async ({ ledger }, i) => {
            const events = [newer(`e${i}`, versions[i], `u${i}`)]
            const stream: StreamName = `account-u${i}`
            const [result] = unwrap(await ledger.append([{ stream, expectedRevision: 'any', events }]))
            expect(kinds(result)).toEqual(['appended'])
          }),
        )
        expect(await vocabulary()).toBe(4)
        for (const { ledger, close } of others) {
          expect(await vocabulary(ledger)).toBe(4)
          await close()
        }
      })

      const errorIn = async (pages: Pages) => {
        for await (const page of readDecoded(opened.ledger, pages)) if (E.isLeft(page)) return page.left
        return null
      }
      const needsNewer = {
        kind: 'unusable',
        message: expect.stringMatching(
          new RegExp(
            `need version ${VOCABULARY + 1} of the vocabulary.*knows version ${VOCABULARY}: .*upgrade`,
          ),
        ),
      }

      test('then a reader that opened it earlier and does not know that version is told, and nothing is called damaged', async () => {
        await append('account-u1', [flag('e1')])
        expect(await errorIn(opened.ledger.readAll(null))).toBeNull()
        const newerRedress = await opened.again()
        // One whose stream only a newer Redress knows, too.
        const elsewhere = { ...newer('e3'), stream: 'evidence-u1' } as const
        for (const event of [newer('e2'), elsewhere]) {
          const { stream: of } = event
          unwrap(await newerRedress.ledger.append([{ stream: of, expectedRevision: 'any', events: [event] }]))
        }
        await newerRedress.close()
        expect(await errorIn(opened.ledger.readAll(null))).toMatchObject(needsNewer)
        expect(await errorIn(opened.ledger.readStream('account-u1'))).toMatchObject(needsNewer)
        expect(await errorIn(opened.ledger.readStream('evidence-u1'))).toMatchObject(needsNewer)
        const end = unwrap(await opened.ledger.end())
        expect(await opened.ledger.at(end ?? ('' as Position))).toMatchObject({ left: needsNewer })
      })

      test('then a follower that does not know that version stops there', async () => {
        await append('account-u1', [flag('e1')])
        const newerRedress = await opened.again()
        const never = new AbortController().signal
        const seen: string[] = []
        let error: unknown = null
        for await (const page of readDecoded(opened.ledger, opened.ledger.follow(null, never))) {
          if (E.isLeft(page)) {
            error = page.left
            break
          }
          seen.push(...page.right.map(({ event }) => event.id))
          const events = [newer('e2'), flag('e3')]
          unwrap(
            await newerRedress.ledger.append([{ stream: 'account-u1', expectedRevision: 'any', events }]),
          )
        }
        await newerRedress.close()
        expect(seen).toEqual(['e1'])
        expect(error).toMatchObject(needsNewer)
      })
    })

    test('when it was closed, then it returns an error and throws nothing', async () => {
      await opened.ledger.close()
      const answer = await opened.ledger.append([
        { stream: 'account-u1', expectedRevision: 'any', events: [flag('e1')] },
      ])
      expect(E.isLeft(answer)).toBe(true)
    })
  })

  describe(`given a ledger that two have open (${name})`, () => {
    test('when one expects the revision that the other has just written, then the append is accepted', async () => {
      const first = await open(() => START)
      const second = await first.again()
      try {
        const append = async (ledger: Ledger, id: string, expectedRevision: number) =>
          unwrap(await ledger.append([{ stream: 'account-u1', expectedRevision, events: [flag(id)] }]))
        expect(await append(first.ledger, 'e1', -1)).toMatchObject([{ kind: 'written' }])
        expect(await append(second.ledger, 'e2', 0)).toMatchObject([{ kind: 'written' }])
        expect(await append(first.ledger, 'e3', 0)).toMatchObject([{ kind: 'wrong_revision', actual: 1 }])
        expect(await append(first.ledger, 'e3', 1)).toMatchObject([{ kind: 'written' }])
      } finally {
        await second.close()
        await first.remove()
      }
    })
  })

  describe(`given any events and any split of them into appends (${name})`, () => {
    const one = fc.record({ id: fc.integer({ min: 1, max: 12 }), account: fc.constantFrom('u1', 'u2') })
    test('then each is stored once, in the order of its first appearance', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(one, { maxLength: 6 }), { maxLength: 8 }), async (calls) => {
          const { ledger, remove } = await open(() => START)
          try {
            const first: string[] = []
            for (const call of calls) {
              const events = call.map(({ id, account }) => flag(`e${id}`, account))
              const results = unwrap(
                await ledger.append(
                  events.map((event) => ({ stream: event.stream, expectedRevision: 'any', events: [event] })),
                ),
              )
              for (const [i, result] of results.entries()) {
                const key = `${events[i]?.stream} ${events[i]?.id}`
                const known = first.includes(key)
                expect(result).toMatchObject({ events: [{ kind: known ? 'duplicate' : 'appended' }] })
                if (!known) first.push(key)
              }
            }
            const stored = await all(ledger.readAll(null))
            expect(
              stored.map((event) => `${event.stream} ${Object(JSON.parse(event.canonical)).id}`),
            ).toEqual(first)
            expect(stored.map(({ sequence }) => sequence)).toEqual(first.map((_, i) => i + 1))
          } finally {
            await remove()
          }
        }),
        { numRuns: 40 },
      )
    })
  })
}
