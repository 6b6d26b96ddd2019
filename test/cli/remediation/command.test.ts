import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wrongedIn } from '../../app/remediation/planned.ts'
import { vectorFile } from '../../app/use-case.ts'
import { redress } from '../../robustness/hostile/run.ts'

let dir = ''
let id = ''
const at = (name: string): string => join(dir, name)
const run = async (...args: ReadonlyArray<string>) => {
  const given = ['remediation', ...args, '--data', at('data'), '--accept-clock']
  const { code, stdout, stderr } = await redress(...given)
  return { code, stdout: stdout.toString().trimEnd(), stderr: stderr.toString() }
}
const show = async (...args: ReadonlyArray<string>): Promise<string> => {
  const { stdout } = await redress('remediation', 'show', `${id}-1`, ...args, '--data', at('data'))
  return stdout.toString()
}
const corrected = ['--ruleset', vectorFile('05-cascade-across-accounts', 'corrected.json')]
const plan = (...args: ReadonlyArray<string>) => run('plan', '--incident', id, ...corrected, ...args)
const verdicts = (...decisions: ReadonlyArray<string>): string => {
  const lines = decisions.map((decisionId) => JSON.stringify({ decisionId, verdict: 'agree' }))
  writeFileSync(at('verdicts.ndjson'), `${lines.join('\n')}\n`)
  return at('verdicts.ndjson')
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-remediation-'))
  id = await wrongedIn(at('data'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given an incident', () => {
  test('when a remediation is led from its plan to its end, then each step says what it did and what is next', async () => {
    const planned = await plan('--by', 'ana')
    expect(planned).toMatchObject({ code: 0, stderr: expect.stringContaining('reading the ledger') })
    for (const part of [
      '3 to reinstate',
      'sample      3 decisions',
      `Next: redress remediation show ${id}-1`,
    ]) {
      expect(planned.stdout).toContain(part)
    }
    expect(await show()).toContain(`redress remediation sample ${id}-1 --by NAME`)
    const listed = await run('sample', `${id}-1`, '--by', 'bo')
    expect(listed.stdout).toContain('bo can judge 3 decisions of 3 in the sample')
    const file = verdicts('d-main', 'd-alt', 'd-third')
    for (const by of ['bo', 'cy']) {
      const judged = await run('sample', `${id}-1`, '--by', by, '--verdicts', file)
      expect(judged).toMatchObject({ code: 0, stdout: '3 verdicts recorded' })
    }
    expect(await show()).toContain(`redress remediation approve ${id}-1 --by NAME`)
    expect(await run('approve', `${id}-1`, '--by', 'ana')).toMatchObject({
      code: 1,
      stderr: 'redress: ana made the plan, so somebody else must approve it (--by)\n',
    })
    expect((await run('approve', `${id}-1`, '--by', 'di')).stdout).toMatch(
      new RegExp(`^Remediation ${id}-1 is approved: plan [0-9a-f]{64}$`),
    )
    const asked = await run('run', `${id}-1`, '--by', 'di', '--once')
    expect(asked).toMatchObject({ code: 0, stderr: expect.stringContaining('reading the ledger') })
    expect(asked.stdout).toMatch(/^Wave 1: 3 requests for 3 accounts; 0 rows settled elsewhere, 0 kept/)
    expect(asked.stdout).toMatch(/waits for services.* Wave 1: 3 requests recorded, 3 not answered$/)
    const why = ['--reason', 'banned again', '--by', 'eve']
    expect((await run('pause', `${id}-1`, ...why)).stdout).toBe(`Remediation ${id}-1 is paused`)
    expect(await show()).toContain(`redress remediation resume ${id}-1 --by NAME`)
    const paused = await run('run', `${id}-1`, '--by', 'di', '--once', '--json')
    expect(JSON.parse(paused.stdout)).toMatchObject({ kind: 'end', state: 'paused', requested: 0, owed: 3 })
    expect((await run('resume', `${id}-1`, '--by', 'eve')).stdout).toBe(`Remediation ${id}-1 is going on`)
    expect((await run('cancel', `${id}-1`, ...why)).stdout).toBe(
      `Remediation ${id}-1 is cancelled\n3 open requests withdrawn`,
    )
    expect(await run('resume', `${id}-1`, '--by', 'eve')).toMatchObject({
      ...{ code: 1, stderr: `redress: ${id}-1 is cancelled\n` },
    })
    const shown = await show('--out', at('plan.ndjson'))
    expect(shown).toContain('by di (a typed name)')
    expect(shown).toContain(`Written to ${at('plan.ndjson')}: 3 accounts`)
    const lines = readFileSync(at('plan.ndjson'), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).account)).toEqual(['alt', 'main', 'third'])
    // What each judge said is nobody's to see while others judge.
    const { stdout } = await redress('incident', 'show', id, '--data', at('data'))
    expect(stdout.toString()).toContain(`remediation ${id}-1: bo judged 3 decisions of the sample`)
    expect(stdout.toString()).not.toContain('it is to be reversed')
  })
})

describe('given what cannot be done', () => {
  test.each([
    ['no correction', ['--by', 'ana'], 64, /^redress: give what to correct: --ruleset or --correction$/m],
    [
      'a condition without a reason',
      ['--except-where', 'true'],
      64,
      /--except-where and --reason go together/,
    ],
    ['a condition that is none', ['--except-where', 'row.x', '--reason', 'y'], 64, /--except-where/],
    ['waves that leave somebody behind', ['--waves', '10,50%'], 64, /the last wave must be 100%/],
  ])('when a plan is given %s, then it is refused', async (name, args, code, message) => {
    const ruleset = name === 'no correction' ? [] : corrected
    const refused = await run('plan', '--incident', id, ...ruleset, '--by', 'ana', ...args)
    expect(refused.code).toBe(code)
    expect(refused.stderr).toMatch(message)
  })

  test('when a file of verdicts is wrong, then each line is named with its field', async () => {
    writeFileSync(at('wrong.ndjson'), '{"decisionId":"d-main","verdict":"agreed"}\n{"decision":"d-alt"}\n')
    const { code, stderr } = await run('sample', `${id}-1`, '--by', 'bo', '--verdicts', at('wrong.ndjson'))
    expect(code).toBe(2)
    expect(stderr).toContain(`redress: ${at('wrong.ndjson')}:1: verdict: expected`)
    expect(stderr).toContain(`${at('wrong.ndjson')}:2: `)
  })

  test('when a row is settled without saying how, then the command line says what to give', async () => {
    const { code, stderr } = await run('review', `${id}-1`, '--decision', 'd-main', '--by', 'bo')
    expect(code).toBe(64)
    expect(stderr).toContain('give --decision ID and --resolution')
  })
})
