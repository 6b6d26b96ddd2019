import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programWith } from '../../src/cli/program.ts'
import { describeWithKafka } from '../infra/kafka/kafka.ts'
import { newTopic, publish, structured } from '../ingest/kafka/topics.ts'
import { startTestServer, type TestServer } from '../ledger/eventstoredb/server/server.ts'
import { exampleFile } from '../reports/statements/mappings.ts'
import { allCommands, redress } from '../robustness/hostile/run.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-streams-'))
const at = (name: string): string => join(dir, name)
const DATA = ['--data', at('data')]
const PERIOD = ['--from', '2025-01-01', '--to', '2026-01-01', ...DATA]
const FEW = ['--accounts', '1000']
const BAD = '{"specversion":"1.0"}'

const FULL =
  'redress: cannot write to standard output: there is no space left (ENOSPC); free some space, then run it again'

type Ended = { readonly code: number | null; readonly stderr: string }

/** Runs a command whose standard output, standard error or both are a device that is full. */
const onFull = async (
  args: ReadonlyArray<string>,
  which: 'stdout' | 'stderr' | 'both' = 'stdout',
): Promise<Ended> => {
  const full = openSync('/dev/full', 'w')
  try {
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', which === 'stderr' ? 'ignore' : full, which === 'stdout' ? 'pipe' : full],
    })
    const [stderr, [code]] = await Promise.all([
      child.stderr === null ? '' : text(child.stderr),
      once(child, 'close'),
    ])
    return { code, stderr }
  } finally {
    closeSync(full)
  }
}

/** Runs a command whose output nobody reads. */
const unread = async (
  args: ReadonlyArray<string>,
  output: 'stdout' | 'stderr' = 'stdout',
): Promise<Ended> => {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  child[output].destroy()
  if (output === 'stderr') child.stdout.resume()
  const [stderr, [code]] = await Promise.all([
    output === 'stderr' ? '' : text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stderr }
}

const expectTold = ({ code, stderr }: Ended): void => {
  expect(stderr.split('\n').filter((line) => line.startsWith('redress:'))).toEqual([FULL])
  expect(stderr).not.toMatch(/^ +at /m)
  expect(code).toBe(2)
}

let account = ''
let decision = ''
let hold = ''
let incident = ''
let [wronged, remediation] = ['', '']
let letter = ''
let server: TestServer
let [brokers, topic] = ['', '']
let n = 0
/** A name in the folder that was not used. */
const fresh = (): string => at(`made-${n++}`)

/** A copy of the data folder, for commands that take it out of use. */
const copied = (): string => {
  const to = fresh()
  cpSync(at('data'), to, { recursive: true })
  return to
}

beforeAll(async () => {
  server = await startTestServer()
  const made = await redress(
    ...['simulate', '--accounts', '300', '--scenario', 'retired-rule', '--out', at('e.ndjson')],
    ...['--truth', at('t.json'), '--ruleset', at('corrected.yaml')],
  )
  expect(made.code).toBe(0)
  writeFileSync(at('correction.yaml'), 'correction: c\nruleset: corrected.yaml\n')
  writeFileSync(at('alarms.yaml'), 'falseAlarmsAYear: 2\nwrongDecisions: 0.1\n')
  writeFileSync(at('bad.ndjson'), `${BAD}\n`)
  await redress('ingest', at('e.ndjson'), ...DATA)
  await redress('ingest', at('bad.ndjson'), ...DATA)
  await redress('project', ...DATA)
  await redress('report', 'transparency', ...PERIOD, '--out', at('report.json'))
  const { stdout } = await redress(
    'query',
    'SELECT account, decision_id FROM decisions LIMIT 1',
    '--json',
    ...DATA,
  )
  const [row] = JSON.parse(stdout.toString())
  account = row.account
  decision = row.decision_id
  const held = await redress(
    'hold',
    'request',
    '--rule',
    'r',
    '--by',
    'ana',
    '--reason',
    'x',
    '--json',
    ...DATA,
  )
  hold = JSON.parse(held.stdout.toString()).holdId
  const led = ['--title', 't', '--suspect', 'rule=r', '--by', 'ana', '--json']
  const opened = await redress('incident', 'open', ...led, ...DATA)
  incident = JSON.parse(opened.stdout.toString()).incidentId
  const other = await redress('incident', 'open', ...led, ...DATA)
  wronged = JSON.parse(other.stdout.toString()).incidentId
  const plan = ['--incident', wronged, '--ruleset', at('corrected.yaml'), '--by', 'ana', '--json']
  const planned = await redress('remediation', 'plan', ...plan, '--sample', '1', ...DATA)
  remediation = JSON.parse(planned.stdout.toString()).remediationId
  // Its whole sample is judged, so it can be approved.
  for (const by of ['eva', 'cy']) {
    const sample = ['remediation', 'sample', remediation, '--by', by, ...DATA]
    const [{ decisionId }] = JSON.parse((await redress(...sample, '--json')).stdout.toString())
    writeFileSync(at('verdicts.ndjson'), `${JSON.stringify({ decisionId, verdict: 'agree' })}\n`)
    await redress(...sample, '--verdicts', at('verdicts.ndjson'))
  }
  const letters = await redress('dead-letters', 'list', '--json', ...DATA)
  letter = JSON.parse(letters.stdout.toString()).letters[0].hash
})
afterAll(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

/** A command line of each command that prints; what it prints, and the code with which it does, is its own matter. */
const calls: Readonly<Record<string, () => ReadonlyArray<string>>> = {
  account: () => [account, ...DATA],
  'alarm configure': () => [at('alarms.yaml'), '--by', 'ana', ...DATA],
  'alarm list': () => DATA,
  'audit list': () => DATA,
  'incident close': () => [incident, '--conclusion', 'confirmed', '--by', 'ana', ...DATA],
  'incident list': () => DATA,
  'incident note': () => [incident, 'a note', '--by', 'ana', ...DATA],
  'incident open': () => ['--title', 't', '--suspect', 'rule=r', '--by', 'ana', ...DATA],
  'incident show': () => [incident, ...DATA],
  'hold lift': () => [hold, '--by', 'ana', '--reason', 'fixed', ...DATA],
  'hold list': () => DATA,
  'hold request': () => ['--rule', 'spam', '--by', 'ana', '--reason', 'wrong', ...DATA],
  backup: () => [fresh(), '--keys', fresh(), ...DATA],
  // These need a broker, so they have tests of their own below.
  dispatch: () => ['--brokers', brokers, '--until-end', ...DATA],
  consume: () => ['--brokers', brokers, '--topic', topic, '--until-end', '--group', fresh(), ...DATA],
  copy: () => ['--from', copied(), '--to', server.url],
  'dead-letters list': () => DATA,
  'dead-letters show': () => [letter, ...DATA],
  'dead-letters resubmit': () => [letter, ...DATA],
  'dead-letters purge': () => ['--older-than', '1d', ...DATA],
  'correction check': () => [at('correction.yaml'), ...DATA],
  'correction rescore-list': () => [at('correction.yaml'), '--out', fresh(), ...DATA],
  demo: () => [...FEW, '--out', fresh()],
  'events check': () => [at('e.ndjson')],
  'events list': () => [],
  'events sample': () => ['flag.raised.v1'],
  'events schema': () => ['flag.raised.v1'],
  explain: () => [decision, '--ruleset', at('corrected.yaml'), ...DATA],
  'export parquet': () => [fresh(), ...DATA],
  'export statements': () => [fresh(), '--mapping', exampleFile, ...DATA],
  ingest: () => [at('e.ndjson'), ...DATA],
  project: () => DATA,
  query: () => ['FROM events', ...DATA],
  'remediation approve': () => [remediation, '--by', 'di', '--reason', 'x', ...DATA],
  'remediation cancel': () => [remediation, '--by', 'di', '--reason', 'x', ...DATA],
  'remediation pause': () => [remediation, '--by', 'di', '--reason', 'x', ...DATA],
  'remediation plan': () => [
    // The same plan again, so that the other commands find theirs to be the latest.
    ...['--incident', wronged, '--ruleset', at('corrected.yaml'), '--sample', '1', '--by', 'ana', ...DATA],
  ],
  'remediation resume': () => [remediation, '--by', 'di', ...DATA],
  'remediation review': () => [remediation, ...DATA],
  'remediation run': () => [remediation, '--by', 'di', '--once', ...DATA],
  'remediation sample': () => [remediation, '--by', 'bo', ...DATA],
  'remediation show': () => [remediation, ...DATA],
  'remediation requests': () => DATA,
  replay: () => ['--ruleset', at('corrected.yaml'), '--out', fresh(), ...DATA],
  'report health': () => DATA,
  'report restate': () => [at('report.json'), ...DATA],
  'report transparency': () => PERIOD,
  'ruleset check': () => [at('corrected.yaml')],
  'ruleset diff': () => [at('corrected.yaml'), at('corrected.yaml')],
  'ruleset list': () => DATA,
  'ruleset publish': () => [at('corrected.yaml'), ...DATA],
  'ruleset rehearse': () => [at('corrected.yaml'), ...DATA],
  'ruleset impact': () => [at('corrected.yaml'), '--since', '2025-01-01', ...DATA],
  simulate: () => ['--accounts', '300', '--out', fresh(), '--truth', fresh()],
  statement: () => [decision, ...DATA],
  tripwires: () => DATA,
  watch: () => ['--until-end', ...DATA],
}

const commands = await allCommands()
const names = commands.map(({ path }) => path.join(' '))

test('every command of the program is called', () => {
  expect(Object.keys(calls).toSorted()).toEqual(names.toSorted())
})

const line = (name: string): ReadonlyArray<string> => [...name.split(' '), ...(calls[name]?.() ?? [])]

const expectTellsOfFull = async (name: string): Promise<void> => expectTold(await onFull(line(name)))
const expectEndsUnread = async (name: string): Promise<void> => {
  const { code, stderr } = await unread(line(name))
  expect([0, 1]).toContain(code)
  expect(stderr).not.toMatch(/^redress:/m)
}

const withBroker = ['consume', 'dispatch']

describe.each(names.filter((name) => !withBroker.includes(name)))('given redress %s', (name) => {
  test('when its output is full, then it prints one line, and exit 2', () => expectTellsOfFull(name))
  test('when nobody reads its output, then it ends as it would', () => expectEndsUnread(name))
})

describeWithKafka('given a broker', (address) => {
  beforeAll(async () => {
    brokers = address
    topic = await newTopic(address)
    await publish(address, topic, [structured(BAD)])
  })
  describe.each(withBroker)('given redress %s', (name) => {
    test('when its output is full, then it prints one line, and exit 2', () => expectTellsOfFull(name))
    test('when nobody reads its output, then it ends as it would', () => expectEndsUnread(name))
  })
})

/** The commands and the groups that they are in. */
const withGroups = (command: Command, path: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => [
  path,
  ...command.commands.flatMap((inner) => withGroups(inner, [...path, inner.name()])),
]
const helped = withGroups(await programWith(() => true), [])

test('every group of commands has help too', () => {
  expect(helped.length).toBeGreaterThan(names.length)
})

test.each(helped.map((path) => path.join(' ')))(
  'when the help of redress %s is written to a full device, then it prints one line, and exit 2',
  async (path) => expectTold(await onFull([...path.split(' ').filter((name) => name !== ''), '--help'])),
)

describe('given more output than a pipe holds', () => {
  const query = [main, 'query', 'FROM events', '--format', 'csv', ...DATA]
  const inShell = async (
    script: string,
  ): Promise<{ readonly stdout: string; readonly code: number | null }> => {
    const child = spawn('bash', ['-c', script, process.execPath, ...query], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
    return { stdout, code }
  }

  test('when its reader is slow, then it gets all of it', async () => {
    const all = (await redress('query', 'FROM events', '--format', 'csv', ...DATA)).stdout.toString()
    expect(all.length).toBeGreaterThan(1_000_000)

    expect(await inShell('set -o pipefail; "$0" "$@" | (sleep 1; cat)')).toEqual({
      stdout: all,
      code: 0,
    })
  })

  test('when its reader closes early, then it ends at once, successfully', async () => {
    const { stdout, code } = await inShell('set -o pipefail; "$0" "$@" | head -n 1')
    expect(stdout).toMatch(/^type,sequence/)
    expect(code).toBe(0)
  })
})

describe('given a standard error that cannot be written', () => {
  const SQL = ['query', 'SELECT 1', ...DATA]

  test('when it is full, then the exit code does not claim complete output', async () => {
    expect((await onFull(SQL, 'stderr')).code).toBe(2)
    expect((await onFull(SQL, 'both')).code).toBe(2)
    expect((await onFull([...SQL, '--json'], 'both')).code).toBe(2)
  })

  test('when it is full, then the exit code is still that of a usage error', async () => {
    expect((await onFull(['nonsense'], 'stderr')).code).toBe(64)
  })

  test('when nobody reads it, then the command ends as usual', async () => {
    expect((await unread(SQL, 'stderr')).code).toBe(0)
  })
})
