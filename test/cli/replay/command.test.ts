import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  expect(redress('project', '--data', data)).toMatchObject({ status: 0 })
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

  test('when nothing is projected, then the ledger is read, with a line on stderr, and the result is the same', () => {
    const bare = join(dir, 'bare')
    redress('ingest', join(vector, 'events.ndjson'), '--data', bare)
    const args = ['--ruleset', corrected, '--data', bare, '--json']
    const run = redress('replay', ...args, '--out', 'bare-result')
    expect(run.stderr).toBe(
      `redress: reading the ledger: nothing is projected in ${bare} yet: run redress project, or name another folder with --data\n`,
    )
    const reference = redress('replay', ...args, '--out', 'bare-reference', '--engine', 'reference')
    expect(reference).toMatchObject({ status: 0, stderr: '', stdout: run.stdout })
    const columnar = redress('replay', '--ruleset', corrected, '--out', 'columns', '--data', data, '--json')
    expect(JSON.parse(columnar.stdout)).toEqual({ ...JSON.parse(run.stdout), engine: 'columnar' })
  })

  test('when its plan is asked for, then the steps are on stderr, each with what it found and its SQL', () => {
    const args = ['--ruleset', corrected, '--data', data, '--out', 'planned', '--explain-plan']
    const { status, stderr } = redress('replay', ...args)
    expect(status).toBe(0)
    expect(stderr).toMatch(/^evidence on which a rule fires now: 0 events\n {4}FROM h_evidence WHERE /m)
    expect(stderr).toMatch(/^rows taken from the base: \d+ rows?\n/m)
  })

  test.each([[['--engine', 'reference']], [['--without-damaged']]])(
    'when its plan is asked for with %j, then it is a usage error: only the columnar engine has one',
    (more) => {
      const run = redress(
        'replay',
        '--ruleset',
        corrected,
        '--data',
        data,
        '--out',
        'none',
        '--explain-plan',
        ...more,
      )
      expect(run.status).toBe(64)
      expect(run.stderr).toContain('--explain-plan needs the columnar engine')
    },
  )

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
      /\nR was suspended, A says act \(suspended\)\nTo see the result under corrected rules, add --ruleset FILE or --correction FILE\n$/,
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

describe('given a correction of the evidence', () => {
  const withdrawn = join(import.meta.dirname, '../../vectors/54-who-answers-a-withdrawal')
  const correction = join(withdrawn, 'correction.json')
  let ledger = ''
  beforeAll(() => {
    ledger = join(dir, 'withdrawn')
    expect(redress('ingest', join(withdrawn, 'events.ndjson'), '--data', ledger)).toMatchObject({ status: 0 })
    expect(redress('project', '--data', ledger)).toMatchObject({ status: 0 })
  })

  test('when it is replayed, then the summary names it, the blame its withdrawals, and unknown flags are listed', () => {
    const run = redress('replay', '--correction', correction, '--out', 'by-correction', '--data', ledger)
    expect(run).toMatchObject({ status: 0, stderr: '' })
    const summary = JSON.parse(readFileSync(join(dir, 'by-correction/summary.json'), 'utf8'))
    expect(summary).toMatchObject({ correction: { id: 'spring' }, ruleset: { version: null } })
    expect(run.stdout).toContain('Replay under the rules of community-guidelines as they were, ')
    expect(run.stdout).toContain(`\nCorrection: spring (${summary.correction.sha256.slice(0, 12)}\u2026)\n`)
    expect(run.stdout).toContain(
      '\nWarning: the withdrawal listed lists 1 flag that is not in the ledger: f9\n',
    )
    expect(run.stdout).toContain('detector scanner 4.3.1, withdrawn by listed\n')
    expect(run.stdout).toContain('detector scanner 4.3.1, rescored by scanner 4.3.2\n')
  })

  test('when a decision is explained, then signals recorded and rescored are side by side, with what withdrawals change', () => {
    const explained = (decision: string): string => {
      const { status, stdout } = redress('explain', decision, '--correction', correction, '--data', ledger)
      expect(status).toBe(0)
      return stdout
    }
    expect(explained('d3')).toContain(`
    rescored 2025-05-01T00:00:00.000Z
    signal            recorded             rescored
    (detector)        model scanner 4.3.1  model scanner 4.3.2
    account_age_days  400                  400
    adult_score       0.99                 0.1
    is_illustration   false                false
    link_count        0                    0
    list_entry        "78"                 "78"
    A: true, rule adult.explicit (signals.adult_score >= 0.97 && !signals.is_illustration), 3 strikes, removes content
    as recorded: true; as rescored: false
    withdrawal scanner-4.3.1: settled by the rescoring, stays false
    B: false, `)
    expect(explained('d1')).toContain(`
    as recorded: true
    withdrawal scanner-4.3.1: true -> unknown
    B: unknown, `)
    expect(explained('d2')).toContain(`
    withdrawal vendor: true -> unknown
    withdrawal entry: perhaps, because a signal that its condition needs is missing: true -> unknown
    B: unknown, `)
  })

  test('when it is in YAML and names its ruleset and its flags in files, then paths are relative to its own folder', () => {
    mkdirSync(join(dir, 'case'))
    writeFileSync(join(dir, 'case/flags.txt'), 'x\r\n\r\nno-such-flag\r\n')
    writeFileSync(
      join(dir, 'case/correction.yaml'),
      `correction: c\nruleset: ${corrected}\nwithdrawals:\n  - id: w\n    flags_file: flags.txt\n    truth: "false"\n`,
    )
    const args = ['--correction', 'case/correction.yaml', '--data', data]
    const run = redress('replay', ...args, '--out', 'case/result', '--json')
    expect(run).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(run.stdout)).toMatchObject({
      unknownFlags: [{ withdrawal: 'w', flagIds: ['no-such-flag'] }],
    })
    rmSync(join(dir, 'case/flags.txt'))
    expect(redress('replay', ...args, '--out', 'case/other')).toMatchObject({
      status: 2,
      stderr:
        'redress: case/correction.yaml is not a valid correction:\n' +
        '  5:17: withdrawals[0].flags_file: cannot read case/flags.txt: there is no such file or folder (ENOENT); check the path\n',
    })
  })

  test.each([
    [
      'both a ruleset and a correction',
      ['--ruleset', corrected, '--correction', correction],
      /cannot be used with/,
    ],
    ['neither', [], /give what to correct: --ruleset or --correction/],
  ])('when %s are given, then it is a usage error', (_, args, message) => {
    const run = redress('replay', ...args, '--out', 'none', '--data', ledger)
    expect(run.status).toBe(64)
    expect(run.stderr).toMatch(message)
  })

  test('when its ruleset was never published, then the rules as they were are not known: exit 2', () => {
    writeFileSync(join(dir, 'other.yaml'), 'correction: c\nruleset: { id: other }\n')
    const run = redress('replay', '--correction', 'other.yaml', '--out', 'none', '--data', ledger)
    expect(run).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no version of the ruleset other'),
    })
  })

  test('when a condition is probably a mistake, then it warns', () => {
    writeFileSync(
      join(dir, 'warned.yaml'),
      'correction: c\nruleset: { id: community-guidelines }\nwithdrawals:\n  - id: w\n    where: detector.kind == "people"\n',
    )
    const run = redress('replay', '--correction', 'warned.yaml', '--out', 'warned', '--data', ledger)
    expect(run.status).toBe(0)
    expect(run.stderr).toBe(
      'redress: warning: warned.yaml:5:29: withdrawals[0].where: detector.kind is never "people" (it is one of "rule", "model", "hash_match", "human")\n',
    )
  })
})
