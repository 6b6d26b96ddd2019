import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assertOurs } from '../../../src/foundation/sqlite/database.ts'
import { forWriting } from '../../../src/foundation/sqlite/read-only.ts'
import { lettersFile } from '../../../src/ingest/dead-letters/file.ts'
import type { DeadLetters } from '../../../src/ingest/dead-letters/letter.ts'
import { openDeadLetters } from '../../../src/ingest/dead-letters/open.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { letterKeys } from '../../../src/ledger/vault/letter-keys.ts'
import { appeal, unwrap } from '../../ledger/events.ts'
import { filesWith } from './refused.ts'

/** Made by an earlier Redress (schema 1), with six letters that all hold these words, in bytes, paths and messages. */
const FIXTURE = join(import.meta.dirname, 'version-1.db')
const WORDS = 'SECRET-WORDS-OF-A-PERSON'
const main = join(import.meta.dirname, '../../../src/cli/main.ts')

let dir = ''
const at = (name: string): string => join(dir, name)
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-upgrade-'))
  copyFileSync(FIXTURE, at('dead-letters.db'))
  expect(filesWith(dir, WORDS)).toEqual([at('dead-letters.db')])
})
afterEach(() => rmSync(dir, { recursive: true }))

const opened = async <A>(use: (letters: DeadLetters) => A): Promise<A> => {
  const letters = unwrap(await openDeadLetters(dir, Date.now))
  try {
    return use(letters)
  } finally {
    letters.close()
  }
}

/** What can be read of each letter, sorted. */
const texts = (letters: DeadLetters): ReadonlyArray<string> =>
  unwrap(letters.list({}))
    .map(({ hash }) => {
      const body = unwrap(letters.body(hash))
      return body?.kind === 'open' ? Buffer.from(body.bytes).toString() : String(body?.kind)
    })
    .sort()

const clearTexts = (): ReadonlyArray<string> => {
  const db = new DatabaseSync(FIXTURE, { readOnly: true })
  const rows = db.prepare('SELECT raw, resolved_at FROM letters').all()
  db.close()
  return rows
    .map(({ raw, resolved_at }) =>
      resolved_at === null && raw instanceof Uint8Array ? Buffer.from(raw).toString() : 'destroyed',
    )
    .sort()
}

/** As after a power cut: the log of writes still has pages with words, which the file has too. */
const withLog = (): void => {
  const db = new DatabaseSync(at('dead-letters.db'))
  db.exec("PRAGMA journal_mode=WAL; UPDATE letters SET message = message || '.', raw = raw")
  cpSync(at('dead-letters.db'), at('copy'))
  cpSync(at('dead-letters.db-wal'), at('copy-wal'))
  db.close()
  cpSync(at('copy'), at('dead-letters.db'))
  cpSync(at('copy-wal'), at('dead-letters.db-wal'))
  rmSync(at('copy'))
  rmSync(at('copy-wal'))
}

describe('given dead letters of an earlier Redress, in clear text', () => {
  test('when they are opened, then each is sealed, with everything that was known about it, and no file has the text', async () => {
    await opened((letters) => {
      expect(filesWith(dir, WORDS)).toEqual([])
      expect(texts(letters)).toEqual(clearTexts())
      const list = unwrap(letters.list({}))
      expect(list.map(({ code }) => code).sort()).toEqual(
        ['ahead_of_clock', 'conflict', 'failed', 'invalid', 'not_json', 'too_long'].sort(),
      )
      expect(list.find(({ code }) => code === 'conflict')).toMatchObject({
        path: 'data.personal',
        sightings: 2,
        firstSeen: Date.UTC(2025, 4, 20, 12),
        lastSeen: Date.UTC(2025, 4, 20, 12, 1),
      })
      expect(list.find(({ code }) => code === 'too_long')).toMatchObject({
        truncated: true,
        length: 5_000_000,
      })
      expect(list.find(({ code }) => code === 'invalid')?.path).toBe('data["…"]')
      expect(list.find(({ code }) => code === 'ahead_of_clock')?.resolved).toMatchObject({ id: 'resolved' })
      expect(unwrap(letters.unresolvedAfter('', 10))).toHaveLength(4)
      expect(unwrap(letters.erase('u-conflict'))).toBe(1)
      expect(unwrap(letters.erase('u-broken'))).toBe(1)
    })
    expect(filesWith(dir, WORDS)).toEqual([])
  })

  test('when the write-ahead log has some of them, then it is emptied too', async () => {
    withLog()
    expect(filesWith(dir, WORDS)).toEqual([at('dead-letters.db'), at('dead-letters.db-wal')])
    await opened(() => expect(filesWith(dir, WORDS)).toEqual([]))
    await opened((letters) => expect(texts(letters)).toEqual(clearTexts()))
  })

  test('when the keys were written, and then the process ended, then the upgrade is repeated', async () => {
    await opened(() => {})
    copyFileSync(FIXTURE, at('dead-letters.db'))
    await opened((letters) => {
      expect(texts(letters)).toEqual(clearTexts())
      expect(filesWith(dir, WORDS)).toEqual([])
    })
  })

  test('when it was upgraded, and the process ended before the log was emptied, then the next one empties it', async () => {
    withLog()
    const reader = new DatabaseSync(at('dead-letters.db'))
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM letters').get()
    await opened((letters) => expect(texts(letters)).toEqual(clearTexts()))
    expect(filesWith(dir, WORDS)).not.toEqual([])
    reader.close()
    await opened(() => expect(filesWith(dir, WORDS)).toEqual([]))
  })

  test('when the file is read-only, then the error says that it must be upgraded', () => {
    const keys = letterKeys(dir, () => false, forWriting)
    const db = new DatabaseSync(FIXTURE, { readOnly: true })
    expect(() => assertOurs(db, FIXTURE, lettersFile(keys))).toThrow(/has schema 1 and must be upgraded to 2/)
    db.close()
    expect(existsSync(at('keys.db'))).toBe(false)
  })

  test('when the vault has sealed texts and the keys are missing, then it is left unchanged, and the error says what to do', async () => {
    rmSync(at('dead-letters.db'))
    const { ledger, close } = unwrap(await openLedger(dir))
    const event = appeal('e1', 'u1', 'quilts')
    unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
    await close()
    copyFileSync(FIXTURE, at('dead-letters.db'))
    rmSync(at('keys.db'))
    expect(await openDeadLetters(dir, Date.now)).toMatchObject({
      left: { kind: 'unusable', message: expect.stringContaining('restore it from its backup') },
    })
    const db = new DatabaseSync(at('dead-letters.db'))
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
    db.close()
    expect(existsSync(at('keys.db'))).toBe(false)
  })

  test('when the process is killed at any moment, then the next one has all of them, sealed', async () => {
    const many = new DatabaseSync(at('dead-letters.db'))
    many.exec(`INSERT INTO letters WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      SELECT printf('%064x', i), 'not_json', '', 'no JSON', 60, CAST('${WORDS} ' || printf('%035d', i) AS BLOB), 1, i, i,
        'x:1', NULL, NULL, NULL FROM n`)
    const wanted = Number(many.prepare('SELECT count(*) AS n FROM letters').get()?.n)
    many.close()
    let finished = false
    let killed = 0
    for (let wait = 300; !finished && wait < 60_000; wait = Math.ceil(wait * 1.25)) {
      const child = spawn(process.execPath, [main, 'dead-letters', 'list', '--data', dir], {
        stdio: 'ignore',
      })
      const exit = once(child, 'exit')
      await Promise.race([exit, setTimeout(wait)])
      if (child.exitCode === null) {
        killed += statSync(at('dead-letters.db-wal'), { throwIfNoEntry: false }) === undefined ? 0 : 1
        child.kill('SIGKILL')
      }
      await exit
      finished = child.exitCode === 0
    }
    expect(finished).toBe(true)
    expect(killed).toBeGreaterThan(0)
    expect(filesWith(dir, WORDS)).toEqual([])
    await opened((letters) => {
      expect(unwrap(letters.count({}))).toBe(wanted)
      expect(texts(letters).filter((text) => text.includes(WORDS))).toHaveLength(wanted - 1)
    })
  })
})
