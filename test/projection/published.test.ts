import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { VOCABULARY } from '../../src/domain/vocabulary.ts'
import { history } from '../../src/projection/events/tables.ts'
import {
  describePublishedError,
  type Limits,
  openPublished,
  type Published,
  publishedFileVersion,
} from '../../src/projection/published.ts'
import { poisoned, publish, versionOf } from './published-file.ts'

const dir = mkdtempSync(join(tmpdir(), 'redress-published-'))
afterAll(() => rmSync(dir, { recursive: true }))

const open: Published[] = []
const opened = async (data: string, limits: Partial<Limits> = {}): Promise<Published> => {
  const result = await openPublished(data, { memory: '256MB', ...limits })
  if (E.isLeft(result)) throw new Error(describePublishedError(result.left))
  open.push(result.right)
  return result.right
}
afterEach(() => {
  for (const published of open.splice(0)) published.close()
})

const ask = async ({ connection }: Published, sql: string) =>
  (await connection.runAndReadAll(sql)).getRowsJson()

describe('what is published', () => {
  test('given a file, it says how far each projection is, and which one is halted', async () => {
    await publish(join(dir, 'standing'), { more: [poisoned] })
    const { standing } = await opened(join(dir, 'standing'))
    expect(standing).toEqual({
      sequence: 6,
      recordedAt: Date.parse('2025-05-19T09:30:00.123Z'),
      leaf: 'aa',
      projections: [
        { name: 'accounts', version: versionOf('accounts'), sequence: 6, stopped: null },
        {
          name: 'appeals',
          version: versionOf('appeals'),
          sequence: 3,
          stopped: { sequence: 4, event: '/services/appeals a-4', message: 'no such appeal\u001b[31m' },
        },
        { name: 'decisions', version: versionOf('decisions'), sequence: 6, stopped: null },
        { name: 'events', version: history.version, sequence: 6, stopped: null },
        { name: 'incidents', version: versionOf('incidents'), sequence: 6, stopped: null },
        { name: 'remediations', version: versionOf('remediations'), sequence: 6, stopped: null },
        { name: 'requests', version: versionOf('requests'), sequence: 6, stopped: null },
        { name: 'rescorings', version: versionOf('rescorings'), sequence: 6, stopped: null },
        { name: 'rule_counts', version: versionOf('rule_counts'), sequence: 6, stopped: null },
      ],
    })
  })

  test('given an empty ledger, nothing was recorded at any time', async () => {
    await publish(join(dir, 'empty'), {
      sequence: 0,
      more: ['UPDATE cursor SET recorded_at = NULL, leaf_sha256 = NULL'],
    })
    const { standing } = await opened(join(dir, 'empty'))
    expect(standing).toMatchObject({ sequence: 0, recordedAt: null, leaf: null })
  })

  test('given no file, it says what to run', async () => {
    const result = await openPublished(join(dir, 'nowhere'), { memory: '1GB' })
    expect(result).toEqual(E.left({ kind: 'missing', dataDir: join(dir, 'nowhere') }))
    if (E.isLeft(result)) expect(describePublishedError(result.left)).toContain('run redress project')
  })

  test.each([
    ['that is no database', (file: string) => writeFileSync(file, 'garbage '.repeat(5_000))],
    ['that is empty', (file: string) => writeFileSync(file, '')],
    [
      'of another program',
      async (file: string) => {
        const instance = await DuckDBInstance.create(file)
        const connection = await instance.connect()
        await connection.run('CREATE TABLE cursor (i INTEGER)')
        connection.closeSync()
        instance.closeSync()
      },
    ],
  ])('given a file %s, it is unusable, and the error is one line', async (what, make) => {
    const data = join(dir, what)
    mkdirSync(data)
    await make(join(data, 'projections.duckdb'))
    const result = await openPublished(data, { memory: '1GB' })
    expect(result).toMatchObject(E.left({ kind: 'unusable' }))
    if (E.isLeft(result)) expect(describePublishedError(result.left)).toMatch(/^[^\n]*redress project[^\n]*$/)
  })
})

describe('what another version of Redress published', () => {
  const REBUILD = 'rebuild them with redress project'
  const UPDATE = 'update Redress, or rebuild the projections for this version with redress project --rebuild'
  const { version } = history
  const accounts = versionOf('accounts')
  test.each([
    [
      'an older history',
      'DROP TABLE cursor; ALTER TABLE projections DROP definition; UPDATE projections SET version = 1',
      `an earlier Redress wrote it: events has version 1, this one writes ${version}): ${REBUILD}`,
    ],
    [
      'a newer history',
      `UPDATE projections SET version = ${version + 1} WHERE name = 'events'`,
      `a newer Redress wrote it: events has version ${version + 1}, this one writes ${version}): ${UPDATE}`,
    ],
    [
      'another history of the same version',
      "UPDATE projections SET definition = 'x' WHERE name = 'events'",
      `another Redress wrote it: events has other columns or views): ${REBUILD}`,
    ],
    [
      'an older projection',
      "UPDATE projections SET version = 1 WHERE name = 'accounts'",
      `an earlier Redress wrote it: accounts has version 1, this one writes ${accounts}): ${REBUILD}`,
    ],
    [
      'a newer projection, and an older one',
      `UPDATE projections SET version = IF(name = 'accounts', 1, 99) WHERE name IN ('accounts', 'appeals')`,
      `a newer Redress wrote it: appeals has version 99, this one writes ${versionOf('appeals')}): ${UPDATE}`,
    ],
    [
      'another projection of the same version',
      "UPDATE projections SET definition = 'x' WHERE name = 'accounts'",
      `another Redress wrote it: accounts has other columns or views): ${REBUILD}`,
    ],
    [
      'a missing projection',
      "DELETE FROM projections WHERE name = 'rule_counts'",
      `an earlier Redress wrote it, without rule_counts): ${REBUILD}`,
    ],
  ])('given %s, it is refused with what to do', async (what, sql, told) => {
    const data = join(dir, what)
    await publish(data, { more: [sql] })
    const file = join(data, 'projections.duckdb')
    expect(await openPublished(data, { memory: '256MB' })).toEqual(
      E.left({ kind: 'unusable', message: `cannot use the projections in ${file} (${told}` }),
    )
  })
})

describe('what was published of a ledger with a newer vocabulary', () => {
  test.each([
    ['the columns of this one', 'SELECT 1'],
    ['other columns', "UPDATE projections SET definition = 'x'"],
    ['newer tables', 'UPDATE projections SET version = version + 1'],
  ])(
    'given a file with %s, it is refused with the version needed, and no rebuild is advised',
    async (what, sql) => {
      const data = join(dir, `vocabulary, ${what}`)
      await publish(data, { more: [`UPDATE cursor SET vocabulary = ${VOCABULARY + 1}`, sql] })
      const file = join(data, 'projections.duckdb')
      expect(await openPublished(data, { memory: '256MB' })).toEqual(
        E.left({
          kind: 'unusable',
          message:
            `cannot use the projections in ${file}: its events need version ${VOCABULARY + 1} of the vocabulary, ` +
            `but this Redress knows version ${VOCABULARY}: a newer Redress has written to it; upgrade this one`,
        }),
      )
    },
  )
})

describe('nothing but the projections is within reach', () => {
  const data = join(dir, 'locked')
  const other = join(dir, 'other.csv')
  beforeAll(async () => {
    await publish(data)
    writeFileSync(other, 'a,b\n1,2\n')
  })

  const attempts = [
    "FROM read_csv('/etc/passwd')",
    "FROM read_text('/etc/passwd')",
    "FROM read_blob('/etc/passwd')",
    "FROM sniff_csv('/etc/passwd')",
    "FROM parquet_schema('/etc/passwd')",
    "FROM glob('/etc/*')",
    `FROM '${other}'`,
    "FROM 'https://example.com/x.csv'",
    `ATTACH '${dir}/new.duckdb'`,
    `ATTACH '${data}/projections.duckdb' AS again`,
    `EXPORT DATABASE '${dir}/exported'`,
    `IMPORT DATABASE '${dir}'`,
    `COPY events TO '${dir}/out.csv'`,
    'INSTALL httpfs',
    'LOAD httpfs',
    "SET memory_limit = '100GB'",
    'SET threads = 64',
    'RESET memory_limit',
    "SET TimeZone = 'Europe/Berlin'",
    'SET enable_external_access = true',
    "SET disabled_filesystems = ''",
    `SET temp_directory = '${dir}'`,
    'SET lock_configuration = false',
    'PRAGMA threads = 64',
    'CREATE TABLE n (i INTEGER)',
    "INSERT INTO accounts VALUES ('x', 'active', 1)",
    'UPDATE accounts SET strikes = 0',
    'DELETE FROM accounts',
    'DROP TABLE accounts',
    "SELECT getenv('HOME')",
    `FROM enable_logging('QueryLog', storage = 'file', storage_path = '${dir}')`,
    `FROM enable_profiling(format = 'json', save_location = '${dir}/profile.json')`,
    "FROM query('COPY events TO ''x.csv''')",
  ]

  /** With external access off alone, DuckDB would do these. */
  const besideTheFile = [
    `COPY events TO '${data}/projections.duckdb.wal'`,
    `COPY events TO '${data}/projections.duckdb'`,
    `EXPLAIN ANALYZE COPY events TO '${data}/projections.duckdb.wal'`,
    `FROM read_blob('${data}/projections.duckdb')`,
  ]

  test.each([...attempts, ...besideTheFile])('%s is refused, and leaves nothing behind', async (sql) => {
    const before = readFileSync(join(data, 'projections.duckdb'))
    const names = readdirSync(dir).sort()
    await expect(ask(await opened(data), sql)).rejects.toThrow(/Error: /)
    expect(readdirSync(data)).toEqual(['projections.duckdb'])
    expect(readdirSync(dir).sort()).toEqual(names)
    expect(readFileSync(join(data, 'projections.duckdb')).equals(before)).toBe(true)
  })

  test('given a folder to write to, other files stay out of reach', async () => {
    const published = await opened(data, { scratch: mkdtempSync(join(dir, 'scratch-')) })
    for (const sql of [
      "FROM read_text('/etc/passwd')",
      `COPY events TO '${dir}/out.csv'`,
      `FROM '${other}'`,
    ]) {
      await expect(ask(published, sql)).rejects.toThrow(/Error: /)
    }
  })

  test('there are no secrets, and the time zone is UTC', async () => {
    const published = await opened(data)
    expect(await ask(published, 'FROM duckdb_secrets()')).toEqual([])
    expect(await ask(published, "SELECT current_setting('TimeZone')")).toEqual([['UTC']])
  })

  test('given a folder to write to, COPY writes there', async () => {
    const scratch = mkdtempSync(join(dir, 'scratch-'))
    const published = await opened(data, { scratch })
    await published.connection.run(`COPY events TO '${scratch}/events.parquet'`)
    expect(existsSync(join(scratch, 'events.parquet'))).toBe(true)
  })
})

describe('memory', () => {
  const sorting =
    'SELECT max(n) FROM (SELECT row_number() OVER (ORDER BY md5(range::VARCHAR)) AS n, range FROM range(2000000))'

  test('what does not fit is an error, and the next query works', async () => {
    await publish(join(dir, 'memory'))
    const published = await opened(join(dir, 'memory'), { memory: '40MB' })
    await expect(ask(published, sorting)).rejects.toThrow(/^Out of Memory Error/)
    expect(await ask(published, 'SELECT count(*)::INTEGER FROM events')).toEqual([[6]])
  })

  test('given a folder to write to, what does not fit goes there', async () => {
    const scratch = mkdtempSync(join(dir, 'scratch-'))
    const published = await opened(join(dir, 'memory'), { memory: '60MB', scratch })
    expect(await ask(published, sorting)).toEqual([['2000000']])
  })
})

describe('while another file is published', () => {
  test('a reader in the middle of a long query is undisturbed, and is notified', async () => {
    const data = join(dir, 'replaced')
    const big = "CREATE TABLE big AS SELECT range AS i, 'name ' || range AS s FROM range(3000000)"
    await publish(data, { more: [big] })
    const published = await opened(data)
    const result = await published.connection.stream('SELECT i, s FROM big')
    let rows = (await result.fetchChunk())?.rowCount ?? 0
    expect(publishedFileVersion(data)).toBe(published.version)

    await publish(data, { sequence: 7 })

    expect(publishedFileVersion(data)).not.toBe(published.version)
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) break
      rows += chunk.rowCount
    }
    expect(rows).toBe(3_000_000)
    expect(await ask(published, 'SELECT sum(i)::VARCHAR, max(s) FROM big')).toEqual([
      ['4499998500000', 'name 999999'],
    ])
    expect((await opened(data)).standing.sequence).toBe(7)
  })

  test('given that the file is removed, a reader can still read it', async () => {
    const data = join(dir, 'removed')
    await publish(data)
    const published = await opened(data)
    rmSync(join(data, 'projections.duckdb'))
    expect(publishedFileVersion(data)).toBeUndefined()
    expect(await ask(published, 'SELECT count(*)::INTEGER FROM events')).toEqual([[6]])
  })
})
