import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { appendAll, unwrap } from '../../replay/ledgers.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-statement-'))
const data = join(dir, 'data')
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const redress = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, '--data', data], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const statement = (...args: ReadonlyArray<string>) => redress('statement', ...args)

const incoming = (type: string, subject: string, day: number, eventData: object) =>
  unwrap(
    decodeIncoming({
      specversion: '1.0',
      id: `${type}-${subject}-${day}`,
      source: '/test',
      type,
      subject,
      time: `2025-05-${String(day).padStart(2, '0')}T12:00:00.000Z`,
      data: eventData,
    }),
  ).event
const ruleset = { id: 'guidelines', version: 'v1' }
const document = {
  ruleset: 'guidelines',
  version: 'v1',
  signals: { adult_score: 'double' },
  rules: [{ id: 'adult', category: 'adult_content', when: 'signals.adult_score >= 0.67', strikes: 2 }],
}
const flag = {
  flagId: 'f1',
  category: 'adult_content',
  source: 'own_initiative',
  detector: { kind: 'rule', id: 'scanner', version: '4.2.0' },
  rule: { id: 'adult' },
  ruleset,
  signals: { adult_score: 0.71 },
}
const ban = {
  decisionId: 'd1',
  grounds: ['f1'],
  category: 'adult_content',
  automation: { detection: true, decision: 'fully' },
  decidedBy: { kind: 'rule', id: 'deactivation-service' },
  ruleset,
  restriction: 'suspended',
}
const notice = (decisionId: string) => ({
  decisionId,
  channel: 'email',
  template: { id: 't', version: '1', language: 'en' },
  personal: { statement: 'Your account was suspended. <script>\u001b[31m' },
})

beforeAll(async () => {
  const open = unwrap(await openLedger(data))
  await appendAll(open, [
    incoming('ruleset.published.v1', 'guidelines', 1, {
      ruleset,
      effectiveFrom: '2025-05-01T00:00:00Z',
      document,
    }),
    incoming('flag.raised.v1', 'quilter', 1, flag),
    incoming('account.deactivated.v1', 'quilter', 2, ban),
    incoming('notice.sent.v1', 'quilter', 3, notice('d1')),
    incoming('account.deactivated.v1', 'forgotten', 2, { ...ban, decisionId: 'd2', grounds: [] }),
    incoming('notice.sent.v1', 'forgotten', 3, notice('d2')),
    incoming('account.deactivated.v1', 'a1', 2, { ...ban, decisionId: 'shared', grounds: [] }),
    incoming('account.deactivated.v1', 'a2', 2, { ...ban, decisionId: 'shared', grounds: [] }),
  ])
  unwrap(await open.keys.destroy('forgotten'))
  await open.close()
})

describe('before anything is projected', () => {
  test('the account must be given, and the error says so', () => {
    const { status, stdout, stderr } = statement('d1')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(
      /^redress: cannot look up the account of the decision d1: nothing is projected in .* yet; run redress project, or name the account \(--account\)\n$/,
    )
    expect(statement('d1', '--account', 'quilter')).toMatchObject({ status: 0, stderr: '' })
  })
})

describe('redress statement', () => {
  beforeAll(() => expect(redress('project')).toMatchObject({ status: 0 }))

  test('looks up whose decision it is, and explains it in Markdown', () => {
    const { status, stdout, stderr } = statement('d1', '--appeal', 'Answer this message.')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const words of [
      '# Statement of reasons',
      'we suspended your account',
      '| adult score | 0.71 | at least 0.67 |',
      '> Your account was suspended. &lt;script>\\\\u\\{1b\\}\\[31m',
      'Answer this message.',
    ]) {
      expect(stdout).toContain(words)
    }
    expect(stdout).not.toContain('\u001b')
  })

  test('is current: what was recorded after the projections counts', async () => {
    const open = unwrap(await openLedger(data))
    await appendAll(open, [
      incoming('account.reinstated.v1', 'quilter', 9, { decisionIds: ['d1'], reason: 'correction' }),
      incoming('account.deactivated.v1', 'quilter', 10, { ...ban, decisionId: 'd9' }),
    ])
    await open.close()
    expect(statement('d1').stdout).toContain('We have since reversed this decision.')
    expect(statement('d9')).toMatchObject({
      status: 2,
      stderr:
        'redress: the projections have no decision d9 as of sequence 8; if it is newer, run redress project, or name its account (--account)\n',
    })
    expect(statement('d9', '--account', 'quilter')).toMatchObject({ status: 0 })
  })

  test('as HTML and JSON', () => {
    const { stdout: html } = statement('d1', '--format', 'html')
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).toContain('Your account was suspended. &lt;script&gt;')
    expect(JSON.parse(statement('d1', '--format', 'json').stdout)).toMatchObject({
      version: '1',
      decisionId: 'd1',
      account: 'quilter',
      done: 'suspended',
      standing: 'reversed',
      ruleset: { ...ruleset, isPublished: true },
      grounds: [
        { flagId: 'f1', finding: { rule: { id: 'adult', condition: 'signals.adult_score >= 0.67' } } },
      ],
      notices: [{ words: { status: 'open' } }],
      howToAppeal: null,
    })
  })

  test('says that an erased text is erased', () => {
    expect(statement('d2').stdout).toContain('Its text was erased. Nobody can read it any more.')
    expect(JSON.parse(statement('d2', '--format', 'json').stdout).notices).toMatchObject([
      { words: { status: 'erased', text: null } },
    ])
  })

  test.each<[string, ReadonlyArray<string>, number, RegExp]>([
    ['no such decision', ['nothing'], 2, /the projections have no decision nothing as of sequence 8/],
    ['no such account', ['d1', '--account', 'nobody'], 2, /has no events about the account nobody/],
    [
      'no such decision on it',
      ['d2', '--account', 'quilter'],
      2,
      /has no decision d2 on the account quilter/,
    ],
    [
      'several accounts',
      ['shared'],
      2,
      /several accounts have a decision shared; choose one of a1, a2 \(--account\)/,
    ],
    ['an odd id', ["x'\u001b[31m"], 2, /no decision x'\\u\{1b\}\[31m/],
    ['no such format', ['d1', '--format', 'pdf'], 64, /Allowed choices are html, md, json/],
  ])('%s', (_what, args, status, message) => {
    const result = statement(...args)
    expect(result).toMatchObject({ status, stdout: '' })
    expect(result.stderr).toMatch(message)
    expect(result.stderr).not.toContain('\u001b')
  })

  test('describes one of several accounts when it is named', () => {
    expect(statement('shared', '--account', 'a2').stdout).toContain('Decision shared on the account a2')
  })
})
