import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as E from '#fp/Either'
import type { PreparedEvent } from '../../src/ledger/event/prepare.ts'
import { copyLedger, openCopyTarget } from '../../src/ledger/eventstoredb/copy.ts'
import { type OpenLedger, openExisting, openLedger } from '../../src/ledger/open.ts'
import type { LedgerError, Pages } from '../../src/ledger/port.ts'
import { backupData } from '../../src/ledger/sqlite/backup.ts'
import { ledgerFile } from '../../src/ledger/sqlite/schema.ts'
import { all } from './contract.ts'
import { flag, newer, unwrap } from './events.ts'
import { BRIEF, openOn } from './eventstoredb/cluster.ts'
import { startTestServer, type TestServer } from './eventstoredb/server/server.ts'

/**
 * Which version this Redress knows: in a test it is now an older one, now a newer one. While it is imported it must know
 * every type.
 */
const redress = vi.hoisted(() => ({ knows: Number.POSITIVE_INFINITY }))
vi.mock('../../src/domain/vocabulary.ts', async (original) => ({
  ...(await original<typeof import('../../src/domain/vocabulary.ts')>()),
  get VOCABULARY() {
    return redress.knows
  },
}))

const needs = (version: number, known = 1) => ({
  kind: 'unusable',
  message: `its events need version ${version} of the vocabulary, but this Redress knows version ${known}: a newer Redress has written to it; upgrade this one`,
})

let dir = ''
let server: TestServer
beforeEach(async () => {
  redress.knows = 1
  dir = mkdtempSync(join(tmpdir(), 'redress-vocabulary-'))
  server = await startTestServer()
})
afterEach(async () => {
  await server.close()
  rmSync(dir, { recursive: true })
})

const append = async ({ ledger }: Pick<OpenLedger, 'ledger'>, ...events: ReadonlyArray<PreparedEvent>) => {
  for (const event of events) {
    unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  }
}
const errorOf = async (pages: Pages): Promise<LedgerError | null> => {
  for await (const page of pages) if (E.isLeft(page)) return page.left
  return null
}
/** The events that raise a cluster's vocabulary, by what they say. */
const raised = (): ReadonlyArray<string> =>
  server
    .userLog()
    .filter(({ stream }) => stream === 'redress-vocabulary')
    .map(({ data }) => Buffer.from(data).toString())

describe.each(['embedded', 'in a cluster'] as const)('given a ledger (%s)', (where) => {
  const place = () => (where === 'embedded' ? {} : { cluster: server.url })
  const writing = async (data = dir) => unwrap(await openLedger(data, place()))

  test('when a newer Redress has raised its vocabulary, then an older one refuses to open it, and the newer one reads all', async () => {
    redress.knows = 3
    const open = await writing()
    await append(open, flag('e1'), newer('e2', 3), flag('e3', 'u2'))
    const events = await all(open.ledger.readAll(null))
    expect(events.map(({ stream, revision, sequence }) => [stream, revision, sequence])).toEqual([
      ['account-u1', 0, 1],
      ['account-u1', 1, 2],
      ['account-u2', 0, 3],
    ])
    expect(unwrap(await open.ledger.head())).toEqual({ sequence: 3, position: events[2]?.position })
    const [first, , last] = events
    expect(await all(open.ledger.readAll(first?.position ?? null))).toHaveLength(2)
    expect(unwrap(await open.ledger.end())).toBe(last?.position)
    expect(unwrap(await open.ledger.damaged())).toEqual([])
    await open.close()
    for (const knows of [1, 2]) {
      redress.knows = knows
      expect(await openLedger(dir, place())).toEqual(E.left(needs(3, knows)))
      expect(await openExisting(dir, place())).toEqual(E.left(needs(3, knows)))
    }
    for (const knows of [3, 4]) {
      redress.knows = knows
      const again = unwrap(await openExisting(dir, place()))
      expect(await all(again.ledger.readAll(null))).toEqual(events)
      await again.close()
    }
  })
})

describe('given an embedded ledger', () => {
  const userVersion = (): unknown => {
    const db = new DatabaseSync(join(dir, 'ledger.db'), { readOnly: true })
    const found = db.prepare('PRAGMA user_version').get()?.user_version
    db.close()
    return found
  }

  test('when it was never raised, then its file is unchanged; once raised, an earlier Redress takes it for a newer schema', async () => {
    const open = unwrap(await openLedger(dir))
    await append(open, flag('e1'))
    expect(userVersion()).toBe(ledgerFile.version)
    await append(open, newer('e2', 2))
    expect(userVersion()).toBe(0x1_0000 + ledgerFile.version)
    await open.close()
  })

  test('when an append fails part-way, then it is not raised, and the next one raises it', async () => {
    const open = unwrap(await openLedger(dir))
    const events = [newer('e1', 2), flag('e2', 'another')]
    const batch = { stream: 'account-u1', expectedRevision: 'any', events } as const
    await expect(open.ledger.append([batch])).rejects.toThrow(RangeError)
    expect(unwrap(await open.ledger.vocabulary())).toBe(1)
    await append(open, newer('e1', 2))
    expect(unwrap(await open.ledger.vocabulary())).toBe(2)
    await open.close()
  })

  test('when it is backed up, then the copy has its vocabulary; an older Redress makes no backup', async () => {
    redress.knows = 2
    const open = unwrap(await openLedger(join(dir, 'data')))
    await append(open, newer('e1', 2))
    await open.close()
    const backup = (name: string) =>
      backupData({ dataDir: join(dir, 'data'), target: join(dir, name), keysTarget: null })
    redress.knows = 1
    expect(await backup('older')).toEqual(E.left(needs(2)))
    redress.knows = 2
    expect(unwrap(await backup('copy'))).toMatchObject({ sequence: 1 })
    const copy = unwrap(await openExisting(join(dir, 'copy')))
    expect(unwrap(await copy.ledger.vocabulary())).toBe(2)
    await copy.close()
  })
})

describe('given a cluster', () => {
  const clock = () => Date.UTC(2026, 0, 1)

  test('when ordinary events are written, then no vocabulary is recorded; otherwise once, before the event', async () => {
    const open = openOn(server.url, clock)
    await append(open, flag('e1'), flag('e2'))
    expect(raised()).toEqual([])
    await append(open, newer('e3', 2), newer('e4', 2), flag('e5'), newer('e6', 3))
    expect(raised()).toEqual(['{"vocabulary":2}', '{"vocabulary":3}'])
    expect(server.userLog().map(({ stream }) => stream.slice(0, 7))).toEqual([
      'account',
      'account',
      'redress',
      'account',
      'account',
      'account',
      'redress',
      'account',
    ])
    await open.remove()
  })

  test('when the answer to raising it is lost, then it is raised once', async () => {
    const open = openOn(server.url, clock)
    await append(open, flag('e1'))
    server.faults.nextAppends({ kind: 'hang', written: true }, null)
    await append(open, newer('e2', 2))
    expect(raised()).toEqual(['{"vocabulary":2}'])
    await open.remove()
  })

  test('when its writer dies after raising it, then nothing is missing, and the event can be written', async () => {
    const open = openOn(server.url, clock, { silence: 200, patience: 600 })
    server.faults.nextAppends(null, ...Array.from({ length: 50 }, () => ({ kind: 'busy' }) as const))
    const batch = { stream: 'account-u1', expectedRevision: 'any', events: [newer('e1', 2)] } as const
    expect(await open.ledger.append([batch])).toMatchObject({ left: { kind: 'unavailable' } })
    await open.remove()
    expect(raised()).toEqual(['{"vocabulary":2}'])
    expect(server.userLog()).toHaveLength(1)
    server.faults.clear()
    redress.knows = 2
    const again = unwrap(await openLedger(dir, { cluster: server.url }))
    expect(unwrap(await again.ledger.head())).toEqual({ sequence: 0, position: null })
    await append(again, newer('e1', 2), flag('e2'))
    expect((await all(again.ledger.readAll(null))).map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(raised()).toHaveLength(1)
    await again.close()
  })

  test('when an older Redress has it open, then it counts no event from there on, even if a newer one has counted further', async () => {
    const open = async () => unwrap(await openLedger(dir, { cluster: server.url }))
    const older = await open()
    await append(older, flag('e1'))
    expect(unwrap(await older.ledger.head())).toMatchObject({ sequence: 1 })
    const position = unwrap(await older.ledger.end())
    redress.knows = 2
    const newerRedress = await open()
    await append(newerRedress, newer('e2', 2), flag('e3'))
    const last = unwrap(await newerRedress.ledger.end())
    redress.knows = 1
    expect(await older.ledger.head()).toEqual(E.left(needs(2)))
    if (position === null || last === null) throw new Error('there is no event')
    expect(await older.ledger.sequenceOf(last)).toEqual(E.left(needs(2)))
    expect(await errorOf(older.ledger.readAll(null))).toEqual(needs(2))
    expect(await errorOf(older.ledger.readAll(position))).toEqual(needs(2))
    const never = new AbortController().signal
    expect(await errorOf(older.ledger.follow(position, never))).toEqual(needs(2))
    redress.knows = 2
    expect(unwrap(await newerRedress.ledger.head())).toEqual({ sequence: 3, position: last })
    redress.knows = 1
    expect(await older.ledger.head()).toEqual(E.left(needs(2)))
    expect(await errorOf(older.ledger.readAll(last))).toEqual(needs(2))
    await older.close()
    await newerRedress.close()
  })

  test('when the stream that records it is deleted, then that is reported, and no version is assumed', async () => {
    redress.knows = 2
    const open = unwrap(await openLedger(dir, { cluster: server.url }))
    await append(open, newer('e1', 2))
    await open.close()
    server.softDelete('redress-vocabulary')
    redress.knows = 1
    expect(await openExisting(dir, { cluster: server.url })).toMatchObject({
      left: { kind: 'stream_damaged', message: expect.stringContaining('redress-vocabulary') },
    })
    server.setMetadata('redress-vocabulary', {})
    expect(await openExisting(dir, { cluster: server.url })).toEqual(E.left(needs(2)))
  })
})

describe('given an embedded ledger with a raised vocabulary and our own events, and a cluster', () => {
  /** Of a type that only Redress records, and that has no stream of its own. */
  const opened: PreparedEvent = {
    ...flag('e1'),
    vocabulary: 2,
    head: '{"data":{"account":"u1"},"id":"e1"',
    tail: '"source":"/redress","specversion":"1.0","subject":"u1","time":"2026-01-01T00:00:00Z","type":"personal_data.erased.v1"}',
    source: '/redress',
  }

  test('when it is copied, then the cluster has all events at their sequences, and the vocabulary before the first', async () => {
    redress.knows = 2
    const source = unwrap(await openLedger(dir))
    await append(source, flag('e0', 'u2'), opened, flag('e3', 'u2'))
    const copy = async () => {
      const { close, ...into } = unwrap(
        openCopyTarget(server.url, { sequencePath: join(dir, 'sequence.db'), limits: BRIEF }),
      )
      const copied = await copyLedger({ source: source.ledger, ...into, onProgress: () => {} })
      await close()
      return copied
    }
    expect(unwrap(await copy())).toEqual({ found: 0, written: 3 })
    await append(source, newer('e4', 2))
    expect(unwrap(await copy())).toEqual({ found: 3, written: 1 })
    expect(raised()).toEqual(['{"vocabulary":2}'])
    expect(server.userLog()[0]?.stream).toBe('redress-vocabulary')
    const target = openOn(server.url, () => 0)
    const texts = async (pages: Pages) => (await all(pages)).map(({ canonical }) => canonical)
    expect(await texts(target.ledger.readAll(null))).toEqual(await texts(source.ledger.readAll(null)))
    expect((await all(target.ledger.readAll(null))).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
    expect(unwrap(await target.ledger.vocabulary())).toBe(2)
    await target.remove()
    redress.knows = 1
    expect(await copy()).toEqual(E.left(needs(2)))
    await source.close()
  })
})
