import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/foundation/sqlite/database.ts'
import { leafHash, recordedAtMember } from '../../../src/ledger/event/leaf.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { ledgerFile } from '../../../src/ledger/sqlite/schema.ts'
import { unpack } from '../../fixtures/data-folders/unpack.ts'
import { flag, unwrap } from '../events.ts'

let dir = ''
const ledgerPath = () => join(dir, 'data/ledger.db')
const raw = <A>(work: (db: DatabaseSync) => A): A => {
  const db = new DatabaseSync(ledgerPath())
  try {
    return work(db)
  } finally {
    db.close()
  }
}
const rows = (sql: string) => raw((db) => db.prepare(sql).all())
const everything = () => ({
  events: rows('SELECT * FROM events'),
  schema: rows('SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2'),
  version: rows('PRAGMA user_version'),
})

const many = Array.from({ length: 40 }, (_, i) => flag(`e${i}`, 'hot'))
const recordedAt = recordedAtMember(Date.UTC(2027, 0, 1))

/** A ledger of version 1 that also has a stream of 40 events. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-upgrade-'))
  unpack('2026-11-28', dir)
  raw((db) => {
    db.exec(`INSERT INTO streams VALUES (99, 'account-hot'); INSERT INTO sources VALUES (99, '/test')`)
    const insert = db.prepare(
      'INSERT INTO events SELECT max(sequence) + 1, 99, ?, 99, ?, ?, unhex(?) FROM events',
    )
    for (const [revision, { id, head, tail }] of many.entries()) {
      const text = head + recordedAt + tail
      insert.run(revision, id, text, leafHash(text))
    }
  })
})
afterEach(() => rmSync(dir, { recursive: true }))

const open = () => openLedger(join(dir, 'data'), { acceptClock: true })

describe('given a ledger of version 1', () => {
  test('when it is opened, then it has version 2, its events are as they were, and SQLite finds nothing wrong', async () => {
    const before = everything()
    await unwrap(await open()).close()
    expect(everything().events).toEqual(before.events)
    expect(rows('PRAGMA user_version')).toEqual([{ user_version: 2 }])
    expect(rows('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(rows("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'events'")).toEqual([
      { name: 'events_in_stream' },
      { name: 'events_by_identity' },
    ])
  })

  test('when its events are appended again, then each is a duplicate, and a new one is next', async () => {
    const { ledger, close } = unwrap(await open())
    const events = [...many, flag('e40', 'hot')]
    const [result] = unwrap(await ledger.append([{ stream: 'account-hot', expectedRevision: 'any', events }]))
    await close()
    expect(result).toMatchObject({
      events: [
        ...many.map((_, revision) => ({ kind: 'duplicate', revision })),
        { kind: 'appended', revision: 40 },
      ],
    })
  })

  test('when the upgrade fails at its end, then the file is as it was, and the next upgrade works', async () => {
    const before = everything()
    const failing = () => {
      throw new Error('the disk is full')
    }
    const upgrades = { 1: [...(ledgerFile.upgrades?.[1] ?? []), failing] }
    expect(() => openDatabase(ledgerPath(), { ...ledgerFile, upgrades })).toThrow('the disk is full')
    expect(everything()).toEqual(before)
    expect(rows('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    await unwrap(await open()).close()
    expect(rows('PRAGMA user_version')).toEqual([{ user_version: 2 }])
  })
})

const NEXT = 'CREATE TRIGGER events_only_next BEFORE INSERT ON events BEGIN SELECT 1; END'

describe.each<[string, ReadonlyArray<string>]>([
  ['its trigger on INSERT dropped', ['DROP TRIGGER events_only_next']],
  ['a trigger on INSERT that allows everything', ['DROP TRIGGER events_only_next', NEXT]],
  ['its trigger on DELETE dropped', ['DROP TRIGGER events_no_delete']],
  ['another trigger', [NEXT.replace('events_only_next', 'more')]],
  ['another index', ['CREATE INDEX more ON events (id)']],
  ['another column', ["ALTER TABLE events ADD COLUMN more TEXT DEFAULT ''"]],
])('given a ledger of version 1 with %s', (_, statements) => {
  test('when it is opened, then it is refused as altered, and stays as it is', async () => {
    raw((db) => {
      for (const statement of statements) db.exec(statement)
    })
    const before = everything()
    expect(await open()).toMatchObject({
      left: { kind: 'unusable', message: expect.stringContaining('was altered') },
    })
    expect(everything()).toEqual(before)
  })
})
