import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { statementProblems } from '../../../src/reports/statements/statement.ts'
import { exampleFile, exampleText } from '../../reports/statements/mappings.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-statements-'))
const data = join(dir, 'data')
afterAll(() => rmSync(dir, { recursive: true }))

const redress = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: dir,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const command = (out: string, ...args: ReadonlyArray<string>) =>
  ['export', 'statements', join(dir, out), '--data', data, '--mapping', exampleFile, ...args] as const
const exported = (out: string, ...args: ReadonlyArray<string>) => redress(...command(out, ...args))

const statementsIn = (out: string): ReadonlyArray<{ puid: string }> =>
  globSync('batch-*.json', { cwd: join(dir, out) })
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(dir, out, name), 'utf8')).statements)
const linesIn = (out: string, name: string) =>
  readFileSync(join(dir, out, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const mapping = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

beforeAll(() => {
  for (const args of [
    [
      'simulate',
      '--scenario',
      'threshold-typo',
      '--accounts',
      '1000',
      '--out',
      'events.ndjson',
      '--truth',
      't.json',
      '--ruleset',
      'r.yaml',
    ],
    ['ingest', 'events.ndjson', '--data', data],
    ['project', '--data', data],
  ]) {
    expect(redress(...args)).toMatchObject({ status: args[0] === 'ingest' ? expect.any(Number) : 0 })
  }
})

describe('redress export statements', () => {
  test('exports every decision of a simulated platform, each in a form that the database accepts', () => {
    const { status, stdout, stderr } = exported('all', '--format', 'dsa')
    expect(stderr).toMatch(/^As of sequence [\d,]+, recorded [^\n]+\n$/)
    expect(stdout).toMatch(/Exported to .*all, as of sequence [\d,]+:\n/)
    expect(status).toBe(0)
    const statements = statementsIn('all')
    expect(statements.length).toBeGreaterThan(100)
    for (const statement of statements) expect(statementProblems(statement)).toEqual([])
    const { stdout: rows } = redress(
      'query',
      'SELECT decision_id FROM decisions',
      '--data',
      data,
      '--format',
      'json',
    )
    const ids = JSON.parse(rows).map(({ decision_id }: { decision_id: string }) => decision_id)
    expect(statements.map(({ puid }) => puid).sort()).toEqual(ids.sort())
    const puids = new Set(ids)
    const corrections = linesIn('all', 'corrections.ndjson')
    expect(corrections.length).toBeGreaterThan(0)
    for (const { puid } of corrections) expect(puids.has(puid)).toBe(true)
  })

  test('reports in JSON what it did, and has nothing to do the second time', () => {
    expect(JSON.parse(exported('all', '--json').stdout)).toMatchObject({
      now: { batches: 0, statements: 0, corrections: 0 },
      cursor: { version: '2', statements: statementsIn('all').length, unfilled: 0 },
    })
  })

  test('resumes after its last sequence, and gives the same result in the end', () => {
    expect(exported('parts', '--at', '2000')).toMatchObject({ status: 0 })
    expect(exported('parts', '--at', '3000')).toMatchObject({ status: 0 })
    expect(exported('parts')).toMatchObject({ status: 0 })
    const byPuid = (out: string) => new Map(statementsIn(out).map((statement) => [statement.puid, statement]))
    expect(statementsIn('parts')).toHaveLength(statementsIn('all').length)
    expect(byPuid('parts')).toEqual(byPuid('all'))
  })

  test('killed at any moment and run again, nothing is missing or duplicated', async () => {
    for (const ms of [150, 250, 300, 350, 400, 450, 500, 600]) {
      const child: ChildProcess = spawn(process.execPath, [main, ...command('killed')], { stdio: 'ignore' })
      const ended = once(child, 'exit')
      setTimeout(() => child.kill('SIGKILL'), ms)
      await ended
    }
    expect(exported('killed')).toMatchObject({ status: 0 })
    expect(statementsIn('killed')).toEqual(statementsIn('all'))
    expect(linesIn('killed', 'corrections.ndjson')).toEqual(linesIn('all', 'corrections.ndjson'))
    expect(globSync('.*', { cwd: join(dir, 'killed') })).toEqual([])
  })

  test('names the decision and the field that the mapping does not fill, and exits with 1', () => {
    const poor = mapping('poor.yaml', exampleText.replace(/^ {2}spam:\n.*\n/m, ''))
    const { status, stdout } = redress(...command('poor'), '--mapping', poor)
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /[\d,]+ decisions could not be exported: see .*errors\.ndjson for the field and what to do/,
    )
    const errors = linesIn('poor', 'errors.ndjson')
    expect(errors[0]).toEqual({
      decisionId: expect.stringMatching(/^d-/),
      account: expect.stringMatching(/^u/),
      field: 'category',
      problem: 'the mapping has no category for spam',
      todo: 'add categories.spam.category',
    })
    expect(exported('poor')).toMatchObject({ status: 0 })
    expect(linesIn('poor', 'errors.ndjson')).toEqual([])
    expect(statementsIn('poor')).toHaveLength(statementsIn('all').length)
  })

  test('exports a period', () => {
    expect(exported('april', '--from', '2025-04-01', '--to', '2025-05-01')).toMatchObject({ status: 0 })
    // Cast: they are statements.
    const days = (statementsIn('april') as unknown as ReadonlyArray<{ application_date: string }>).map(
      ({ application_date }) => application_date.slice(0, 7),
    )
    expect(new Set(days)).toEqual(new Set(['2025-04']))
    expect(exported('april', '--from', '2025-03-01')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('name another folder'),
    })
  })
})

describe('redress export statements cannot', () => {
  test.each<[string, ReadonlyArray<string>, number, RegExp]>([
    [
      'do without a mapping',
      ['export', 'statements', 'out', '--data', data],
      64,
      /required option '--mapping <file>'/,
    ],
    [
      'read a mapping that does not exist',
      [...command('out'), '--mapping', 'nowhere.yaml'],
      2,
      /cannot read nowhere\.yaml: there is no such file/,
    ],
    ['write another format', [...command('out'), '--format', 'csv'], 64, /Allowed choices are dsa/],
    [
      'export a period that ends before it starts',
      [...command('out'), '--from', '2025-05-01', '--to', '2025-05-01'],
      64,
      /^redress: the period must start before it ends \(--from, --to\)\n$/,
    ],
    [
      'use a sequence that is not projected',
      [...command('out'), '--at', '999999999'],
      2,
      /the projections end at sequence \d+, before 999999999; run redress project/,
    ],
    [
      'read projections that do not exist',
      [...command('out'), '--data', dir],
      2,
      /nothing is projected in .* yet: run redress project/,
    ],
  ])('%s', (_what, args, status, message) => {
    const result = redress(...args)
    expect(result).toMatchObject({ status, stdout: '' })
    expect(result.stderr).toMatch(message)
    expect(existsSync(join(dir, 'out'))).toBe(false)
  })

  test('use a mapping with errors, and names each with its position', () => {
    const wrong = mapping(
      'wrong.yaml',
      exampleText.replace('SCAMS_AND_FRAUD', 'SCAMS').replace('account_type:', 'acount_type:'),
    )
    const { status, stderr } = redress(...command('out'), '--mapping', wrong)
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /wrong\.yaml is not a valid mapping:\n {2}\d+:1: acount_type: unknown field \(did you mean account_type\?\)\n/,
    )
    expect(stderr).toMatch(/categories\.scams\.category: expected one of STATEMENT_CATEGORY_\*/)
  })
})
