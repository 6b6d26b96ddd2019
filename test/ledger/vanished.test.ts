import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDeadLetters } from '../../src/ingest/dead-letters/open.ts'
import type { PreparedEvent } from '../../src/ledger/event/prepare.ts'
import { type OpenLedger, openExisting, openLedger } from '../../src/ledger/open.ts'
import { all } from './contract.ts'
import { appeal, flag, publication, unwrap } from './events.ts'
import { startTestServer, type TestServer } from './eventstoredb/server/server.ts'

let dir = ''
const at = (name: string): string => join(dir, name)
const append = async ({ ledger }: OpenLedger, event: PreparedEvent) =>
  ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }])
const fill = async (folder: string, ...events: ReadonlyArray<PreparedEvent>): Promise<void> => {
  const open = unwrap(await openLedger(at(folder)))
  for (const event of events) unwrap(await append(open, event))
  await open.close()
}
const remove = (...names: ReadonlyArray<string>): void => {
  for (const name of names) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(at(`data/${name}${suffix}`), { force: true })
  }
}
/** A file without an event or a row, but a valid one. */
const makeEmpty = async (name: string): Promise<void> => {
  const empty = unwrap(await openLedger(at('empty')))
  await empty.close()
  remove(name)
  cpSync(at(`empty/${name}`), at(`data/${name}`))
}
const raw = (name: string, sql: string): void => {
  const db = new DatabaseSync(at(`data/${name}`))
  db.exec(sql)
  db.close()
}
const refusal = (message: RegExp) => ({
  left: { kind: 'unusable', message: expect.stringMatching(message) },
})

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-vanished-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

describe('given a folder whose ledger.db', () => {
  const ends: ReadonlyArray<readonly [string, () => void | Promise<void>]> = [
    ['is deleted', () => remove('ledger.db')],
    [
      'is truncated to nothing',
      () => {
        remove('ledger.db')
        writeFileSync(at('data/ledger.db'), '')
      },
    ],
    [
      'is a database without tables',
      () => {
        remove('ledger.db')
        raw('ledger.db', 'PRAGMA journal_mode=WAL')
      },
    ],
    ['is a ledger without events', () => makeEmpty('ledger.db')],
  ]
  describe.each(ends)('%s', (_, happens) => {
    test.each([
      ['personal text', appeal('e1', 'u1', 'these are quilts')],
      ['a ruleset', publication('e1', '1', 3)],
      ['nothing but a flag', flag('e1')],
    ])(
      'when it had %s, then no other is created, each time, and the error says what to do',
      async (_, event) => {
        await fill('data', event)
        await happens()
        for (let time = 0; time < 2; time++) {
          expect(await openLedger(at('data'))).toMatchObject(
            refusal(
              /ledger\.db (?:is missing|holds no events), but vault\.db .*a ledger was here.*backup.*--data/,
            ),
          )
        }
        expect(await openExisting(at('data'))).toMatchObject(refusal(/a ledger was here/))
      },
    )
  })

  test.each([
    ['keys.db', ['vault.db', 'dead-letters.db']],
    ['dead-letters.db', ['vault.db', 'keys.db']],
    ['projections.duckdb', ['vault.db', 'keys.db', 'dead-letters.db']],
  ])('is deleted, when only %s is left, then that reveals it', async (left, gone) => {
    await fill('data', appeal('e1', 'u1', 'these are quilts'))
    writeFileSync(at('data/projections.duckdb'), 'tables')
    const letters = unwrap(await openDeadLetters(at('data'), Date.now))
    const rejection = { code: 'not_json' as const, path: '', message: 'no JSON' }
    const sighting = { sha256: '0'.repeat(64), raw: Buffer.from('x'), length: 1, rejection, origin: 'a:1' }
    unwrap(letters.record({ sightings: [sighting] }))
    letters.close()
    remove('ledger.db', ...gone)
    if (left !== 'projections.duckdb') rmSync(at('data/projections.duckdb'))
    expect(await openLedger(at('data'))).toMatchObject(
      refusal(new RegExp(`ledger\\.db is missing, but ${left.replace('.', '\\.')}`)),
    )
    expect(existsSync(at('data/ledger.db'))).toBe(false)
  })

  test('is missing, when nothing else was ever stored, then a new one is created', async () => {
    unwrap(await openDeadLetters(at('.'), Date.now)).close()
    unwrap(await openLedger(at('.')))
  })
})

describe('given a ledger with events, next to', () => {
  test('a vault that was emptied, then nothing is written, each time', async () => {
    await fill('data', flag('e1'), appeal('e2', 'u1', 'these are quilts'))
    await makeEmpty('vault.db')
    for (let time = 0; time < 2; time++) {
      expect(await openLedger(at('data'))).toMatchObject(
        refusal(/vault\.db does not hold what the events refer to/),
      )
    }
    truncateSync(at('data/vault.db'))
    expect(await openLedger(at('data'))).toMatchObject(
      refusal(/vault\.db does not hold what the events refer to/),
    )
  })

  test('another ledger\u2019s vault, then it is not opened', async () => {
    await fill('data', appeal('e1', 'u1', 'these are quilts'))
    await fill('other', appeal('e1', 'u2', 'these are not'))
    remove('vault.db')
    cpSync(at('other/vault.db'), at('data/vault.db'))
    for (const opening of [openLedger, openExisting]) {
      expect(await opening(at('data'))).toMatchObject(refusal(/vault\.db belongs to another ledger/))
    }
  })

  test.each([
    ['an empty key file', () => makeKeysEmpty()],
    [
      'another ledger\u2019s keys',
      async () => {
        await fill('other', appeal('e1', 'u1', 'these are not'))
        remove('keys.db')
        cpSync(at('other/keys.db'), at('data/keys.db'))
      },
    ],
  ])('%s, then nothing is sealed with them, nor opened', async (_, happens) => {
    await fill('data', appeal('e1', 'u1', 'these are quilts'))
    await happens()
    const open = unwrap(await openLedger(at('data')))
    expect(await append(open, appeal('e2', 'u1', 'more words'))).toMatchObject(
      refusal(/keys\.db does not hold the keys/),
    )
    const [event] = await all(open.ledger.readAll(null))
    const { sealed } = JSON.parse(event?.canonical ?? '').data
    expect(await open.vault.openSealed(sealed, '/test', 'e1')).toMatchObject(
      refusal(/keys\.db does not hold/),
    )
    unwrap(await append(open, flag('e3')))
    await open.close()
  })

  const makeKeysEmpty = (): void => {
    remove('keys.db')
    writeFileSync(at('data/keys.db'), '')
  }

  test('a vault that an older Redress created, then it is claimed, and from then on distinguished from others', async () => {
    await fill('data', flag('e1'), appeal('e2', 'u1', 'these are quilts'))
    raw(
      'vault.db',
      `DROP TRIGGER documents_no_delete; DELETE FROM documents;
        CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents
      BEGIN SELECT RAISE(ABORT, 'documents are never changed or deleted'); END`,
    )
    await fill('data', flag('e3'))
    remove('ledger.db')
    expect(await openLedger(at('data'))).toMatchObject(refusal(/a ledger was here/))
  })
})

test('given a first run that is killed before each of its writes, when it runs again, then everything is ingested', async () => {
  const steps: string[] = []
  for (let n = 1; ; n++) {
    const folder = `killed-${n}`
    const args = [join(import.meta.dirname, 'killed-writer.ts'), at(folder), String(n)]
    const { stdout, signal } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    const open = unwrap(await openLedger(at(folder)))
    unwrap(await append(open, appeal('e1', 'u1', 'these are quilts')))
    unwrap(await append(open, publication('e2', '1', 3)))
    expect(await all(open.ledger.readAll(null))).toHaveLength(2)
    await open.close()
    if (stdout === 'whole\n') break
    expect(signal).toBe('SIGKILL')
    steps.push(stdout)
  }
  // Three files are made, words and a document are kept, two events recorded, and the vault claimed.
  expect(steps.filter((sql) => sql.startsWith('PRAGMA journal_mode'))).toHaveLength(3)
  expect(steps.filter((sql) => sql.includes('INTO events'))).toHaveLength(2)
  expect(steps.filter((sql) => sql.startsWith('COMMIT')).length).toBeGreaterThanOrEqual(7)
})

describe('given a cluster', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await startTestServer()
  })
  afterEach(() => server.close())

  test('when its data folder is used with an empty one, then no ledger is created there', async () => {
    const first = unwrap(await openLedger(at('data'), { cluster: server.url }))
    unwrap(await append(first, flag('e1')))
    await first.close()
    const other = await startTestServer()
    for (const opening of [openLedger, openExisting]) {
      expect(await opening(at('data'), { cluster: other.url })).toMatchObject(
        refusal(/holds no events, but .*vault\.db belongs to a ledger that has some.*redress copy/),
      )
    }
    await other.close()
    await unwrap(await openLedger(at('data'), { cluster: server.url })).close()
  })

  test('when the data folder has its own ledger, then none is created in the cluster', async () => {
    await fill('data', flag('e1'))
    expect(await openLedger(at('data'), { cluster: server.url })).toMatchObject(refusal(/redress copy/))
  })

  test('when its index is emptied, then it is rebuilt', async () => {
    const open = unwrap(await openLedger(at('data'), { cluster: server.url }))
    unwrap(await append(open, flag('e1')))
    expect(unwrap(await open.ledger.head()).sequence).toBe(1)
    await open.close()
    remove('sequence.db')
    writeFileSync(at('data/sequence.db'), '')
    const reopened = unwrap(await openLedger(at('data'), { cluster: server.url }))
    expect(unwrap(await reopened.ledger.head()).sequence).toBe(1)
    await reopened.close()
    expect(readdirSync(at('data')).sort()).toEqual(['sequence.db', 'vault.db'])
  })
})
