import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { parseCorrection } from '../../../src/replay/correction/document.ts'
import { parseRuleset } from '../../../src/rulesets/document.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const temp = mkdtempSync(join(tmpdir(), 'redress-simulate-'))
afterAll(() => rmSync(temp, { recursive: true, force: true }))

const file = (name: string): string => join(temp, name)
const simulate = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, 'simulate', ...args], { encoding: 'utf8' })

describe('given a scenario and files to write', () => {
  let printed: { readonly events: number; readonly duplicates: number; readonly truth: { putBack: number } }
  beforeAll(() => {
    const run = simulate(
      ...['--scenario', 'retired-rule', '--accounts', '300', '--seed', '7', '--json'],
      ...['--out', file('e.ndjson'), '--truth', file('t.json'), '--ruleset', file('c.yaml')],
    )
    expect(run.stderr).toBe('')
    expect(run.status).toBe(0)
    printed = JSON.parse(run.stdout)
  })

  test('then the events, the truth and the corrected ruleset are written, and counted', () => {
    const lines = readFileSync(file('e.ndjson'), 'utf8').split('\n')
    expect(lines.pop()).toBe('')
    expect(lines).toHaveLength(printed.events + printed.duplicates)
    const truth = JSON.parse(readFileSync(file('t.json'), 'utf8'))
    expect(truth).toMatchObject({ scenario: 'retired-rule', seed: 7, accounts: 300, events: printed.events })
    expect(printed.truth.putBack).toBeGreaterThan(0)
    expect(existsSync(file('e.ndjson.partial'))).toBe(false)
  })

  test('then the ruleset reads the same as YAML and as JSON', () => {
    const run = simulate(
      ...['--scenario', 'retired-rule', '--accounts', '300', '--seed', '7'],
      ...['--out', file('e2.ndjson'), '--truth', file('t2.json'), '--ruleset', file('c.json')],
    )
    expect(run.stdout).toContain('decisions to reverse')
    expect(readFileSync(file('e2.ndjson'))).toEqual(readFileSync(file('e.ndjson')))
    const [yaml, json] = ['c.yaml', 'c.json'].map((name) => parseRuleset(readFileSync(file(name), 'utf8')))
    if (yaml === undefined || json === undefined || E.isLeft(yaml) || E.isLeft(json)) {
      return expect.fail('a corrected ruleset does not compile')
    }
    expect(yaml.right.sha256).toBe(json.right.sha256)
  })
})

test('given a hold, then decisions on it are not made from then on', () => {
  const wrongfulWith = (name: string, ...args: ReadonlyArray<string>): number => {
    const run = simulate(
      ...['--scenario', 'retired-rule', '--accounts', '300', '--json', ...args],
      ...['--out', file(`${name}.ndjson`), '--truth', file(`${name}.json`)],
    )
    expect(run).toMatchObject({ status: 0, stderr: '' })
    return JSON.parse(run.stdout).truth.wrongful
  }
  const hold = ['--hold', '{"rule":"goods.pattern_resale"}', '--hold-from']
  expect(wrongfulWith('held', ...hold, '2025-03-01T00:00:00Z')).toBe(0)
  expect(wrongfulWith('never-held', ...hold, '2025-06-01T00:00:00Z')).toBe(wrongfulWith('free'))
})

describe('given a scenario whose evidence was wrong', () => {
  test('then its correction is written, and what waits for a rescoring is counted', () => {
    const run = simulate(
      ...['--scenario', 'detector-rescored', '--accounts', '300', '--seed', '7', '--json'],
      ...['--out', file('e3.ndjson'), '--truth', file('t3.json'), '--correction', file('correction.yaml')],
    )
    expect(run).toMatchObject({ status: 0, stderr: '' })
    const { truth, files } = JSON.parse(run.stdout)
    expect(truth.awaitingRescoring).toBeGreaterThan(0)
    expect(files.correction).toBe(file('correction.yaml'))
    expect(parseCorrection(readFileSync(file('correction.yaml'), 'utf8'))).toMatchObject({ _tag: 'Right' })
  })

  test('then there is no corrected ruleset, and the error says what there is', () => {
    const run = simulate(
      ...['--scenario', 'detector-rescored', '--accounts', '300'],
      ...['--out', file('e4.ndjson'), '--truth', file('t4.json'), '--ruleset', file('c4.yaml')],
    )
    expect(run.status).toBe(2)
    expect(run.stderr).toBe(
      'redress: the rules of detector-rescored were right: it has a correction, and no corrected ruleset (--ruleset, --correction)\n',
    )
    expect(existsSync(file('e4.ndjson'))).toBe(false)
  })
})

test('given a data folder instead of a file, then the platform is recorded there with its audits, and the second time it is refused', () => {
  const args = ['--scenario', 'calm', '--accounts', '250', '--paired', '--audited', '--data', file('data')]
  const run = simulate(...args, '--truth', file('t5.json'), '--json')
  expect(run).toMatchObject({ status: 0, stderr: '' })
  const { events, recorded, data } = JSON.parse(run.stdout)
  expect(data).toBe(file('data'))
  expect(recorded.accepted + recorded.publications).toBeGreaterThan(events)
  expect(recorded.rejected).toBe(0)
  expect(JSON.parse(readFileSync(file('t5.json'), 'utf8'))).toMatchObject({ events, paired: true })
  expect(existsSync(file('data/ledger.db'))).toBe(true)
  const again = simulate(...args, '--truth', file('t6.json'))
  expect(again.status).toBe(2)
  expect(again.stderr).toContain(`${file('data')} is not empty: name an empty folder, or a new one (--data)`)
})

describe('given an invalid command line', () => {
  test.each([[[]], [['--out', file('both.ndjson'), '--data', file('both')]]])(
    'then one of --out and --data must be given, and not both: %j',
    (args) => {
      const run = simulate(...args, '--truth', file('both.json'))
      expect(run.status).toBe(64)
      expect(run.stderr).toContain('name either a file for the events or a data folder (--out, --data)')
    },
  )

  test('then no file is overwritten', () => {
    writeFileSync(file('mine.json'), 'mine')
    const run = simulate('--accounts', '300', '--out', file('new.ndjson'), '--truth', file('mine.json'))
    expect(run.status).toBe(2)
    expect(run.stderr).toContain('mine.json already exists: remove it, or choose another name')
    expect(readFileSync(file('mine.json'), 'utf8')).toBe('mine')
    expect(existsSync(file('new.ndjson'))).toBe(false)
  })

  test('then one file cannot be two things', () => {
    const run = simulate('--out', file('same'), '--truth', file('same'))
    expect(run.status).toBe(2)
    expect(run.stderr).toContain('give each file a different name')
  })

  test.each([
    [['--scenario', 'nothing-wrong'], 'Allowed choices are'],
    [['--accounts', '10'], 'at least 250'],
    [['--seed', '-1'], 'at least 0'],
    [['--fault-share', '1.5'], 'at most 1'],
    [['--audited'], 'name a data folder (--data)'],
    [['--hold', 'adult.explicit'], 'Give JSON, such as {"rule":"adult.explicit"}'],
    [['--hold', '{"rules":"adult.explicit"}'], 'rules'],
    [['--hold', '{"rule":"adult.explicit"}'], '--hold and --hold-from require each other'],
  ])('then %j is a usage error that says what is allowed', (args, says) => {
    const run = simulate(...args, '--out', file('u.ndjson'), '--truth', file('u.json'))
    expect(run.status).toBe(64)
    expect(run.stderr).toContain(says)
  })

  test('then a folder that does not exist is named', () => {
    const run = simulate('--accounts', '300', '--out', file('no/where'), '--truth', file('w.json'))
    expect(run.status).toBe(2)
    expect(run.stderr).toContain(`cannot write ${file('no/where')}`)
  })
})
