import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const vector = join(import.meta.dirname, '../../vectors/54-who-answers-a-withdrawal')
let dir = ''

const check = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'correction', 'check', ...args], {
    cwd: dir,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return name
}
const AS_THEY_WERE = 'correction: c\nruleset: { id: community-guidelines }\n'

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-correction-'))
  const args = ['ingest', join(vector, 'events.ndjson'), '--data', join(dir, 'redress-data')]
  expect(spawnSync(process.execPath, [main, ...args])).toMatchObject({ status: 0 })
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('redress correction check', () => {
  test('given a correction, then it shows what each withdrawal covers, and what is suspicious: exit 1', () => {
    const { status, stdout, stderr } = check(join(vector, 'correction.json'))
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(stdout).toMatch(
      /^spring \(sha256 [0-9a-f]{64}\): the rules of community-guidelines as they were\n/,
    )
    expect(stdout).toContain(`
The ledger has 9 flags, at sequence 24.

withdrawal     flags  unknown  rescored  accounts  decisions  first                     last
scanner-4.3.1      4        0         1         4          4  2025-04-13T00:00:00.000Z  2025-04-14T00:00:00.000Z
vendor             1        0         1         1          1  2025-04-13T00:00:00.000Z  2025-04-13T00:00:00.000Z
entry              0        2         2         2          2  2025-04-13T00:00:00.000Z  2025-04-13T00:00:00.000Z
`)
    expect(stdout).toContain(
      'Warning: 2 flags lack a signal that the condition of entry needs, and are left unknown; ',
    )
    expect(stdout).toContain('Warning: the withdrawal listed lists 1 flag that is not in the ledger: f9\n')
  })

  test('given nothing suspicious, then exit 0, and --json has the figures', () => {
    const name = file('good.yaml', `${AS_THEY_WERE}withdrawals:\n  - { id: w, flags: [f1, f2] }\n`)
    const { status, stdout } = check(name, '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      ...{ file: name, valid: true, problems: [], sequence: 24, flags: 9 },
      correction: { id: 'c', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      withdrawals: [
        {
          ...{ id: 'w', flags: { certain: 2, unknown: 0 }, accounts: 2, decisions: 2, rescored: 2 },
          ...{ first: '2025-04-13T00:00:00.000Z', last: '2025-04-13T00:00:00.000Z', notFound: [] },
        },
      ],
    })
  })

  test('given a withdrawal that covers nothing, then it warns: exit 1', () => {
    const name = file(
      'none.yaml',
      `${AS_THEY_WERE}withdrawals:\n  - id: w\n    where: detector.id == "nobody"\n`,
    )
    expect(check(name)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(
        'Warning: the withdrawal w covers no flag; check its condition, its list and its period\n',
      ),
    })
  })

  test('given no withdrawals, then there is nothing to cover', () => {
    const { status, stdout } = check(file('rules.yaml', AS_THEY_WERE))
    expect(status).toBe(0)
    expect(stdout).toContain('\nIt withdraws nothing.\n')
  })

  test('given an error, then it shows where, without reading a ledger: exit 1', () => {
    const name = file(
      'bad.yaml',
      `${AS_THEY_WERE}withdrawals:\n  - id: w\n    flags: [f1]\n    truth: false\n`,
    )
    const { status, stdout } = check(name, '--data', 'nowhere')
    expect(status).toBe(1)
    expect(stdout).toBe(
      'bad.yaml:6:12: error: expected "unknown" or "false", not false\n' +
        '  6 |     truth: false\n' +
        '    |            ^\n' +
        '    = field: withdrawals[0].truth\n' +
        '    = hint: put it in quotes to make it a string\n\n' +
        'bad.yaml: 1 error\n',
    )
    expect(JSON.parse(check(name, '--json').stdout)).toMatchObject({
      valid: false,
      correction: null,
      problems: [{ line: 6, column: 12 }],
      withdrawals: null,
    })
  })

  test('given a file or a ledger that does not exist: exit 2', () => {
    expect(check('nowhere.yaml')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('redress: cannot read nowhere.yaml: there is no such file'),
    })
    expect(check(file('c.yaml', AS_THEY_WERE), '--data', 'nowhere')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('redress ingest'),
    })
  })
})
