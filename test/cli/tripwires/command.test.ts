import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tripwires } from '../../../src/incidents/tripwires/tripwire.ts'
import { type Publishing, recordedAt, said } from '../../incidents/tripwires/ledger.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const MINUTE = 60_000
const START = Date.UTC(2025, 0, 6, 8)

const event = (minute: number, type: string, data: object, more: Partial<Publishing> = {}): Publishing => ({
  ...{ at: START + minute * MINUTE, type: `${type}.v1`, data },
  ...more,
})
const ACCOUNTS = ['u1', 'u2', 'u3']
const eachAccount = (of: (account: string) => ReadonlyArray<Publishing>): ReadonlyArray<Publishing> =>
  ACCOUNTS.flatMap(of)

/** A service in order, and one that does everything that a wire notices, at most once a minute. */
const published = event(0, 'ruleset.published', said.published('v1'))
const allWires: ReadonlyArray<Publishing> = [
  published,
  ...eachAccount((subject) => [
    event(1, 'flag.raised', said.flagged(`f-${subject}`, 'v1'), { subject }),
    event(1, 'account.deactivated', said.banned(`d-${subject}`, 'v1', [`f-${subject}`]), { subject }),
  ]),
  event(2, 'ruleset.published', said.published('v2')),
  event(3, 'flag.raised', said.flagged('f-v9', 'v9')),
  event(4, 'flag.raised', said.flagged('f-owner', 'v1', { content: { id: '7', kind: 'pin', owner: 'u9' } })),
  ...eachAccount((subject) => [
    event(6, 'account.deactivated', said.banned(`e-${subject}`, 'v1', []), { subject }),
  ]),
  ...eachAccount((subject) => [
    event(7, 'account.deactivated', said.banned(`t-${subject}`, 'v1', [`f-${subject}`], 'terminated'), {
      subject,
    }),
  ]),
  ...eachAccount((subject) => [
    event(8, 'account.reinstated', said.reinstated(`d-${subject}`), { subject }),
    event(8, 'account.deactivated', said.banned(`a-${subject}`, 'v1', [`f-${subject}`]), { subject }),
  ]),
  ...eachAccount((subject) => [
    event(9, 'flag.raised', said.flagged(`old-${subject}`, 'v1'), { subject, late: 9 * 1_440 * MINUTE }),
  ]),
]

let dir = ''
const redress = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: dir })
const record = async (data: string, events: ReadonlyArray<Publishing>) =>
  (await recordedAt(join(dir, data), events)).close()

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-cli-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger that has set off each tripwire', () => {
  beforeAll(() => record('redress-data', allWires))

  test('then they are listed in order, each with its first event, for people and as JSON', () => {
    const run = redress('tripwires')
    expect(run).toMatchObject({ status: 0, stderr: '' })
    const [title, , ...lines] = run.stdout.trimEnd().split('\n')
    expect(title).toBe('Up to sequence 25: 7 tripwires set off')
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['at', 'event', 'source', 'says', 'of', 'by'],
      ['2025-01-06 08:02:00', '8', '/svc', tripwires.unrehearsed_publication, 'rules v2', 'e7'],
      ['2025-01-06 08:04:00', '10', '/svc', tripwires.owner_mismatch, 'spam rules v1', 'e9'],
      ['2025-01-06 08:05:00', '11', '/svc', tripwires.unknown_version, 'rules v9', 'e8'],
      ['2025-01-06 08:06:00', '13', '/svc', tripwires.no_grounds, 'rules v1', 'e10 and 2 more'],
      ['2025-01-06 08:07:00', '16', '/svc', tripwires.severer_than_the_rule, 'rules v1', 'e13 and 2 more'],
      ['2025-01-06 08:08:00', '22', '/svc', tripwires.banned_again, 'spam rules v1', 'e17 and 2 more'],
      ['2025-01-06 08:09:00', '25', '/svc', tripwires.replayed_queue, 'e22 and 2 more'],
    ])
    const { sequence, tripwires: tripped } = JSON.parse(redress('tripwires', '--json', '--at', '9').stdout)
    expect(sequence).toBe(9)
    expect(tripped).toEqual([
      {
        wire: 'unrehearsed_publication',
        source: '/svc',
        says: tripwires.unrehearsed_publication,
        ...{ ruleset: 'rules', version: 'v2', sha256: null, rule: null },
        at: '2025-01-06T08:02:00.000Z',
        sequence: 8,
        events: [{ sequence: 8, id: 'e7', subject: 'rules' }],
      },
    ])
  })

  test('then a health report shows them, and exits with 1', () => {
    expect(redress('project')).toMatchObject({ status: 0 })
    const health = redress('report', 'health')
    expect(health).toMatchObject({ status: 1, stderr: '' })
    expect(health.stdout).toMatch(/^Tripwires\n {2}at +event +source/m)
    const { tripwires: tripped } = JSON.parse(redress('report', 'health', '--json').stdout)
    expect(tripped.map(({ wire }: { readonly wire: string }) => wire).sort()).toEqual(
      Object.keys(tripwires).sort(),
    )
  })
})

test('given a ledger that has set off none, then that is said, and a health report exits with 0', async () => {
  await record('calm', [published])
  expect(redress('tripwires', '--data', 'calm')).toMatchObject({
    status: 0,
    stdout: 'Up to sequence 1: 0 tripwires set off\n',
  })
  expect(redress('project', '--data', 'calm')).toMatchObject({ status: 0 })
  const health = redress('report', 'health', '--data', 'calm')
  expect(health).toMatchObject({ status: 0 })
  expect(health.stdout).toContain('Tripwires\n  none in the last day of the ledger\n')
})
