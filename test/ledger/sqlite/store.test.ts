import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assertSqlite } from '../../../src/foundation/sqlite/database.ts'
import { openExisting, openLedger } from '../../../src/ledger/open.ts'
import { often } from '../../long/often.ts'
import { all, ledgerContract, type OpenForTest } from '../contract.ts'
import { flag, unwrap } from '../events.ts'

const temporary = (): string => mkdtempSync(join(tmpdir(), 'redress-ledger-'))

ledgerContract('SQLite', async (clock) => {
  const dir = temporary()
  const openHere: OpenForTest = async () => {
    const opened = unwrap(await openLedger(dir, { clock }))
    return {
      ...opened,
      dir,
      again: async (options) => unwrap(await openLedger(dir, { clock, ...options })),
      restart: async () => {
        await opened.close()
        return openHere(clock)
      },
      remove: async () => {
        await opened.close()
        rmSync(dir, { recursive: true })
      },
    }
  }
  return openHere(clock)
})

describe('given a ledger file', () => {
  let dir = ''
  beforeEach(() => {
    dir = temporary()
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const fill = async (...ids: ReadonlyArray<string>): Promise<void> => {
    const { ledger, close } = unwrap(await openLedger(dir))
    unwrap(
      await ledger.append([
        { stream: 'account-u1', expectedRevision: 'any', events: ids.map((id) => flag(id)) },
      ]),
    )
    await close()
  }
  const raw = <A>(work: (db: DatabaseSync) => A): A => {
    const db = new DatabaseSync(join(dir, 'ledger.db'))
    try {
      return work(db)
    } finally {
      db.close()
    }
  }

  const row = "1, 0, 1, 'e1', '{}', zeroblob(32)"
  const attacks: ReadonlyArray<readonly [string, string, RegExp]> = [
    ['an update', `UPDATE events SET canonical = '{}'`, /never changed/],
    ['a deletion', 'DELETE FROM events', /never changed/],
    ['a replacement of a sequence', `INSERT OR REPLACE INTO events VALUES (1, ${row})`, /next sequence/],
    [
      'a replacement of a revision',
      `INSERT OR REPLACE INTO events VALUES (3, 1, 0, 1, 'e9', '{}', zeroblob(32))`,
      /next revision/,
    ],
    [
      'a replacement of an identity',
      `INSERT OR REPLACE INTO events VALUES (3, 1, 2, 1, 'e1', '{}', zeroblob(32))`,
      /recorded once/,
    ],
    [
      'a second event of an identity',
      `INSERT INTO events VALUES (3, 1, 2, 1, 'e1', '{}', zeroblob(32))`,
      /recorded once/,
    ],
    [
      'a merge into an event',
      `INSERT INTO events VALUES (1, ${row}) ON CONFLICT DO UPDATE SET canonical = '{}'`,
      /next sequence/,
    ],
    ['a gap', `INSERT INTO events VALUES (9, 1, 2, 1, 'e9', '{}', zeroblob(32))`, /next sequence/],
    [
      'a stream that takes another\u2019s place',
      `INSERT OR REPLACE INTO streams VALUES (1, 'account-u9')`,
      /never replaced/,
    ],
  ]
  for (const [name, statement, message] of attacks) {
    test(`when another tool tries ${name}, then the file itself refuses`, async () => {
      await fill('e1', 'e2')
      expect(() => raw((db) => db.exec(statement))).toThrow(message)
    })
  }

  describe('of a stream with more events than one index is read for', () => {
    const ids = Array.from({ length: 40 }, (_, i) => `e${i + 1}`)
    const next = (id: string) => `VALUES (41, 1, 40, 1, '${id}', '{}', zeroblob(32))`

    test.each(['e1', 'e31', 'e32', 'e33', 'e34', 'e40'])(
      'when another tool records %s again, then the file itself refuses',
      async (id) => {
        await fill(...ids)
        for (const verb of ['INSERT', 'INSERT OR REPLACE', 'REPLACE']) {
          expect(() => raw((db) => db.exec(`${verb} INTO events ${next(id)}`))).toThrow(/recorded once/)
        }
        // Only the identity was wrong with it.
        expect(() => raw((db) => db.exec(`INSERT INTO events ${next('e41')}`))).not.toThrow()
      },
    )

    test.each(['INSERT OR REPLACE', 'INSERT OR IGNORE'])(
      'when another tool tries any of its places with %s, then the file itself refuses, and all is as it was',
      async (verb) => {
        await fill(...ids)
        const events = () => raw((db) => db.prepare('SELECT * FROM events').all())
        const before = events()
        for (const revision of [0, 31, 32, 39]) {
          const statement = `${verb} INTO events VALUES (41, 1, ${revision}, 1, 'e41', '{}', zeroblob(32))`
          expect(() => raw((db) => db.exec(statement))).toThrow(/next revision/)
        }
        expect(events()).toEqual(before)
      },
    )

    test('when all is appended again, then each is a duplicate at its own revision', async () => {
      await fill(...ids)
      const { ledger, close } = unwrap(await openLedger(dir))
      const events = ids.map((id) => flag(id))
      const [result] = unwrap(
        await ledger.append([{ stream: 'account-u1', expectedRevision: 'any', events }]),
      )
      await close()
      expect(result).toMatchObject({ events: ids.map((_, revision) => ({ kind: 'duplicate', revision })) })
    })
  })

  test('when a stored text was altered, then reading says which event', async () => {
    await fill('e1', 'e2')
    raw((db) => {
      const { sql } = Object(
        db.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'events_no_update'`).get(),
      )
      db.exec('DROP TRIGGER events_no_update')
      db.exec(`UPDATE events SET canonical = replace(canonical, '0.5', '0.9') WHERE sequence = 2`)
      db.exec(sql)
    })
    const { ledger, close } = unwrap(await openExisting(dir))
    const pages = await Array.fromAsync(ledger.readAll(null))
    await close()
    expect(pages.at(-1)).toMatchObject({
      left: { kind: 'corrupt', message: expect.stringContaining('event 2') },
    })
  })

  test('when a trigger is missing, then the ledger is not opened', async () => {
    await fill('e1')
    raw((db) => db.exec('DROP TRIGGER events_no_delete'))
    expect(await openExisting(dir)).toMatchObject({ left: { kind: 'unusable' } })
  })

  test('when it is another program’s, or a newer version’s, then it is not opened', async () => {
    raw((db) => db.exec('CREATE TABLE t (x)'))
    expect(await openLedger(dir)).toMatchObject({ left: { kind: 'unusable' } })
  })

  test('when it does not exist, then a reader is told to ingest first', async () => {
    const answer = await openExisting(join(dir, 'none'))
    expect(answer).toMatchObject({
      left: { kind: 'unusable', message: expect.stringContaining('redress ingest') },
    })
  })

  test('when SQLite is too old, then it reports that', () => {
    expect(() => assertSqlite('3.51.2')).toThrow('update Node')
    expect(() => assertSqlite('3.51.3')).not.toThrow()
    expect(() => assertSqlite('4.0.0')).not.toThrow()
  })

  test('when an append fails part-way, then nothing of it is stored, and the next one works', async () => {
    const { ledger, close } = unwrap(await openLedger(dir))
    const append = (...ids: ReadonlyArray<string>) =>
      ledger.append([{ stream: 'account-u1', expectedRevision: 'any', events: ids.map((id) => flag(id)) }])
    unwrap(await append('e1'))
    raw((db) =>
      db.exec(
        `CREATE TRIGGER broken BEFORE INSERT ON events WHEN NEW.id = 'e3' BEGIN SELECT RAISE(ABORT, 'broken'); END`,
      ),
    )
    const failed = await append('e2', 'e3')
    expect(failed).toMatchObject({ left: { message: expect.stringContaining('broken') } })
    expect(await all(ledger.readAll(null))).toHaveLength(1)
    raw((db) => db.exec('DROP TRIGGER broken'))
    unwrap(await append('e2', 'e3'))
    const events = await all(ledger.readAll(null))
    expect(events.map(({ sequence, revision }) => [sequence, revision])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ])
    await close()
  })
})

/** Appends one event after the other and prints each sequence that was acknowledged. */
const writer = (dir: string, account: string) =>
  spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), dir, account], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

describe('given processes that append', () => {
  let dir = ''
  beforeEach(() => {
    dir = temporary()
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  test('when one is killed at any moment, then everything that it acknowledged is there, without a gap', async () => {
    let acknowledged = 0
    for (let round = 0; round < often(6, 50); round++) {
      const child = writer(dir, 'u1')
      const delay = 20 + round * 23
      let printed = ''
      child.stdout.on('data', (chunk: Buffer) => {
        if (printed === '') setTimeout(() => child.kill('SIGKILL'), delay)
        printed += chunk.toString()
      })
      await new Promise((resolve) => child.on('close', resolve))
      acknowledged = Math.max(acknowledged, ...printed.split('\n').slice(0, -1).map(Number))
      const { ledger, close } = unwrap(await openLedger(dir))
      const events = await all(ledger.readAll(null))
      await close()
      expect(events.length).toBeGreaterThanOrEqual(acknowledged)
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
    }
    expect(acknowledged).toBeGreaterThan(6)
  })

  test('when two append at the same time, then all events of both are stored', async () => {
    const children = ['u1', 'u2'].map((account) => writer(dir, account))
    const counts = await Promise.all(
      children.map(async (child) => {
        let printed = ''
        child.stdout.on('data', (chunk: Buffer) => {
          printed += chunk.toString()
          if (printed.split('\n').length > 60) child.kill('SIGTERM')
        })
        await new Promise((resolve) => child.on('close', resolve))
        return printed.split('\n').length - 1
      }),
    )
    const { ledger, close } = unwrap(await openLedger(dir))
    const events = await all(ledger.readAll(null))
    await close()
    for (const [i, account] of ['u1', 'u2'].entries()) {
      const theirs = events.filter(({ stream }) => stream === `account-${account}`)
      expect(theirs.length).toBeGreaterThanOrEqual(counts[i] ?? 0)
      expect(counts[i]).toBeGreaterThanOrEqual(60)
    }
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
  })
})
