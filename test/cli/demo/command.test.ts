import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
let dir = ''

const demo = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, 'demo', '--accounts', '1000', ...args], { encoding: 'utf8', cwd: dir })

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-demo-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given the simulated platform', () => {
  test('when the demo runs, then it finds exactly who must be reinstated, and prints the whole report', () => {
    const run = demo('--out', 'one')
    expect(run).toMatchObject({ status: 0, stderr: '' })
    for (const part of [
      'precision 1, recall 1',
      'version 2025-04-28 was refused at first: on new evidence, adult.explicit fires',
      'It was published all the same: "only wording changes".',
      'Tripwire: /services/detection/scanner names a version or a hash of a ruleset that was not published',
      'adult.explicit community-guidelines 2025-04-28',
      'wrongful decisions; no alarm was false.',
      'decisions judged',
      'Bans by day',
      'alone',
      '\u2588',
      'appeal',
      'one/result',
      'wait until the fixed version looks at the rest',
      'redress correction check one/rescored/correction.yaml --data one/rescored/data',
    ]) {
      expect(run.stdout).toContain(part)
    }
  })

  test('when it runs again as JSON, then it replaces its earlier files, and says the same', () => {
    const again = demo('--out', 'one', '--json')
    expect(again).toMatchObject({ status: 0, stderr: '' })
    const a = JSON.parse(again.stdout)
    expect(a).toMatchObject({ precision: 1, recall: 1, rescored: { precision: 1, recall: 1 } })
    expect(a.refusals).toMatchObject([
      {
        at: '2025-04-28T09:12:00.000Z',
        version: '2025-04-28',
        unexpected: [{ rule: 'adult.explicit' }],
        anyway: { at: '2025-04-28T09:17:00.000Z', reason: 'only wording changes' },
      },
    ])
    expect(a.alarms).toMatchObject({ first: [{ wrongfulBefore: expect.any(Number) }, {}], falseAlarms: [] })
    expect(a.tripwires).toContainEqual(
      expect.objectContaining({ wire: 'unknown_version', version: '2025-04-01-hotfix' }),
    )
  })

  test('when the folder contains something else, then it is not changed', () => {
    mkdirSync(join(dir, 'mine'))
    writeFileSync(join(dir, 'mine', 'truth.json'), 'precious')
    const run = demo('--out', 'mine')
    expect(run.status).toBe(2)
    expect(run.stderr).toContain('--out')
    expect(readFileSync(join(dir, 'mine', 'truth.json'), 'utf8')).toBe('precious')
  })
})
