import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mixed } from '../../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import { often } from '../../long/often.ts'
import { PATIENCE } from '../../patience.ts'
import { tablesOf } from '../../projection/projecting.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
let dir = ''
let lines: ReadonlyArray<string> = []

const at = (name: string): string => join(dir, name)
const redress = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: dir })
const start = (...args: ReadonlyArray<string>) =>
  spawn(process.execPath, [main, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] })
const jsonOf = (run: { readonly stdout: string }) => Object(JSON.parse(run.stdout))

const ingest = (data: string, from: number, to: number): void => {
  writeFileSync(at('part.ndjson'), `${lines.slice(from, to).join('\n')}\n`)
  expect(redress('ingest', 'part.ndjson', '--data', data).status).toBe(0)
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-project-'))
  lines = [...simulate({ scenario: mixed, seed: 5, accounts: 3000 }).lines()]
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger that grows', () => {
  test('when projecting is killed at random moments, then the tables equal those of a clean rebuild', async () => {
    const parts = often(3, 24)
    for (let part = 0; part < parts; part++) {
      ingest(
        'killed',
        Math.floor((lines.length * part) / parts),
        Math.floor((lines.length * (part + 1)) / parts),
      )
      for (const wait of [200, 450, 700, 900]) {
        const child = start('project', '--data', 'killed')
        const ended = once(child, 'close')
        await setTimeout(wait + part * 30)
        child.kill('SIGKILL')
        await ended
      }
    }
    const last = redress('project', '--data', 'killed', '--json')
    expect(last.status).toBe(0)
    const inPieces = await tablesOf(at('killed'))

    const clean = redress('project', '--data', 'killed', '--rebuild', '--json')
    expect(clean.status).toBe(0)
    expect(jsonOf(clean).sequence).toBe(jsonOf(last).sequence)

    expect(await tablesOf(at('killed'))).toEqual(inPieces)
    expect(readdirSync(at('killed')).filter((name) => name.includes('.work'))).toEqual([])
  })

  test('when it is followed and killed while it publishes, then what is published is always complete', async () => {
    const third = Math.floor(lines.length / 3)
    ingest('followed', 0, third)
    const child = start('project', '--follow', '--data', 'followed', '--json')
    let log = ''
    child.stderr.on('data', (chunk) => {
      log += String(chunk)
    })
    while (!log.includes('"published"')) await setTimeout(50)
    const before = redress(
      'query',
      'SELECT count(*)::INTEGER AS n FROM events',
      '--data',
      'followed',
      '--json',
    )
    expect(before.stderr).toMatch(/As of sequence [\d,]+, recorded /)

    ingest('followed', third, 2 * third)
    const during = redress(
      'query',
      'SELECT sequence, (SELECT count(*) FROM events) AS n FROM cursor',
      '--data',
      'followed',
      '--json',
    )
    const [{ sequence, n }] = JSON.parse(during.stdout)
    expect(n).toBe(sequence)

    const ended = once(child, 'close')
    child.kill('SIGTERM')
    const [code] = await ended
    expect(code).toBe(0)
    const after = redress('query', 'SELECT sequence FROM cursor', '--data', 'followed', '--json')
    expect(JSON.parse(after.stdout)[0].sequence).toBeGreaterThan(sequence)
  })
})

test('a run that is asked to stop ends, wherever it is', async () => {
  cpSync(at('killed'), at('stopped'), { recursive: true })
  for (const wait of [400, 550, 700, 850, 1000, 1150]) {
    const child = start('project', '--rebuild', '--data', 'stopped')
    const ended = once(child, 'close')
    await setTimeout(wait)
    child.kill('SIGTERM')
    const [code] = await Promise.race([ended, setTimeout(PATIENCE, ['it hangs'])])
    if (code === 'it hangs') child.kill('SIGKILL')
    // Before it listens to signals, they end it as usual.
    expect([0, 143, null]).toContain(code)
  }
})

describe('what is reported', () => {
  test('a second run has nothing to do, and says so', () => {
    const run = redress('project', '--data', 'killed')
    expect(run.status).toBe(0)
    expect(run.stdout).toMatch(/^Projected 0 events; published as of sequence [\d,]+\n$/)
  })

  test('a folder without a ledger is reported, with what to do', () => {
    const run = redress('project', '--data', 'nowhere')
    expect(run.status).toBe(2)
    expect(run.stderr).toMatch(/redress ingest/)
  })

  test('a damaged event is named, and the published file is unchanged', async () => {
    ingest('damaged', 0, 2000)
    expect(redress('project', '--data', 'damaged').status).toBe(0)
    const { DatabaseSync } = await import('node:sqlite')
    const db = new DatabaseSync(at('damaged/ledger.db'))
    db.exec('DROP TRIGGER events_no_update')
    db.exec("UPDATE events SET canonical = replace(canonical, '1.0', '2.0') WHERE sequence = 1500")
    db.exec(
      `CREATE TRIGGER events_no_update BEFORE UPDATE ON events
      BEGIN SELECT RAISE(ABORT, 'events are never changed or deleted'); END`,
    )
    db.close()
    const run = redress('project', '--data', 'damaged', '--rebuild')
    expect(run.status).toBe(2)
    expect(run.stderr).toMatch(/event 1500/)
    expect(redress('query', 'SELECT 1', '--data', 'damaged').status).toBe(0)
  })
})

describe('report health', () => {
  test('names what needs attention, and exits with 1 when there is a spike', () => {
    appendFileSync(at('bad.ndjson'), 'no event\n')
    redress('ingest', 'bad.ndjson', '--data', 'killed')

    const run = redress('report', 'health', '--data', 'killed', '--as-of', '2025-05-19', '--json')

    expect(run.status).toBe(1)
    const health = jsonOf(run)
    expect(health.overturnSpikes[0]).toMatchObject({ rule: 'adult.explicit', rulesetVersion: '2025-04-28' })
    expect(health.unansweredAppeals.count).toBeGreaterThan(10)
    expect(health.unansweredAppeals.oldest).toHaveLength(10)
    expect(health.projectionLag).toMatchObject({ events: 0 })
    expect(health.deadLetters).toEqual([{ code: 'not_json', count: 1 }])
    const text = redress('report', 'health', '--data', 'killed', '--as-of', '2025-05-19').stdout
    expect(text).toMatch(/Overturn spikes\n +last week/)
    expect(text).toMatch(/1 {2}not_json: it is not one JSON value/)
  })

  test('before anything is projected it says what to do', () => {
    ingest('bare', 0, 10)
    const run = redress('report', 'health', '--data', 'bare')
    expect(run.status).toBe(2)
    expect(run.stderr).toMatch(/run redress project/)
  })
})

test('a replay from the projections writes exactly the files that one from the ledger writes', () => {
  const { rulesetText } = simulateTruth()
  writeFileSync(at('corrected.yaml'), rulesetText)
  for (const engine of ['columnar', 'reference']) {
    const given = ['--ruleset', 'corrected.yaml', '--data', 'killed', '--out', engine, '--engine', engine]
    const run = redress('replay', ...given)
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
  }
  const text = (engine: string, file: string): string => readFileSync(join(dir, engine, file), 'utf8')
  for (const file of readdirSync(at('reference'))) {
    expect(text('columnar', file).replace('"columnar"', '"reference"')).toBe(text('reference', file))
  }
})

const simulateTruth = (): { readonly rulesetText: string } => {
  const run = redress(
    'simulate',
    '--accounts',
    '1000',
    '--out',
    's.ndjson',
    '--truth',
    't.json',
    '--ruleset',
    's.yaml',
  )
  expect(run.status).toBe(0)
  return { rulesetText: readFileSync(at('s.yaml'), 'utf8') }
}
