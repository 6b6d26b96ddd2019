import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { families } from '../../../src/incidents/alarm/alarm.ts'
import { type Publishing, recordedAt, said } from '../../incidents/tripwires/ledger.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5, 8)

const event = (minute: number, type: string, data: object, subject = 'u1'): Publishing => ({
  ...{ at: START + minute * MINUTE, type: `${type}.v1`, data, subject },
})
const published = event(0, 'ruleset.published', said.published('v1'))
/** Decisions that rest on nothing, each on an account of its own. */
const banned = (accounts: number): ReadonlyArray<Publishing> =>
  Array.from({ length: accounts }, (_, i) =>
    event(1 + i, 'account.deactivated', said.banned(`d${i}`, 'v1', []), `u${i}`),
  )
const end = event(60, 'content.evaluated', said.evaluated(), 'u99')

let dir = ''
const redress = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: dir })
const record = async (data: string, events: ReadonlyArray<Publishing>) =>
  (await recordedAt(join(dir, data), events)).close()

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-cli-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger in which a service decides what no rule asks for', () => {
  beforeAll(() => record('redress-data', [published, ...banned(9), end]))

  test('then its alarms are listed, for people those of which they would be told, as JSON all', () => {
    const run = redress('alarm')
    expect(run).toMatchObject({ status: 0, stderr: '' })
    const [title, , ...lines] = run.stdout.trimEnd().split('\n')
    expect(title).toBe('Up to sequence 11: 2 alarms sounded')
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['at', 'event', 'suspect', 'says', 'units', 'accounts', 'first'],
      ['2026-01-05 09:00:00', '11', 'rule bans', families.pipeline, '3', '3', 'e1'],
      ['2026-01-05 09:00:00', '11', 'rule bans', families.pipeline, '3', '6', 'e1', 'again'],
    ])
    const { sequence, alarms } = JSON.parse(redress('alarm', '--json').stdout)
    expect(sequence).toBe(11)
    expect(alarms).toHaveLength(3)
    expect(alarms[0]).toEqual({
      ...{ alarmId: expect.stringMatching(/^[0-9a-f]{64}$/), family: 'pipeline', says: families.pipeline },
      ...{ key: { decidedBy: { kind: 'rule', id: 'bans' } }, statistic: expect.any(Number) },
      ...{ threshold: 52_000, units: 3, at: '2026-01-05T09:00:00.000Z', sequence: 11 },
      first: [1, 2, 3].map((n) => ({ sequence: n + 1, id: `e${n}`, account: `u${n - 1}` })),
      ...{ accounts: 3, repeats: null, told: true },
    })
    expect(alarms[2]).toMatchObject({ accounts: 9, repeats: alarms[0].alarmId, told: false })
  })

  test('then they are not in what the ledger held before', () => {
    expect(redress('alarm', '--at', '10')).toMatchObject({
      status: 0,
      stdout: 'Up to sequence 10: 0 alarms sounded\n',
    })
  })
})
