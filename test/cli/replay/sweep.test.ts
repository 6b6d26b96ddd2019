import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepFiles } from '../../../src/replay/sweep/write.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const vector = join(import.meta.dirname, '../../vectors/10-missed')
const corrected = join(vector, 'corrected.json')
const SWEEP = 'adult.explicit: signals.adult_score >= 0.80..0.95 step 0.05'

let dir = ''
let data = ''

const redress = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: dir })
const swept = (...args: ReadonlyArray<string>) => redress('replay', '--sweep', SWEEP, '--data', data, ...args)

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-cli-'))
  data = join(dir, 'data')
  expect(redress('ingest', join(vector, 'events.ndjson'), '--data', data)).toMatchObject({ status: 0 })
  expect(redress('project', '--data', data)).toMatchObject({ status: 0 })
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger in which a threshold let accounts go', () => {
  test('when it is swept, then a table and a plot show each threshold, and the one in force is marked', () => {
    const run = swept()
    expect(run).toMatchObject({ status: 0, stderr: '' })
    expect(run.stdout).toMatch(/^Sweep of community-guidelines 2025-04-01 \(/)
    expect(run.stdout).toMatch(/\n +threshold +upheld +wrongful +indeterminate +missed\b/)
    expect(run.stdout).toMatch(/\n +0\.80( +\d+){4}/)
    expect(run.stdout).toMatch(/\n {2}now +0\.97( +\d+){4}/)
    expect(run.stdout).toMatch(/\n +missed │/)
    expect(run.stdout).toMatch(/\n +▲ now 0\.97\n/)
    expect(readdirSync(dir)).toEqual(['data'])
  })

  test('when a threshold is replayed by itself, then its classes are those of the sweep', () => {
    const { steps } = JSON.parse(swept('--ruleset', corrected, '--json').stdout)
    const args = ['--ruleset', corrected, '--data', data, '--out', 'replayed', '--json']
    const { classes } = JSON.parse(redress('replay', ...args).stdout)
    expect(steps[0]).toEqual({ threshold: 0.8, isCurrent: true, classes })
    rmSync(join(dir, 'replayed'), { recursive: true })
  })

  test('when a folder is given, then the files are in it, and the JSON is what is printed', () => {
    const run = swept('--out', 'result')
    expect(run.stdout).toContain('\nWritten to result: sweep.csv, sweep.svg, sweep.json\n')
    expect(readdirSync(join(dir, 'result')).sort()).toEqual([...sweepFiles].sort())
    expect(readFileSync(join(dir, 'result/sweep.json'), 'utf8')).toBe(swept('--json').stdout)
  })

  test('when the plan is asked for, then the steps of the columnar engine are on stderr', () => {
    expect(swept('--explain-plan').stderr).toMatch(/^rows taken from the base: \d+ rows?\n/m)
    expect(swept('--explain-plan', '--engine', 'reference')).toMatchObject({ status: 64 })
  })

  test.each([
    [['--correction', 'c.yaml'], /cannot be used with option '--correction <file>'/],
    [['--format', 'csv'], /cannot be used with option '--format <format>'/],
    [['--from', '2025-05-02', '--to', '2025-05-01'], /the period must start before it ends/],
  ])('when it is swept with %j, then it is a usage error', (more, message) => {
    const run = swept(...more)
    expect(run.status).toBe(64)
    expect(run.stderr).toMatch(message)
  })

  test.each([
    ['adult.explicit: 0.8', 64, /^redress: --sweep: "adult\.explicit: 0\.8" is not a sweep: write RULE: /],
    [
      'adult.explicit: signals.adult_score > 0.1..0.2 step 0.1',
      64,
      /^redress: rule adult\.explicit has no comparison .* \(--sweep\)\n$/,
    ],
    [
      'no.such: signals.adult_score > 0.1..0.2 step 0.1',
      2,
      /^redress: no ruleset in force has a rule no\.such; give one \(--ruleset\)\n$/,
    ],
  ])('when %s is asked for, then one line says why it cannot be', (sweep, status, message) => {
    const run = redress('replay', '--sweep', sweep, '--data', data)
    expect(run.status).toBe(status)
    expect(run.stderr).toMatch(message)
  })

  test('when neither a sweep nor a folder is given, then the folder is asked for', () => {
    const run = redress('replay', '--ruleset', corrected, '--data', data)
    expect(run).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('give the folder for the result: --out'),
    })
  })
})
