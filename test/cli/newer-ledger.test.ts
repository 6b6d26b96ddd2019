import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VOCABULARY } from '../../src/domain/vocabulary.ts'
import type { PreparedEvent } from '../../src/ledger/event/prepare.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { mixed } from '../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../src/simulation/simulate.ts'
import { flag, newer, unwrap } from '../ledger/events.ts'
import { startTestServer, type TestServer } from '../ledger/eventstoredb/server/server.ts'
import { letOthersRead, letOwnerWrite, waysWithoutWriting } from '../robustness/unwritable.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const NEWER = VOCABULARY + 1
const WHY =
  `its events need version ${NEWER} of the vocabulary, but this Redress knows version ${VOCABULARY}: ` +
  'a newer Redress has written to it; upgrade this one'
const REFUSED = `redress: cannot use the ledger: ${WHY}\n`

let dir = ''
let server: TestServer
const at = (name: string): string => join(dir, name)
const start = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [main, ...args], { cwd: dir })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }))
  return { child, ended, printed: () => stdout + stderr }
}
const redress = (...args: ReadonlyArray<string>) => start(...args).ended

const append = async (data: string, cluster: string | undefined, ...events: ReadonlyArray<PreparedEvent>) => {
  const { ledger, close } = unwrap(await openLedger(at(data), { cluster }))
  for (const event of events) {
    unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  }
  await close()
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-newer-'))
  server = await startTestServer()
  const { truth } = simulate({ scenario: mixed, seed: 3, accounts: 250 })
  writeFileSync(at('corrected.json'), JSON.stringify(truth.rulesetCorrected))
  writeFileSync(at('events.ndjson'), '')
  for (const [data, url] of [['data'], ['beside', server.url]] as const) {
    await append(data, url, flag('e1'))
    const place = ['--data', data, ...(url === undefined ? [] : ['--ledger', url])]
    expect(await redress('project', ...place)).toMatchObject({ code: 0 })
    await append(data, url, newer('e2', NEWER))
  }
})
afterAll(async () => {
  await server.close()
  rmSync(dir, { recursive: true })
})

const commands: ReadonlyArray<string> = [
  'account u1',
  'alarm',
  'consume --brokers 127.0.0.1:9 --topic events',
  'dead-letters resubmit --all',
  'explain d1 --ruleset corrected.json',
  'hold lift h1 --by ana --reason fixed',
  'hold list',
  'hold request --rule r --by ana --reason wrong',
  'incident close i1 --conclusion confirmed --by ana',
  'incident note i1 text --by ana',
  'incident open --title t --suspect rule=r --by ana',
  'incident show i1',
  'ingest events.ndjson',
  'project',
  'project --follow',
  'project --rebuild',
  'remediation approve i1-1 --by ana',
  'remediation cancel i1-1 --by ana --reason wrong',
  'remediation pause i1-1 --by ana --reason wrong',
  'remediation plan --incident i1 --ruleset corrected.json --by ana',
  'remediation resume i1-1 --by ana',
  'remediation review i1-1',
  'remediation run i1-1 --by ana --once',
  'remediation sample i1-1 --by ana',
  'remediation show i1-1',
  'replay --ruleset corrected.json --out replayed',
  'report health',
  'ruleset list',
  'ruleset publish corrected.json',
  'ruleset rehearse corrected.json',
  'ruleset impact corrected.json --since 2025-01-01',
  'statement d1 --account u1',
  'tripwires',
  'watch --until-end',
]

describe('given a ledger whose vocabulary a newer Redress has raised', () => {
  const refused = 'then one line says which version is needed and what to do'
  test.each(commands)(`when %s is run, ${refused}`, async (command) => {
    const answer = await redress(...command.split(' '), '--data', 'data')
    expect(answer).toEqual({ code: 2, stdout: '', stderr: REFUSED })
  })

  test.each(['ingest events.ndjson', 'report health', 'ruleset list'])(
    `when its events are in a cluster and %s is run, ${refused}`,
    async (command) => {
      const place = ['--data', 'beside', '--ledger', server.url]
      const answer = await redress(...command.split(' '), ...place)
      expect(answer).toEqual({ code: 2, stdout: '', stderr: REFUSED })
    },
  )

  test('when it is backed up or copied, then that is refused in the same way, and nothing is created', async () => {
    expect(await redress('backup', 'copy', '--data', 'data')).toEqual({
      code: 2,
      stdout: '',
      stderr: REFUSED,
    })
    expect(existsSync(at('copy'))).toBe(false)
    const copied = await redress('copy', '--from', 'data', '--to', server.url)
    expect(copied).toEqual({ code: 2, stdout: '', stderr: REFUSED })
    expect(existsSync(at('data/ledger.db'))).toBe(true)
  })
})

describe('given projections that a newer Redress has published from such a ledger', () => {
  beforeAll(async () => {
    await append('published', undefined, flag('e1'))
    expect(await redress('project', '--data', 'published')).toMatchObject({ code: 0 })
    const report = ['--from', '2025-04-01', '--to', '2025-07-01', '--out', 'report.json']
    expect(await redress('report', 'transparency', ...report, '--data', 'published')).toMatchObject({
      code: 0,
    })
    writeFileSync(at('mapping.yaml'), 'territorial_scope: EU\ncategories: {}\n')
    const instance = await DuckDBInstance.create(at('published/projections.duckdb'))
    const connection = await instance.connect()
    await connection.run(`UPDATE cursor SET vocabulary = ${NEWER}`)
    connection.closeSync()
    instance.closeSync()
  })

  test.each([
    'query SELECT(1)',
    'audit list',
    'incident list',
    'report transparency --from 2025-04-01 --to 2025-07-01',
    'report restate report.json',
    'report health',
    'export parquet exported',
    'export statements stated --mapping mapping.yaml',
    'statement d1',
  ])(
    'when %s is run, then one line says which version is needed, and nothing is written',
    async (command) => {
      const { code, stdout, stderr } = await redress(...command.split(' '), '--data', 'published')
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^redress: [^\n]*\n$/)
      expect(stderr).toContain(`published/projections.duckdb: ${WHY}`)
      for (const made of ['exported', 'stated']) expect(existsSync(at(made))).toBe(false)
    },
  )
})

describe('given such a ledger in a read-only folder', () => {
  test.each(waysWithoutWriting())(
    'when it is read ($name), then it is refused in the same way',
    ({ wrap }) => {
      const cwd = mkdtempSync(join(tmpdir(), 'redress-newer-'))
      try {
        cpSync(at('data'), join(cwd, 'data'), { recursive: true })
        letOthersRead(cwd)
        for (const command of [
          ['account', 'u1'],
          ['ruleset', 'list'],
        ]) {
          const [file = '', ...args] = wrap([process.execPath, main, ...command, '--data', 'data'])
          const { status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' })
          expect({ code: status, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: REFUSED })
        }
      } finally {
        letOwnerWrite(cwd)
        rmSync(cwd, { recursive: true })
      }
    },
  )
})

describe.each(['embedded', 'in a cluster'])('given a ledger (%s) that is followed', (where) => {
  test('when a newer Redress raises its vocabulary, then the follower stops with that line, and nothing is called damaged', async () => {
    const data = `followed ${where}`
    const cluster = where === 'embedded' ? undefined : server.url
    if (cluster !== undefined) {
      // The one before was raised.
      await server.close()
      server = await startTestServer()
    }
    const url = cluster === undefined ? undefined : server.url
    await append(data, url, flag('e1'))
    const place = ['--data', data, ...(url === undefined ? [] : ['--ledger', url])]
    const { printed, ended } = start('project', '--follow', ...place)
    while (!/published|up to date|sequence 1/i.test(printed()))
      await new Promise((resolve) => setTimeout(resolve, 50))
    await append(data, url, newer('e2', NEWER))
    const { code, stderr } = await ended
    expect(code).toBe(2)
    expect(stderr).toContain(REFUSED)
    expect(stderr).not.toContain('damaged')
  })
})
