import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { attempt } from '../../../src/foundation/attempt.ts'
import { type FileKind, openDatabase } from '../../../src/foundation/sqlite/database.ts'
import { forWriting } from '../../../src/foundation/sqlite/read-only.ts'
import { firstKind, kindWith, STEPS, secondKind } from './upgraded-kind.ts'

const killed = join(import.meta.dirname, 'killed-upgrade.ts')

let dir = ''
const file = (): string => join(dir, 'notes.db')
const ROWS = 2_000

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-database-'))
  const db = openDatabase(file(), firstKind)
  db.exec(`INSERT INTO notes WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    SELECT i, printf('note %08d', i) FROM n`)
  db.close()
})
afterEach(() => rmSync(dir, { recursive: true }))

const schemaOf = (db: DatabaseSync) =>
  db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all()

const asOpened = <A>(kind: FileKind, use: (db: DatabaseSync) => A): A => {
  const db = openDatabase(file(), kind)
  try {
    return use(db)
  } finally {
    db.close()
  }
}

const state = (db: DatabaseSync) => ({
  schema: schemaOf(db),
  version: db.prepare('PRAGMA user_version').get()?.user_version,
  notes: db.prepare('SELECT count(*) AS n, min(note) AS first, max(note) AS last FROM notes').get(),
})

/** What a new file of a kind looks like. */
const fresh = (kind: FileKind) => {
  const db = openDatabase(join(dir, `new-${kind.version}.db`), kind)
  const schema = schemaOf(db)
  db.close()
  return schema
}

const notes = { n: ROWS, first: 'note 00000001', last: 'note 00002000' }
const upgraded = () => ({ schema: fresh(secondKind), version: 2, notes })
const untouched = () => ({ schema: fresh(firstKind), version: 1, notes })

describe('given a file of an older schema', () => {
  test('when it is opened, then it has its rows, and the schema of a new file', () => {
    expect(asOpened(secondKind, state)).toEqual(upgraded())
    expect(asOpened(secondKind, (db) => db.prepare('SELECT sum(length) AS n FROM notes').get())).toEqual({
      n: 13 * ROWS,
    })
  })

  test('when the part of user_version that belongs to the file is set, then it is kept', () => {
    asOpened(firstKind, (db) => db.exec(`PRAGMA user_version=${3 * 0x1_0000 + 1}`))
    expect(asOpened(secondKind, state).version).toBe(3 * 0x1_0000 + 2)
  })

  test.each(Array.from({ length: STEPS + 1 }, (_, steps) => steps))(
    'when the process is killed after %i steps of the upgrade, then nothing was done, and the next one does all of it',
    (steps) => {
      const { signal } = spawnSync(process.execPath, [killed, file(), String(steps)])
      expect(signal).toBe('SIGKILL')
      expect(asOpened(firstKind, state)).toEqual(untouched())
      expect(asOpened(secondKind, state)).toEqual(upgraded())
    },
  )

  test.each(Array.from({ length: STEPS - 2 }, (_, steps) => steps))(
    'when the disk is full after %i steps of the upgrade, then that is reported, and the file is unchanged',
    (steps) => {
      const full = kindWith(steps, (db) => {
        db.exec(`PRAGMA max_page_count=${Number(db.prepare('PRAGMA page_count').get()?.page_count)}`)
      })
      expect(attempt(file(), () => openDatabase(file(), full))).toMatchObject({
        left: {
          kind: 'unavailable',
          message: `the disk is full while writing ${file()}; free some space on it`,
        },
      })
      expect(asOpened(firstKind, state)).toEqual(untouched())
      expect(asOpened(secondKind, state)).toEqual(upgraded())
    },
  )

  test('when somebody altered it before, then it is refused, and left unchanged', () => {
    asOpened(firstKind, (db) => db.exec('CREATE TABLE odd (a INTEGER) STRICT'))
    expect(() => openDatabase(file(), secondKind)).toThrow(/the schema of .*notes\.db was altered/)
    const db = new DatabaseSync(file())
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'notes_by_text'").all()).toHaveLength(1)
    db.close()
  })

  test('when the steps of the upgrade result in another schema than a new file has, then none of them is kept', () => {
    const forgetful = { ...secondKind, upgrades: { 1: secondKind.upgrades?.[1]?.slice(0, -1) ?? [] } }
    expect(() => openDatabase(file(), forgetful)).toThrow(/the schema of .*notes\.db was altered/)
    expect(asOpened(firstKind, state)).toEqual(untouched())
  })

  test('when a newer Redress upgrades it first, then it is refused, and keeps the newer version', () => {
    // Between the look at the version and the lock.
    const third = { ...secondKind, version: 3, upgrades: { ...secondKind.upgrades, 2: [] } }
    const overtaken: FileKind = {
      ...secondKind,
      upgrades: {
        get 1() {
          if (newer.length === 0) newer.push(openDatabase(file(), third))
          return secondKind.upgrades?.[1] ?? []
        },
      },
    }
    const newer: DatabaseSync[] = []
    expect(() => openDatabase(file(), overtaken)).toThrow(
      `${file()} was written by a newer Redress (schema 3, this one knows 2): update Redress`,
    )
    newer[0]?.close()
    expect(asOpened(third, state).version).toBe(3)
  })

  test('when several processes upgrade it at once, then it is upgraded once, and each of them opens it', async () => {
    const script = `
      import { openDatabase } from '${join(import.meta.dirname, '../../../src/foundation/sqlite/database.ts')}'
      import { retryWhileBusy } from '${join(import.meta.dirname, '../../../src/foundation/sqlite/retry-while-busy.ts')}'
      import { secondKind } from '${join(import.meta.dirname, 'upgraded-kind.ts')}'
      const opened = await retryWhileBusy('notes.db', () => openDatabase(process.argv[1], secondKind))
      console.log(opened.right?.prepare('SELECT sum(length) AS n FROM notes').get().n ?? opened.left.message)`
    const answers = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, file()])
        let stdout = ''
        child.stdout.on('data', (chunk) => {
          stdout += chunk
        })
        await once(child, 'close')
        return stdout
      }),
    )
    expect(answers).toEqual(Array(4).fill(`${13 * ROWS}\n`))
    expect(asOpened(secondKind, state)).toEqual(upgraded())
  })
})

describe('given a file of a version that cannot be upgraded', () => {
  test('when it is opened, then the error names the file, the version, and what to do', () => {
    expect(() => openDatabase(file(), { ...secondKind, upgrades: {} })).toThrow(
      `${file()} has schema 1, which this Redress (schema 2) cannot upgrade: open it with an earlier Redress first`,
    )
  })
})

describe('given a file that is open', () => {
  test('when a newer Redress upgrades it meanwhile, then the check before each acknowledgement reports that', () => {
    const { db, assertInPlace } = forWriting(file(), firstKind)
    expect(assertInPlace).not.toThrow()
    openDatabase(file(), secondKind).close()
    expect(assertInPlace).toThrow(
      `a newer Redress has upgraded ${file()} while it was in use (schema 2, this one knows 1); ` +
        'nothing more is acknowledged: update Redress, and run this again',
    )
    db.close()
  })
})
