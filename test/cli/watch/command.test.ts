import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { families } from '../../../src/incidents/alarm/alarm.ts'
import { tripwires } from '../../../src/incidents/tripwires/tripwire.ts'
import { type Publishing, recordedAt, said } from '../../incidents/tripwires/ledger.ts'
import { redress } from '../../robustness/hostile/run.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5, 8)

const event = (minute: number, type: string, data: object, subject = 'u1'): Publishing => ({
  ...{ at: START + minute * MINUTE, type: `${type}.v1`, data, subject },
})
const fault = [
  event(0, 'ruleset.published', said.published('v1')),
  ...['u1', 'u2', 'u3'].map((u) => event(1, 'account.deactivated', said.banned(`d-${u}`, 'v1', []), u)),
  event(60, 'content.evaluated', said.evaluated(), 'u9'),
]

let dir = ''
const at = (name: string): string => join(dir, name)
const run = async (...args: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await redress('watch', ...args)
  return { code, lines: stdout.toString().trimEnd().split('\n'), stderr: stderr.toString() }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-watch-'))
  for (const name of ['data', 'json']) await (await recordedAt(at(name), fault)).close()
  writeFileSync(at('secret'), 'a secret that is long enough\n')
  writeFileSync(at('short'), 'secret\n')
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger that nobody has watched', () => {
  test('when it is watched to its end, then its history is listed, and how far it came; the second time nothing is new', async () => {
    const { code, lines } = await run('--until-end', '--data', at('data'))
    expect(code).toBe(0)
    expect(lines[0]).toMatch(/^What would have been raised/)
    expect(lines[1]).toMatch(
      `2026-01-05 08:01:00  rules v1, source /svc ${tripwires.no_grounds} (3 accounts; event 4, alarm `,
    )
    expect(lines[2]).toMatch(
      `2026-01-05 09:00:00  bans (rule) ${families.pipeline} (3 accounts; event 5, alarm `,
    )
    expect(lines[3]).toBe('Up to sequence 6: 0 alarms recorded, 0 told')
    expect(await run('--until-end', '--data', at('data'))).toMatchObject({ lines: [lines[3]] })
  })

  test('when it is watched with --json, then each line is an object', async () => {
    const { lines } = await run('--until-end', '--json', '--data', at('json'))
    const objects = lines.map((line) => JSON.parse(line))
    expect(objects).toMatchObject([
      { kind: 'history', tripwire: 'no_grounds', key: { ruleset: 'rules', version: 'v1', source: '/svc' } },
      { kind: 'history', family: 'pipeline', key: { decidedBy: { kind: 'rule', id: 'bans' } }, accounts: 3 },
      { sequence: 6, raised: 0, told: 0, unsent: 0, stoppedBy: null },
    ])
  })
})

describe('given options of a webhook', () => {
  const url = 'https://pager.example/redress'
  test.each([
    [['--webhook', url], 64, '--webhook requires --webhook-secret-file'],
    [['--webhook-secret-file', 'secret'], 64, 'require --webhook'],
    [['--webhook', 'ftp://pager.example', '--webhook-secret-file', 'secret'], 64, 'Give a URL'],
    [['--webhook', url, '--webhook-secret-file', 'short'], 2, 'too short'],
    [['--webhook', url, '--webhook-secret-file', 'none'], 2, 'there is no such file'],
  ])('when they are %j, then exit %i, and the message says what is wrong', async (args, code, message) => {
    const named = args.map((arg) => (/^(?:secret|short|none)$/.test(arg) ? at(arg) : arg))
    const answer = await run(...named, '--until-end', '--data', at('data'))
    expect(answer).toMatchObject({ code, stderr: expect.stringContaining(message) })
  })
})
