import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resultFiles } from '../../../src/replay/result/write.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const vector = join(import.meta.dirname, '../../vectors/05-cascade-across-accounts')
const corrected = join(vector, 'corrected.json')

let dir = ''
let data = ''

const redress = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: dir })

const lines = (folder: string, name: string): ReadonlyArray<Record<string, unknown>> =>
  readFileSync(join(dir, folder, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    // Cast: each line is an object of ours.
    .map((line) => JSON.parse(line) as Record<string, unknown>)

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-cli-'))
  data = join(dir, 'data')
  expect(redress('ingest', join(vector, 'events.ndjson'), '--data', data)).toMatchObject({ status: 0 })
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger in which bans cascade', () => {
  test('when it is replayed, then the folder has every file and the summary is what was printed', () => {
    const run = redress('replay', '--ruleset', corrected, '--out', 'whole', '--data', data, '--json')
    expect(run).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(join(dir, 'whole')).sort()).toEqual([...resultFiles('ndjson')].sort())
    expect(JSON.parse(run.stdout)).toEqual(JSON.parse(readFileSync(join(dir, 'whole/summary.json'), 'utf8')))
    expect(lines('whole', 'decisions.ndjson').map((row) => [row.decisionId, row.class])).toEqual([
      ['d-main', 'wrongful'],
      ['d-guilty', 'upheld'],
      ['d-alt', 'wrongful'],
      ['d-other', 'upheld'],
      ['d-third', 'wrongful'],
    ])
    expect(lines('whole', 'put-back.ndjson')).toEqual([
      { account: 'main', decisionIds: ['d-main'], flagsVoided: ['m'] },
      { account: 'alt', decisionIds: ['d-alt'], flagsVoided: ['x'] },
      { account: 'third', decisionIds: ['d-third'], flagsVoided: ['y'] },
    ])
    expect(lines('whole', 'review.ndjson')).toEqual([])
  })

  test('when it is replayed again, then every file is the same, byte for byte', () => {
    redress('replay', '--ruleset', corrected, '--out', 'first', '--data', data)
    redress('replay', '--ruleset', corrected, '--out', 'second', '--data', data)
    for (const name of resultFiles('ndjson')) {
      expect(readFileSync(join(dir, 'second', name))).toEqual(readFileSync(join(dir, 'first', name)))
    }
  })

  test('when CSV is requested for a spreadsheet, then the lists have the same columns, and replace the earlier ones', () => {
    redress('replay', '--ruleset', corrected, '--out', 'sheet', '--data', data)
    const run = redress('replay', '--ruleset', corrected, '--out', 'sheet', '--data', data, '--format', 'csv')
    expect(run).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(join(dir, 'sheet')).sort()).toEqual([...resultFiles('csv')].sort())
    expect(run.stdout).toContain('Written to sheet: decisions.csv, put-back.csv, annul.csv, review.csv')
    expect(run.stdout).toContain(
      '  2  cascaded  one of its flags fell because the decision behind that flag fell\n',
    )
    const csv = (name: string): string => readFileSync(join(dir, 'sheet', name), 'utf8')
    expect(csv('decisions.csv').split('\r\n').slice(0, 2)).toEqual([
      'decisionId,account,kind,occurredAt,class,facts,fallen,remedy,recorded.restriction,original.verdict,original.restriction,corrected.verdict,corrected.restriction',
      'd-main,main,deactivation,2025-04-29T00:01:00.000Z,wrongful,,m,reinstate,suspended,act,suspended,none,',
    ])
    expect(csv('put-back.csv')).toBe(
      'account,decisionIds,content.id,content.kind,flagsVoided\r\nmain,d-main,,,m\r\nalt,d-alt,,,x\r\nthird,d-third,,,y\r\n',
    )
    expect(csv('review.csv')).toBe(
      'decisionId,account,kind,occurredAt,class,facts,why,says,restsOn,ruleset.id,ruleset.version\r\n',
    )
  })

  test('when a window limits it, then only its decisions are reported, and still cascade', () => {
    const window = ['--from', '2025-04-30', '--to', '2025-05-01']
    const run = redress('replay', '--ruleset', corrected, '--out', 'window', '--data', data, ...window)
    expect(run.status).toBe(0)
    expect(lines('window', 'decisions.ndjson').map((row) => [row.decisionId, row.class])).toEqual([
      ['d-alt', 'wrongful'],
      ['d-other', 'upheld'],
    ])
  })

  test('when it is replayed at a sequence, then what was recorded later does not exist', () => {
    redress('replay', '--ruleset', corrected, '--out', 'early', '--data', data, '--at', '3')
    expect(lines('early', 'decisions.ndjson').map((row) => row.decisionId)).toEqual(['d-main'])
  })

  test('when a decision is explained, then flags, sums, cascade and class are shown', () => {
    const { status, stdout } = redress('explain', 'd-alt', '--ruleset', corrected, '--data', data)
    expect(status).toBe(0)
    for (const part of [
      'evasion.linked_account',
      'because of d-main',
      'has fallen',
      'Fact: cascaded (one of its flags fell because the decision behind that flag fell)',
      'wrongful',
      'reinstate',
    ]) {
      expect(stdout).toContain(part)
    }
    const json: unknown = JSON.parse(
      redress('explain', 'd-alt', '--ruleset', corrected, '--data', data, '--json').stdout,
    )
    expect(json).toMatchObject({ row: { decisionId: 'd-alt', class: 'wrongful', fallen: ['x'] } })
  })

  test('when a decision is explained without a ruleset, then only by the rules of the day', () => {
    const { status, stdout, stderr } = redress('explain', 'd-alt', '--data', data)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('Rules of the day (A): version ')
    expect(stdout).toContain('\n    A: true, rule evasion.linked_account ')
    expect(stdout).toMatch(
      /\nR was suspended, A says act \(suspended\)\nTo see the result under corrected rules, add --ruleset FILE\n$/,
    )
    expect(stdout).not.toMatch(/\(B\)| B: |wrongful/)
    const json: unknown = JSON.parse(redress('explain', 'd-alt', '--data', data, '--json').stdout)
    expect(json).toMatchObject({
      row: { decisionId: 'd-alt', original: { verdict: 'act', restriction: 'suspended' } },
      corrected: null,
    })
  })
})

describe('given an invalid command line', () => {
  const cases: ReadonlyArray<readonly [string, () => ReadonlyArray<string>, number, string]> = [
    ['no ruleset', () => ['replay', '--out', 'x', '--data', data], 64, '--ruleset'],
    [
      'a ruleset that does not exist',
      () => ['replay', '--ruleset', 'none.yaml', '--out', 'x', '--data', data],
      2,
      'none.yaml',
    ],
    [
      'a ruleset with errors',
      () => ['replay', '--ruleset', 'bad.yaml', '--out', 'x', '--data', data],
      2,
      'adult_scor',
    ],
    [
      'no ledger',
      () => ['replay', '--ruleset', corrected, '--out', 'x', '--data', 'nowhere'],
      2,
      'redress ingest',
    ],
    [
      'an invalid time',
      () => ['replay', '--ruleset', corrected, '--out', 'x', '--from', 'monday'],
      64,
      'monday',
    ],
    [
      'an empty window',
      () => [
        'replay',
        '--ruleset',
        corrected,
        '--out',
        'x',
        '--data',
        data,
        '--from',
        '2025-05-02',
        '--to',
        '2025-05-01',
      ],
      64,
      'the period must start before it ends (--from, --to)',
    ],
    [
      'a sequence beyond the head',
      () => ['replay', '--ruleset', corrected, '--out', 'x', '--data', data, '--at', '99'],
      2,
      '11',
    ],
    [
      'a decision that does not exist',
      () => ['explain', 'd-none', '--ruleset', corrected, '--data', data],
      2,
      'd-none',
    ],
  ]
  for (const [name, args, status, says] of cases) {
    test(`when there is ${name}, then it says what to do and exits ${status}`, () => {
      writeFileSync(
        join(dir, 'bad.yaml'),
        'ruleset: community-guidelines\nversion: v\nsignals: { adult_score: double }\nrules:\n  - id: a\n    category: b\n    when: signals.adult_scor > 0.5\n',
      )
      const run = redress(...args())
      expect(run.status).toBe(status)
      expect(run.stderr).toContain(says)
      expect(run.stderr).not.toContain('    at ')
    })
  }
})
