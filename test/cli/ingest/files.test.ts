import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mixed } from '../../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import { often } from '../../long/often.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
let dir = ''
let lines: ReadonlyArray<string> = []
let text = ''

const at = (name: string): string => join(dir, name)
const redress = (args: ReadonlyArray<string>, input?: Uint8Array | string) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: dir, input })
/** What `ingest --json` counted. */
const countsOf = ({ stdout }: { readonly stdout: string }) => {
  const { accepted, duplicate, rejected, lastLine } = Object(JSON.parse(stdout))
  return { accepted, duplicate, rejected, lastLine }
}
const lettersOf = (data: string): number =>
  Object(JSON.parse(redress(['dead-letters', 'list', '--data', data, '--json']).stdout)).letters.length

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-files-'))
  // Each event once, for what is delivered again counts as a duplicate.
  const byIdentity = new Map<string, string>()
  for (const line of simulate({ scenario: mixed, seed: 5, accounts: 1500 }).lines()) {
    const { source, id } = Object(JSON.parse(line))
    byIdentity.set(`${source} ${id}`, line)
  }
  lines = [...byIdentity.values()]
  text = `${lines.join('\n')}\n`
  writeFileSync(at('events.ndjson.gz'), gzipSync(text))
  writeFileSync(at('events.ndjson.zst'), zstdCompressSync(text))
  writeFileSync(at('cut.ndjson.gz'), gzipSync(text).subarray(0, -1_000))
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a compressed file', () => {
  test('when it is ingested as a file and from a pipe, then each event is ingested once', () => {
    const file = redress(['ingest', 'events.ndjson.gz', '--data', 'packed', '--json'])
    const all = lines.length
    expect(countsOf(file)).toEqual({ accepted: all, duplicate: 0, rejected: 0, lastLine: all })
    const other = redress(['ingest', 'events.ndjson.zst', '--data', 'packed', '--json'])
    expect(countsOf(other)).toEqual({ accepted: 0, duplicate: all, rejected: 0, lastLine: all })
    const pipe = redress(['ingest', '-', '--data', 'packed', '--json'], zstdCompressSync(text))
    expect(countsOf(pipe)).toEqual({ accepted: 0, duplicate: all, rejected: 0, lastLine: all })
  })

  test('when ingest is killed at random moments and run again, then nothing is lost or duplicated', async () => {
    for (let round = 0; round < often(3, 20); round++) {
      const child = spawn(process.execPath, [main, 'ingest', 'events.ndjson.zst', '--data', 'killed'], {
        cwd: dir,
        stdio: 'ignore',
      })
      const ended = new Promise((resolve) => child.on('close', resolve))
      setTimeout(() => child.kill('SIGKILL'), 400 + round * 150)
      await ended
    }
    const last = redress(['ingest', 'events.ndjson.zst', '--data', 'killed', '--json'])
    const { accepted, duplicate, rejected } = countsOf(last)
    expect({ all: accepted + duplicate, rejected }).toEqual({ all: lines.length, rejected: 0 })
    const again = redress(['ingest', 'events.ndjson.zst', '--data', 'killed', '--json'])
    expect(countsOf(again)).toMatchObject({ accepted: 0, duplicate: lines.length })
  })

  test('when it is truncated, then nothing of it is ingested', () => {
    const run = redress(['ingest', 'cut.ndjson.gz', '--data', 'cut'])
    expect(run.stderr).toBe(
      'redress: cannot read cut.ndjson.gz: its compressed data is truncated; get a complete copy\n' +
        'Nothing was ingested.\n',
    )
    expect(run).toMatchObject({ status: 2, stdout: '' })
    expect(existsSync(at('cut'))).toBe(false)
  })

  test('when it is truncated and comes from a pipe, then its complete lines are ingested, and the rest once it is complete', () => {
    const run = redress(['ingest', '-', '--data', 'pipe', '--json'], gzipSync(text).subarray(0, -1_000))
    const { accepted, rejected, lastLine } = countsOf(run)
    expect(run.stderr).toBe(
      'redress: cannot read stdin: its compressed data is truncated; get a complete copy\n' +
        `Stopped after line ${lastLine}: what is counted is on disk. Fix the problem and run it again; events already stored count as duplicates.\n`,
    )
    expect(run.status).toBe(2)
    expect(accepted).toBeGreaterThan(lines.length / 2)
    expect({ accepted, rejected }).toEqual({ accepted: lastLine, rejected: 0 })
    const whole = redress(['ingest', 'events.ndjson.gz', '--data', 'pipe', '--json'])
    expect(countsOf(whole)).toMatchObject({ accepted: lines.length - accepted, duplicate: accepted })
  })
})

describe('given a file that is not NDJSON', () => {
  const message =
    "is not NDJSON: none of its first 1,000 lines is a JSON object; it looks like a JSON array. Put each event on one line: jq -c '.[]' FILE | redress ingest -\n"
  const array = (): string =>
    JSON.stringify(
      lines.slice(0, 100).map((line) => JSON.parse(line)),
      null,
      2,
    )

  test('when it is ingested, then the whole file is refused, with what to do', () => {
    writeFileSync(at('array.json'), array())
    const run = redress(['ingest', 'array.json', '--data', 'array'])
    expect(run.stderr).toBe(`redress: array.json ${message}Nothing was ingested.\n`)
    expect(run).toMatchObject({ status: 2, stdout: '' })
    expect(existsSync(at('array'))).toBe(false)
  })

  test('when it comes from a pipe, then the lines read so far are kept as dead letters, and it stops', () => {
    const run = redress(['ingest', '-', '--data', 'piped', '--json'], array())
    const [, last] = /Stopped after line (\d+); the lines up to there are stored/.exec(run.stderr) ?? []
    expect(run.stderr).toContain(`redress: stdin ${message}Stopped after line ${last}`)
    expect(Number(last)).toBeGreaterThanOrEqual(1_000)
    expect(run.status).toBe(2)
    expect(countsOf(run)).toEqual({
      accepted: 0,
      duplicate: 0,
      rejected: Number(last),
      lastLine: Number(last),
    })
    expect(lettersOf('piped')).toBeGreaterThan(0)
  })

  test('when it is a named pipe, then it is read once', async () => {
    spawnSync('mkfifo', [at('fifo')])
    const child = spawn(process.execPath, [main, 'ingest', 'fifo', '--data', 'fifo-data', '--json'], {
      cwd: dir,
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    spawn('sh', ['-c', 'cat events.ndjson.gz > fifo'], { cwd: dir })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(0)
    expect(countsOf({ stdout: out })).toMatchObject({ accepted: lines.length, rejected: 0 })
  })
})
