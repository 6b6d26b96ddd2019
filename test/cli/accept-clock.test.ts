import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openExisting, openLedger } from '../../src/ledger/open.ts'
import { all } from '../ledger/contract.ts'
import { flag, unwrap } from '../ledger/events.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const AHEAD = Date.now() + 10 * 365 * 86_400_000
const ahead = new Date(AHEAD).toISOString()

let dir = ''
const at = (name: string): string => join(dir, name)
const redress = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: dir })
const recorded = async (data: string): Promise<ReadonlyArray<string>> => {
  const { ledger, close } = unwrap(await openExisting(at(data)))
  const events = await all(ledger.readAll(null))
  await close()
  return events.map(({ canonical }) => Object(JSON.parse(canonical)).recordedat)
}

const line = (id: string): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/test',
    type: 'flag.dismissed.v1',
    subject: 'u1',
    time: '2025-04-29T00:00:00Z',
    data: { flagId: 'f-u1-e1', reviewer: { kind: 'human', id: 'r1' } },
  })
const ruleset = 'ruleset: rules\nversion: v1\nrules: []\ndeactivations: []\n'

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-clock-'))
  writeFileSync(at('events.ndjson'), `${line('e2')}\n`)
  writeFileSync(at('bad.ndjson'), `${line('e3').replace('u1', 'not an id')}\n`)
  writeFileSync(at('edited.json'), line('e3'))
  writeFileSync(at('rules.yaml'), ruleset)
  const { ledger, close } = unwrap(await openLedger(at('data'), { clock: () => AHEAD }))
  unwrap(await ledger.append([{ stream: 'account-u1', expectedRevision: 'any', events: [flag('e1')] }]))
  await close()
  expect(redress('ingest', 'bad.ndjson', '--data', 'data', '--accept-clock').status).toBe(1)
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a ledger whose last event was recorded by a clock that was ten years ahead', () => {
  const letter = (): string => {
    const { letters } = JSON.parse(redress('dead-letters', 'list', '--data', 'data', '--json').stdout)
    return letters[0].hash
  }
  const writers: ReadonlyArray<readonly [string, () => ReadonlyArray<string>]> = [
    ['ingest', () => ['ingest', 'events.ndjson']],
    ['ruleset publish', () => ['ruleset', 'publish', 'rules.yaml']],
    ['hold request', () => ['hold', 'request', '--rule', 'spam', '--reason', 'r', '--by', 'ana']],
    ['incident open', () => ['incident', 'open', '--title', 't', '--suspect', 'rule=spam', '--by', 'ana']],
    ['dead-letters resubmit', () => ['dead-letters', 'resubmit', letter(), '--file', 'edited.json']],
  ]
  test.each(writers)(
    'when %s is run, then nothing is recorded, and with --accept-clock it continues with that time',
    async (name, args) => {
      const data = name.replaceAll(' ', '-')
      cpSync(at('data'), at(data), { recursive: true })
      const refused = redress(...args(), '--data', data)
      expect(refused.status).toBe(2)
      expect(refused.stderr).toContain(ahead)
      expect(refused.stderr).toMatch(
        /^redress: nothing is recorded: this machine's clock says 2.*--accept-clock/,
      )
      expect(await recorded(data)).toEqual([ahead])
      const accepted = redress(...args(), '--data', data, '--accept-clock')
      expect(accepted.stderr).toBe('')
      expect(accepted.status).toBe(0)
      expect(await recorded(data)).toEqual([ahead, ahead])
    },
  )

  test('when a replay is run for an incident, then it is refused before it replays, and with --accept-clock it is recorded', () => {
    const data = ['--data', 'replayed', '--by', 'ana']
    cpSync(at('data'), at('replayed'), { recursive: true })
    const incident = [
      'incident',
      'open',
      '--title',
      't',
      '--suspect',
      'rule=spam',
      '--json',
      '--accept-clock',
    ]
    const { incidentId } = JSON.parse(redress(...incident, ...data).stdout)
    const replay = ['replay', '--ruleset', 'rules.yaml', '--out', 'result', '--incident', incidentId, ...data]
    const refused = redress(...replay)
    expect([refused.status, existsSync(at('result'))]).toEqual([2, false])
    expect(refused.stderr).toContain('--accept-clock')
    expect(redress(...replay, '--accept-clock').status).toBe(0)
    expect(redress('incident', 'show', incidentId, '--data', 'replayed').stdout).toContain('replayed by ana')
  })

  test('when consume is run, then it reads nothing', () => {
    const args = ['consume', '--brokers', 'localhost:1', '--data', 'data']
    const refused = redress(...args)
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain(`last event was recorded at ${ahead}`)
    expect(redress(...args, '--accept-clock').stderr).toContain('no answer from localhost:1')
  })

  test('when its health is checked, at whatever time, then it reports that, and exits with 1', () => {
    expect(redress('project', '--data', 'data').status).toBe(0)
    const health = redress('report', 'health', '--data', 'data', '--as-of', '2050-01-01')
    expect(health.status).toBe(1)
    expect(health.stdout).toMatch(new RegExp(`Clock\n  behind: .*${ahead}`))
    const { clock } = JSON.parse(redress('report', 'health', '--data', 'data', '--json').stdout)
    expect(clock).toMatchObject({ lastRecordedAt: ahead, isBehind: true })
  })
})

test('given a ledger recorded by a correct clock, when its health is checked, then it reports the time', () => {
  redress('ingest', 'events.ndjson', '--data', 'good')
  redress('project', '--data', 'good')
  const health = redress('report', 'health', '--data', 'good', '--as-of', '2025-05-19')
  expect(health.status).toBe(0)
  expect(health.stdout).toMatch(/Clock\n {2}the last event was recorded at 20/)
})
