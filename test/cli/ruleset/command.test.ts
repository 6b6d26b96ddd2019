import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleEvent } from '../../../src/domain/sample.ts'

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))

const GOOD = `ruleset: guidelines
version: 2025-05-13
signals: { score: double }
rules:
  - id: adult.explicit
    category: adult
    when: signals.score >= 0.97
    strikes: 3
deactivations:
  - { id: three-strikes, at_least: 3, restriction: suspended }
`

describe('redress ruleset', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'redress-ruleset-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const file = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const run = (...args: ReadonlyArray<string>) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'ruleset', ...args], {
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }

  test('check: a valid ruleset is described, with its hash', () => {
    const { status, stdout } = run('check', file('good.yaml', GOOD))
    expect(status).toBe(0)
    expect(stdout).toMatch(/^guidelines 2025-05-13 \(1 rule, 1 policy; sha256 [0-9a-f]{64}\): 0 errors\n$/)
  })

  test('check: errors are shown as compilers do, and it fails', () => {
    const bad = file('bad.yaml', GOOD.replace('0.97', '1').replace('strikes: 3', 'strike: 3'))
    const { status, stdout } = run('check', bad)
    expect(status).toBe(1)
    expect(stdout).toBe(`${bad}:7:28: error: >= takes two values of the same type, not double and int
  7 |     when: signals.score >= 1
    |                            ^
    = field: rules[0].when
    = hint: write 1.0

${bad}:8:5: error: unknown field
  8 |     strike: 3
    |     ^
    = field: rules[0].strike
    = hint: did you mean strikes?

${bad}: 2 errors
`)
  })

  test('check: a policy that can never act is an error, a probable mistake only a warning', () => {
    const never = run('check', file('never.yaml', GOOD.replace('    strikes: 3\n', '')), '--json')
    expect(never.status).toBe(1)
    expect(JSON.parse(never.stdout)).toMatchObject({
      valid: false,
      ruleset: { id: 'guidelines', version: '2025-05-13' },
      problems: [{ severity: 'error', path: 'deactivations[0]', line: 9, column: 5 }],
    })
    const likely = run(
      'check',
      file('likely.yaml', GOOD.replace('at_least: 3', 'categories: [adult, spam], at_least: 3')),
    )
    expect(likely.status).toBe(0)
    expect(likely.stdout).toContain('warning: no rule has the category "spam"')
    expect(likely.stdout).toContain('0 errors, 1 warning')
  })

  test('check: an unreadable file is reported with the reason', () => {
    const missing = run('check', join(folder, 'nowhere.yaml'))
    expect([missing.status, missing.stdout]).toEqual([2, ''])
    expect(missing.stderr).toContain('nowhere.yaml')
    const latin1 = run('check', file('latin1.yaml', Buffer.from('ruleset: caf\xe9\n', 'latin1')))
    expect([latin1.status, latin1.stderr]).toEqual([
      2,
      `redress: cannot read ${join(folder, 'latin1.yaml')}: it is not UTF-8 text: 0xe9 is byte 13 of line 1 (offset 12); save it as UTF-8\n`,
    ])
    expect(run('check').status).toBe(64)
  })

  test('diff: 0 if equal, 1 with the differences, 2 on failure', () => {
    const good = file('good.yaml', GOOD)
    const same = run('diff', good, file('again.yaml', GOOD.replace('strikes: 3', 'strikes: 3 # as ever')))
    expect(same).toMatchObject({ status: 0, stdout: 'The two rulesets are equivalent.\n' })

    const next = GOOD.replace('2025-05-13', '2025-05-20')
      .replace('adult.explicit', 'adult.nude')
      .replace('0.97', '0.99')
      .replace('strikes: 3', 'strikes: 2\n    replaces: [adult.explicit]')
      .replace('at_least: 3', 'at_least: 4')
    const other = run('diff', good, file('next.yaml', next))
    expect(other).toMatchObject({
      status: 1,
      stdout: `version: 2025-05-13 -> 2025-05-20
rules:
  ~ adult.nude (was adult.explicit)
      when:
        - signals.score >= 0.97
        + signals.score >= 0.99
      strikes: 3 -> 2
deactivations:
  ~ three-strikes
      at_least: 3 -> 4
`,
    })
    const json = run('diff', good, file('next.yaml', next), '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      same: false,
      rules: [{ change: 'changed', was: 'adult.explicit' }],
    })

    const trouble = run('diff', good, file('bad.yaml', 'ruleset: 1'))
    expect(trouble.status).toBe(2)
    expect(trouble.stderr).toContain('bad.yaml is not a valid ruleset:')
  })

  test('publish and list: republishing changes nothing, and a version never changes', () => {
    const data = ['--data', join(folder, 'data')]
    const good = file('good.yaml', GOOD)
    expect(run('list', ...data).status).toBe(2)

    const first = run('publish', good, ...data, '--effective-from', '2025-05-13', '--json')
    expect(first.status).toBe(0)
    expect(JSON.parse(first.stdout)).toMatchObject({ outcome: 'published', sequence: 1 })
    const again = run('publish', good, ...data)
    expect(again.status).toBe(0)
    expect(again.stdout).toMatch(
      /^Nothing to do: guidelines 2025-05-13, in force from 2025-05-13T00:00:00.000Z /,
    )

    const other = run('publish', file('other.yaml', GOOD.replace('strikes: 3', 'strikes: 2')), ...data)
    expect(other).toMatchObject({ status: 1, stdout: '' })
    expect(other.stderr).toContain('is already published with another document')
    const invalid = run('publish', file('bad.yaml', GOOD.replace('0.97', '1')), ...data)
    expect(invalid).toMatchObject({ status: 2, stdout: '' })
    expect(invalid.stderr).toContain('7:28: rules[0].when: >= takes two values of the same type')

    const never = GOOD.replace('2025-05-13', '2099-01-01').replace('    strikes: 3\n', '')
    const warned = run('publish', file('never.yaml', never), ...data, '--effective-from', '2099-01-01')
    expect(warned.status).toBe(0)
    expect(warned.stderr).toContain('warning: this policy can never act')

    const listed = run('list', 'guidelines', ...data, '--json')
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { version: '2025-05-13', effectiveFrom: '2025-05-13T00:00:00.000Z', state: 'in force', sequence: 1 },
      { version: '2099-01-01', effectiveFrom: '2099-01-01T00:00:00.000Z', state: 'to come', sequence: 2 },
    ])
    expect(run('list', ...data).stdout.split('\n')).toHaveLength(4)
    expect(run('list', 'nothing', ...data).stdout).toBe('No version of nothing is published.\n')
  })

  test('publish: a version that fires on too much new evidence is not published, unless that is expected', () => {
    const data = ['--data', join(folder, 'rehearsed')]
    expect(run('publish', file('good.yaml', GOOD), ...data, '--effective-from', '2025-05-13').status).toBe(0)
    const sample = sampleEvent('content.evaluated.v1')
    const evaluated = Array.from({ length: 20 }, (_, i) => ({
      ...{ ...sample, id: `e${i}`, subject: `u${i}` },
      data: { ...Object(sample.data), shadow: false, signals: { score: i < 10 ? 0.98 : 0.8 } },
    }))
    const events = file('evaluated.ndjson', evaluated.map((event) => `${JSON.stringify(event)}\n`).join(''))
    expect(spawnSync(process.execPath, [main, 'ingest', events, ...data]).status).toBe(0)
    const typo = file('typo.yaml', GOOD.replace('2025-05-13', '2025-06-01').replace('0.97', '0.79'))
    const by = ['--by', 'maria']

    const refused = run('publish', typo, ...data, ...by)
    expect(refused).toMatchObject({ status: 1 })
    expect(refused.stdout).toContain('Not expected: adult.explicit fires on 10 pieces of evidence')
    expect(refused.stdout).toContain('guidelines 2025-06-01 was not published.')
    expect(JSON.parse(run('publish', typo, ...data, ...by, '--json').stdout)).toMatchObject({
      outcome: 'not_published',
      rehearsal: { type: 'ruleset.rehearsal.v1', asExpected: false },
    })
    const both = run('publish', typo, ...data, '--expect', 'adult.explicit=+100%', '--unrehearsed', 'x')
    expect(both.status).toBe(64)

    const expected = run('publish', typo, ...data, ...by, '--expect', 'adult.explicit=+100%')
    expect(expected.status).toBe(0)
    expect(expected.stdout).toMatch(/Rehearsed against 2025-05-13: as expected adult\.explicit=\+100%\.\n$/)
    expect(JSON.parse(run('publish', typo, ...data, '--json').stdout)).toMatchObject({
      outcome: 'already_published',
      rehearsal: { rules: { 'adult.explicit': { newOnly: 10, both: 10 } }, by: 'maria' },
    })
  })
})
