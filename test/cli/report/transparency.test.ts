import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-report-'))
afterAll(() => rmSync(dir, { recursive: true }))

const redress = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    cwd: dir,
    env: { ...process.env, REDRESS_DATA: join(dir, 'data') },
  })
  return { status, stdout, stderr }
}
const transparency = (...args: ReadonlyArray<string>) =>
  redress('report', 'transparency', '--from', '2025-01-01', '--to', '2026-01-01', ...args)
const file = (name: string): string => readFileSync(join(dir, name), 'utf8')

/** Takes in the lines of the simulation from one to another, and projects them. */
const takeIn = (name: string, lines: ReadonlyArray<string>): void => {
  writeFileSync(join(dir, name), lines.map((line) => `${line}\n`).join(''))
  expect(redress('ingest', name)).toMatchObject({ status: 0 })
  expect(redress('project')).toMatchObject({ status: 0 })
}

let lines: ReadonlyArray<string> = []
let earlierSequence = 0
let head = 0
const sequenceOf = (name: string): number =>
  // Cast: a report of ours.
  (JSON.parse(file(name)) as { readonly sequence: number }).sequence

beforeAll(() => {
  const files = ['--out', 'events.ndjson', '--truth', 'truth.json', '--ruleset', 'corrected.yaml']
  expect(redress('simulate', '--accounts', '300', ...files)).toMatchObject({ status: 0 })
  lines = file('events.ndjson').trimEnd().split('\n')
})

describe('given nothing projected', () => {
  test('then it says what to do', () => {
    expect(transparency()).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('run redress project'),
    })
  })
})

describe('given a projected ledger', () => {
  beforeAll(() => {
    takeIn('first.ndjson', lines.slice(0, Math.floor(lines.length * 0.8)))
    expect(transparency('--out', 'dsa.json')).toEqual({ status: 0, stdout: '', stderr: '' })
    earlierSequence = sequenceOf('dsa.json')
  })

  test.each(['csv', 'json', 'html', 'md'])('each style is written as %s', (format) => {
    for (const style of ['dsa', 'platform']) {
      const { status, stdout, stderr } = transparency('--style', style, '--format', format)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(transparency('--style', style, '--out', `out.${format}`).status).toBe(0)
      expect(file(`out.${format}`)).toBe(stdout)
      expect(stdout).toContain(style)
      expect(stdout).toContain('2025-01-01T00:00:00.000Z')
      expect(stdout.replaceAll(',', '')).toContain(String(earlierSequence))
      // The hash of a ruleset's document.
      expect(stdout).toMatch(/\b[0-9a-f]{64}\b/)
    }
  })

  test('--json is JSON on standard output', () => {
    expect(transparency('--json').stdout).toBe(file('dsa.json'))
  })

  test('beyond the projected sequence, it says what to do', () => {
    expect(transparency('--at', '99999999')).toEqual({
      status: 2,
      stdout: '',
      stderr: `redress: the projections end at sequence ${earlierSequence}, before 99999999; run redress project first\n`,
    })
  })

  test.each([
    [['--from', '2026-02-01'], 'the period must start before it ends (--from, --to)'],
    [['--json', '--format', 'csv'], '--json cannot be used with --format csv'],
    [['--style', 'other'], 'dsa, platform'],
  ])('a command line of %j is invalid', (args, message) => {
    expect(transparency(...args)).toMatchObject({ status: 64, stderr: expect.stringContaining(message) })
  })
})

describe('given more events since', () => {
  beforeAll(() => {
    takeIn('rest.ndjson', lines.slice(Math.floor(lines.length * 0.8)))
    expect(transparency('--out', 'later.json')).toMatchObject({ status: 0 })
    head = sequenceOf('later.json')
  })

  test('the earlier sequence gives the same bytes', () => {
    expect(head).toBeGreaterThan(earlierSequence)
    expect(transparency('--at', String(earlierSequence), '--json').stdout).toBe(file('dsa.json'))
  })

  test('a restatement explains each difference, and does not change the earlier report', () => {
    const before = file('dsa.json')
    const { status, stdout, stderr } = redress('report', 'restate', 'dsa.json', '--json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const restatement = JSON.parse(stdout)
    expect(restatement).toMatchObject({
      format: 'redress-restatement-1',
      earlier: {
        sequence: earlierSequence,
        sha256: createHash('sha256').update(before).digest('hex'),
        isReproduced: true,
      },
      sequence: head,
    })
    const total = restatement.differences.find(
      (each: { section: string; dimensions: unknown; measure: string }) =>
        each.section === 'automated_means' && each.dimensions === null && each.measure === 'decisions',
    )
    const { sections } = JSON.parse(file('later.json'))
    const means = sections.find(({ id }: { id: string }) => id === 'automated_means')
    expect(total.after).toBe(means.total.decisions)
    expect(
      total.because.reduce((n: number, { change }: { change: number }) => n + change, total.before),
    ).toBe(total.after)
    expect(restatement.events[0]).toEqual({
      sequence: expect.any(Number),
      source: expect.any(String),
      id: expect.any(String),
      type: expect.any(String),
      account: expect.any(String),
      decisionIds: expect.any(Array),
      occurredAt: expect.any(String),
      recordedAt: expect.any(String),
    })
    expect(file('dsa.json')).toBe(before)

    const shown = redress('report', 'restate', 'dsa.json').stdout
    expect(shown).toContain('This ledger reproduces the earlier report, figure for figure.')
    expect(shown).toContain('| automated_means | total | Decisions |')
  })

  test('at its own sequence nothing differs', () => {
    const run = redress(
      'report',
      'restate',
      'dsa.json',
      '--at',
      String(earlierSequence),
      '--out',
      'same.json',
    )
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(JSON.parse(file('same.json'))).toMatchObject({ differences: [], events: [] })
    expect(redress('report', 'restate', 'dsa.json', '--at', '1')).toMatchObject({ status: 64 })
  })

  test('given a figure that was tampered with, then that is reported and no event explains it', () => {
    const report = JSON.parse(file('dsa.json'))
    report.sections[1].total.received += 7
    report.rulesets.pop()
    writeFileSync(join(dir, 'tampered.json'), JSON.stringify(report))
    const { status, stdout } = redress('report', 'restate', 'tampered.json', '--json')
    expect(status).toBe(1)
    const received = report.sections[1].total.received
    expect(JSON.parse(stdout).earlier).toMatchObject({
      isReproduced: false,
      otherParts: ['rulesets'],
      unexplained: [
        { section: 'notices', dimensions: null, measure: 'received', before: received, after: received - 7 },
      ],
    })
    expect(redress('report', 'restate', 'tampered.json').stdout).toContain('**This ledger does not reproduce')
  })

  test.each([
    ['{"format":"redress-transparency-1"}', 'sequence: missing; expected a whole number'],
    ['{', 'is not JSON'],
  ])('given %s for a report, then it is refused by name', (text, message) => {
    writeFileSync(join(dir, 'bad.json'), text)
    expect(redress('report', 'restate', 'bad.json')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
  })

  test('no partial file is left behind', () => {
    expect(readdirSync(dir).filter((name) => name.includes('partial'))).toEqual([])
    expect(transparency('--out', 'nowhere/x.md')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('cannot write nowhere/x.md'),
    })
  })
})
