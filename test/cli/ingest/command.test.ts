import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openExisting } from '../../../src/ledger/open.ts'
import { mixed } from '../../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import { all } from '../../ledger/contract.ts'
import { unwrap } from '../../ledger/events.ts'
import { often } from '../../long/often.ts'
import { PATIENCE } from '../../patience.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
let dir = ''
let identities: ReadonlySet<string> = new Set()
let lineCount = 0

const at = (name: string): string => join(dir, name)
const redress = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: dir })
const jsonOf = (run: { readonly stdout: string }) => Object(JSON.parse(run.stdout))

const identityOf = (json: unknown): string => {
  const { subject, source, id } = Object(json)
  return JSON.stringify([subject, source, id])
}
const stored = async (data: string): Promise<ReadonlyArray<string>> => {
  const { ledger, close } = unwrap(await openExisting(at(data)))
  const events = await all(ledger.readAll(null))
  await close()
  return events.map(({ canonical }) => identityOf(JSON.parse(canonical)))
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-ingest-'))
  const lines = [...simulate({ scenario: mixed, seed: 3, accounts: 4000 }).lines()]
  lineCount = lines.length
  identities = new Set(lines.map((line) => identityOf(JSON.parse(line))))
  writeFileSync(at('events.ndjson'), `${lines.join('\n')}\n`)
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a file of some forty thousand events', () => {
  test('when ingest is killed at random moments and run again, then nothing is lost or duplicated', async () => {
    for (let round = 0; round < often(4, 40); round++) {
      const child = spawn(process.execPath, [main, 'ingest', 'events.ndjson', '--data', 'killed'], {
        cwd: dir,
        stdio: 'ignore',
      })
      const ended = new Promise((resolve) => child.on('close', resolve))
      setTimeout(() => child.kill('SIGKILL'), 250 + round * 60)
      await ended
    }
    const last = redress('ingest', 'events.ndjson', '--data', 'killed', '--json')
    expect(last.status).toBe(0)
    const { accepted, duplicate, rejected } = jsonOf(last)
    expect(accepted + duplicate).toBe(lineCount)
    expect(rejected).toBe(0)
    const events = await stored('killed')
    expect(events).toHaveLength(identities.size)
    expect(new Set(events)).toEqual(identities)
  })

  test('when two processes ingest it at once, then each event is there once', async () => {
    const run = () =>
      new Promise<number | null>((resolve) =>
        spawn(process.execPath, [main, 'ingest', 'events.ndjson', '--data', 'both'], {
          cwd: dir,
          stdio: 'ignore',
        }).on('close', resolve),
      )
    expect(await Promise.all([run(), run()])).toEqual([0, 0])
    expect([...(await stored('both'))].sort()).toEqual([...identities].sort())
  })

  test('when it is stopped by SIGTERM, then it reports how far it got, and what it counted is stored', async () => {
    const child = spawn(process.execPath, [main, 'ingest', '-', '--data', 'stopped', '--json'], { cwd: dir })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    // What was not read when it is stopped.
    child.stdin.on('error', () => {})
    child.stdin.write(readFileSync(at('events.ndjson')).subarray(0, 3_000_000))
    const log = join(dir, 'stopped', 'ledger.db-wal')
    const written = (): number => statSync(log, { throwIfNoEntry: false })?.size ?? 0
    await expect.poll(written, { timeout: PATIENCE, interval: 50 }).toBeGreaterThan(1_000_000)
    child.kill('SIGTERM')
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(143)
    const { accepted } = jsonOf({ stdout: out })
    expect(accepted).toBeGreaterThan(0)
    expect(await stored('stopped')).toHaveLength(accepted)
  })

  test('when memory is limited, then it is enough', () => {
    const run = spawnSync(
      process.execPath,
      ['--max-old-space-size=64', main, 'ingest', 'events.ndjson', '--data', 'small'],
      {
        encoding: 'utf8',
        cwd: dir,
      },
    )
    expect(run).toMatchObject({ status: 0 })
  })
})

describe('given a file with bad lines', () => {
  test('when it is ingested, then the exit code and stderr report it, and dead-letters keeps, shows, resubmits and purges them', () => {
    const [line = ''] = readFileSync(at('events.ndjson'), 'utf8').split('\n', 1)
    const good =
      readFileSync(join(import.meta.dirname, '../../vectors/01-threshold-typo/events.ndjson'), 'utf8').split(
        '\n',
      )[2] ?? ''
    const bad = good.replace('"flagId": "f1"', '"flagId": "f 1"')
    writeFileSync(at('bad.ndjson'), `${line}\n${bad}\nnot json\n`)
    const run = redress('ingest', 'bad.ndjson', '--data', 'bad')
    expect(run.status).toBe(1)
    expect(run.stderr).toContain('bad.ndjson:2: data.flagId')
    expect(run.stderr).toContain('bad.ndjson:3:')

    const letters = jsonOf(redress('dead-letters', 'list', '--data', 'bad', '--json')).letters
    expect(letters).toHaveLength(2)
    const { hash } = letters.find(({ path }: { path: string }) => path === 'data.flagId')
    expect(redress('dead-letters', 'show', hash.slice(0, 8), '--data', 'bad').stdout).toContain('f 1')

    const again = redress('dead-letters', 'resubmit', hash, '--data', 'bad')
    expect(again.status).toBe(1)
    writeFileSync(at('mended.json'), good)
    expect(redress('dead-letters', 'resubmit', hash, '--file', 'mended.json', '--data', 'bad').status).toBe(0)
    const shown = jsonOf(redress('dead-letters', 'show', hash, '--data', 'bad', '--json'))
    expect(JSON.stringify(shown)).toContain('e-0003')

    expect(redress('dead-letters', 'purge', '--older-than', '1d', '--data', 'bad').status).toBe(0)
    expect(jsonOf(redress('dead-letters', 'list', '--data', 'bad', '--json')).letters).toHaveLength(2)
  })

  test('when there is no such file, then it reports that', () => {
    const run = redress('ingest', 'none.ndjson', '--data', 'x')
    expect(run).toMatchObject({ status: 2 })
    expect(run.stderr).toContain('none.ndjson')
  })
})
