import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { projections } from '../../projections/index.ts'
import { sampleEvent } from '../../src/domain/sample.ts'
import { openDatabase } from '../../src/foundation/sqlite/database.ts'
import { openDeadLettersForReading } from '../../src/ingest/dead-letters/open.ts'
import { openSequenceIndex } from '../../src/ledger/eventstoredb/sequence-index.ts'
import { ledgerFile } from '../../src/ledger/sqlite/schema.ts'
import { history } from '../../src/projection/events/tables.ts'
import { fixtures, input, unpack } from '../fixtures/data-folders/unpack.ts'
import { unwrap } from '../ledger/events.ts'
import { letOthersRead, letOwnerWrite, waysWithoutWriting } from '../robustness/unwritable.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
/** The versions that this Redress makes. */
const CURRENT = { 'dead-letters.db': 2, 'keys.db': 3, 'ledger.db': 2, 'vault.db': 1 }
/** The refused lines of the input, which the dead letters have. */
const lines = readFileSync(input.events, 'utf8').trimEnd().split('\n')
const refusedLines = lines.slice(-3)

let dir = ''
const at = (name: string): string => join(dir, name)

const run = async (command: string, ...args: ReadonlyArray<string>) => {
  const child = spawn(command, args, { cwd: dir })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}
const redress = (...args: ReadonlyArray<string>) => run(process.execPath, main, ...args, '--data', 'data')
/** What a command prints as JSON; it must end with this exit code. */
const outputOf = async (code: number, ...args: ReadonlyArray<string>) => {
  const answer = await redress(...args, '--json')
  expect(answer, answer.stderr).toMatchObject({ code })
  return JSON.parse(answer.stdout)
}

const versionIn = (path: string): unknown => {
  const db = new DatabaseSync(path, { readOnly: true })
  const version = db.prepare('PRAGMA user_version').get()?.user_version
  db.close()
  return version
}
const versions = (): object =>
  Object.fromEntries(
    readdirSync(at('data'))
      .filter((name) => name.endsWith('.db'))
      .map((name) => [name, versionIn(at(`data/${name}`))]),
  )

/** The texts of the dead letters, in the order of the input. */
const letterTexts = async (): Promise<ReadonlyArray<string>> => {
  const letters = unwrap(await openDeadLettersForReading(at('data'), Date.now))
  try {
    const texts = unwrap(letters.list({})).map(({ hash }) => {
      const body = unwrap(letters.body(hash))
      return body?.kind === 'open' ? Buffer.from(body.bytes).toString() : String(body?.kind)
    })
    return texts.sort((a, b) => refusedLines.indexOf(a) - refusedLines.indexOf(b))
  } finally {
    letters.close()
  }
}

const ACCOUNTS = "SELECT account, status FROM accounts_at('2026-01-01') ORDER BY account"
const replay = ['replay', '--ruleset', input.corrected]

describe.each(fixtures)('given a data folder created by $name', ({ name, recorded }) => {
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-upgrades-'))
    unpack(name, dir)
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  test('when an account is shown, then everything that was done to it is there, with personal text', async () => {
    const { events, ...account } = await outputOf(0, 'account', 'quilter')
    expect(account).toMatchObject({ status: 'suspended', heldBy: ['d1'] })
    expect(events).toHaveLength(5)
    const text = JSON.stringify(events)
    for (const words of [
      'Your account was suspended for adult content.',
      'These are quilts, and nothing else.',
      'We looked again, and it stays.',
    ]) {
      expect(text).toContain(words)
    }
  })

  test('when the dead letters are read, then each is there, complete', async () => {
    expect(await letterTexts()).toEqual(refusedLines)
  })

  test('when the projections are older, then readers report that, and project rebuilds them', async () => {
    const isCurrent =
      recorded.projections.events === history.version &&
      projections.every(({ name, version }) => recorded.projections[name] === version)
    const before = await redress('query', ACCOUNTS)
    if (!isCurrent) {
      expect(before.code).toBe(2)
      expect(before.stderr).toMatch(
        /^redress: cannot use the projections in .*projections\.duckdb \((?:an earlier Redress wrote it: \S+ has version \d+, this one writes \d+|another Redress wrote it: \S+ has other columns or views)\): rebuild them with redress project\n$/,
      )
      const { code, stderr } = await redress(...replay, '--out', 'unprojected')
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: before.stderr.replace('redress: ', 'redress: reading the ledger: '),
      })
    }
    const { rebuilt, sequence } = await outputOf(0, 'project')
    expect({ isRebuilt: rebuilt !== null, sequence }).toEqual({ isRebuilt: !isCurrent, sequence: 14 })
    expect(await outputOf(0, 'query', ACCOUNTS)).toEqual([
      { account: 'early', status: 'active' },
      { account: 'offender', status: 'suspended' },
      { account: 'quilter', status: 'suspended' },
    ])
    expect(await outputOf(0, 'project')).toMatchObject({ rebuilt: null, events: 0 })
  })

  test('when it is replayed, then the result is the same as then, with both engines', async () => {
    for (const engine of ['columnar', 'reference']) {
      const summary = await outputOf(0, ...replay, '--out', engine, '--engine', engine)
      expect(summary).toMatchObject({ digest: recorded.digest, engine })
    }
  })

  test('when an earlier export is continued, then nothing is exported twice, and the cursor is of this version', async () => {
    const batch = readFileSync(at('statements/batch-000001.json'), 'utf8')
    await outputOf(0, 'export', 'statements', 'statements', '--mapping', input.mapping)
    expect(JSON.parse(readFileSync(at('statements/cursor.json'), 'utf8'))).toMatchObject({
      version: '2',
      statements: 4,
      batches: 1,
      corrections: 1,
    })
    expect(readFileSync(at('statements/batch-000001.json'), 'utf8')).toBe(batch)
  })

  test('when everything is ingested again, then every event and every letter is recognised', async () => {
    writeFileSync(at('events.ndjson'), readFileSync(input.events))
    // The fixture may be of a time that this machine's clock has not reached.
    const answer = await outputOf(1, 'ingest', 'events.ndjson', '--accept-clock')
    expect(answer).toMatchObject({ accepted: 0, duplicate: 14, rejected: 3 })
    expect(await letterTexts()).toEqual(refusedLines)
  })

  test('when it is backed up with its keys, then the copy has no faults', async () => {
    expect(await outputOf(0, 'backup', 'copy', '--keys', 'keys')).toMatchObject({
      sequence: 14,
      findings: [],
    })
  })

  test('then each file is of this version, and a file that is opened again is not written to', async () => {
    const files = () =>
      readdirSync(at('data')).map((file) => readFileSync(at(`data/${file}`)).toString('hex'))
    const before = files()
    await outputOf(0, 'account', 'quilter')
    await letterTexts()
    expect(files()).toEqual(before)
    expect(versions()).toEqual(CURRENT)
  })

  test('when a flag of it is rescored, then an earlier Redress cannot write to it any more, and the story has both', async () => {
    const rescored = { ...sampleEvent('flag.rescored.v1'), subject: 'quilter' }
    writeFileSync(at('rescored.ndjson'), `${JSON.stringify(rescored)}\n`)
    expect(versions()).toEqual(CURRENT)
    expect(await outputOf(0, 'ingest', 'rescored.ndjson', '--accept-clock')).toMatchObject({ accepted: 1 })
    // The vocabulary is in the upper half: an earlier Redress takes it for a newer schema.
    expect(versions()).toEqual({ ...CURRENT, 'ledger.db': 0x1_0000 + CURRENT['ledger.db'] })
    const { events, flags } = await outputOf(0, 'account', 'quilter')
    expect(events).toHaveLength(6)
    expect(flags).toMatchObject([{ flagId: 'f1', rescorings: [{ detector: { version: '4.3.2' } }] }])
    expect(await outputOf(0, 'project')).toMatchObject({ rebuilt: null, sequence: 15 })
    const { digest } = await outputOf(0, ...replay, '--out', 'replayed-again')
    expect(digest).toBe(recorded.digest)
  })

  test('when its events are in a cluster, then their numbers are unchanged, and damage can be recorded', () => {
    const index = openSequenceIndex(at('sequence.db'))
    expect(index.last()).toEqual({ sequence: 2, commit: 250n, prepare: 250n })
    expect(index.sequenceOf({ commit: 100n, prepare: 100n })).toBe(1)
    index.note([{ stream: 'account-u1', cause: 'truncated', lost: false }])
    expect(index.damaged()).toHaveLength(1)
    index.close()
    expect(versionIn(at('sequence.db'))).toBe(2)
  })
})

const oldest = '1360d78'

describe('given a data folder of the first version', () => {
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-upgrades-'))
    unpack(oldest, dir)
  })
  afterEach(() => {
    letOwnerWrite(dir)
    rmSync(dir, { recursive: true })
  })

  test('when several commands upgrade it at once, then each succeeds', async () => {
    const answers = await Promise.all([
      redress('account', 'quilter'),
      redress('dead-letters', '--json'),
      redress('account', 'quilter'),
      redress('dead-letters', '--json'),
    ])
    expect(answers.map(({ code, stderr }) => [code, stderr])).toEqual(Array(4).fill([0, '']))
    expect(await letterTexts()).toEqual(refusedLines)
    expect(versions()).toEqual(CURRENT)
  })

  test('when it is backed up before anything else, then the copy is of this version, and has no letter in clear text', async () => {
    expect(await outputOf(0, 'backup', 'copy', '--keys', 'keys')).toMatchObject({
      sequence: 14,
      findings: [],
    })
    expect(['ledger', 'vault', 'dead-letters'].map((file) => versionIn(at(`copy/${file}.db`)))).toEqual([
      2, 1, 2,
    ])
    expect(versionIn(at('keys/keys.db'))).toBe(3)
    expect(readFileSync(at('copy/dead-letters.db')).includes('It was art.')).toBe(false)
  })

  test.each(waysWithoutWriting())(
    'when the folder is read-only ($name), then what needs no upgrade is read, and the rest says what to do',
    async ({ wrap }) => {
      const command = async (...args: ReadonlyArray<string>) => {
        const [file = '', ...rest] = wrap([process.execPath, main, ...args, '--data', 'data'])
        const { code, stderr } = await run(file, ...rest)
        return [code, stderr.replace(/\S*\bdata\//g, 'data/')]
      }
      const needs = (file: keyof typeof CURRENT): string =>
        `data/${file} has schema 1 and must be upgraded to ${CURRENT[file]}, but cannot be written: run the same command on a writable copy of the data folder`
      letOthersRead(dir)
      expect(await command('ruleset', 'list')).toEqual([2, expect.stringContaining(needs('ledger.db'))])
      expect(versions()).toMatchObject({ 'dead-letters.db': 1, 'keys.db': 1, 'ledger.db': 1 })
      letOwnerWrite(dir)
      openDatabase(at('data/ledger.db'), ledgerFile).close()
      letOthersRead(dir)
      expect(await command('ruleset', 'list')).toEqual([0, ''])
      expect(await command('dead-letters')).toEqual([2, expect.stringContaining(needs('dead-letters.db'))])
      expect(await command('account', 'quilter')).toEqual([2, expect.stringContaining(needs('keys.db'))])
      expect(versions()).toMatchObject({ 'dead-letters.db': 1, 'keys.db': 1 })
    },
  )
})

describe('given a file that a newer Redress wrote', () => {
  const whole = mkdtempSync(join(tmpdir(), 'redress-newer-files-'))
  beforeAll(async () => {
    dir = whole
    unpack(fixtures.at(-1)?.name ?? '', whole)
    await outputOf(0, 'project')
    await outputOf(0, 'account', 'quilter')
    await letterTexts()
  })
  afterAll(() => rmSync(whole, { recursive: true }))
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-newer-files-'))
    cpSync(whole, dir, { recursive: true })
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const newerThan = (file: string, version: number): string =>
    `data/${file} was written by a newer Redress (schema ${version + 1}, this one knows ${version}): update Redress\n`
  const LEDGER = 'redress: cannot use the ledger: '

  test.each<[keyof typeof CURRENT, string, ReadonlyArray<string>]>([
    ['ledger.db', LEDGER, ['account', 'quilter']],
    ['ledger.db', LEDGER, ['ingest', input.events]],
    ['ledger.db', LEDGER, ['project']],
    ['ledger.db', LEDGER, ['backup', 'copy']],
    ['vault.db', LEDGER, ['ruleset', 'list']],
    ['vault.db', LEDGER, ['backup', 'copy']],
    ['keys.db', LEDGER, ['account', 'quilter']],
    ['keys.db', LEDGER, ['backup', 'copy', '--keys', 'keys']],
    ['dead-letters.db', 'redress: reading or writing the dead letters failed: ', ['dead-letters']],
    ['dead-letters.db', 'redress: cannot open the dead letters: ', ['ingest', input.events]],
    ['dead-letters.db', 'redress: reading or writing the dead letters failed: ', ['backup', 'copy']],
  ])('when it is %s, then one line says so (%s), and nothing is written: %s', async (file, prefix, args) => {
    const version = CURRENT[file]
    const db = new DatabaseSync(at(`data/${file}`))
    db.exec(`PRAGMA user_version=${version + 1}`)
    db.close()
    const { code, stderr } = await redress(...args)
    expect({ code, stderr }).toEqual({ code: 2, stderr: prefix + newerThan(file, version) })
    expect(versionIn(at(`data/${file}`))).toBe(version + 1)
    expect(readdirSync(dir)).not.toContain('copy')
  })

  test.each([
    [['query', ACCOUNTS]],
    [['export', 'statements', 'statements', '--mapping', input.mapping]],
    [['project']],
  ])(
    'when it is the published file, then it is left unchanged, and one line says what to do: %j',
    async (args) => {
      const file = at('data/projections.duckdb')
      const instance = await DuckDBInstance.create(file)
      const connection = await instance.connect()
      await connection.run("UPDATE projections SET version = version + 1 WHERE name = 'events'")
      connection.closeSync()
      instance.closeSync()
      const before = readFileSync(file)
      const { code, stderr } = await redress(...args)
      expect(code).toBe(2)
      expect(stderr).toMatch(
        /^redress: .*data\/projections\.duckdb .*\(a newer Redress wrote it: events has version \d+, this one writes \d+\): update Redress, or rebuild the projections for this version with redress project --rebuild\n$/,
      )
      expect(readFileSync(file).equals(before)).toBe(true)
    },
  )

  test('when it is the cursor of an export, then one line says so, and the export is unchanged', async () => {
    const cursor = JSON.parse(readFileSync(at('statements/cursor.json'), 'utf8'))
    writeFileSync(at('statements/cursor.json'), JSON.stringify({ ...cursor, version: '3' }))
    const { code, stderr } = await redress('export', 'statements', 'statements', '--mapping', input.mapping)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(
        'statements/cursor.json: a newer Redress wrote it (version 3, this one knows 2): update Redress\n',
      ),
    })
  })

  test('when it is the index of a cluster’s sequences, then the error says so', () => {
    const db = new DatabaseSync(at('sequence.db'))
    db.exec('PRAGMA user_version=3')
    db.close()
    expect(() => openSequenceIndex(at('sequence.db'))).toThrow(
      'sequence.db was written by a newer Redress (schema 3, this one knows 2): update Redress',
    )
  })
})
