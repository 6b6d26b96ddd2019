import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDeadLetters } from '../../src/ingest/dead-letters/open.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { appeal, unwrap } from '../ledger/events.ts'
import { exampleFile } from '../reports/statements/mappings.ts'
import { letOthersRead, letOwnerWrite, type Unwritable, waysWithoutWriting } from './unwritable.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-read-only-'))
const at = (...names: ReadonlyArray<string>): string => join(dir, ...names)
afterAll(() => {
  for (const name of readdirSync(dir)) if (existsSync(at(name, 'data'))) letOwnerWrite(at(name))
  rmSync(dir, { recursive: true })
})

/** Whose last words are in the files beside the databases, in all folders but those that were closed. */
const ACCOUNT = 'quilter'
const WORDS = 'these are quilts'

type Answer = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

/** Runs a command in a working folder, as it is or without the right to write its folder `data`. */
const redress = (cwd: string, args: ReadonlyArray<string>, way?: Unwritable): Answer => {
  const command = [process.execPath, main, ...args]
  const [file = '', ...rest] = way === undefined ? command : way.wrap(command)
  const env = { ...process.env, TMPDIR: join(cwd, 'tmp') }
  const { status, stdout, stderr } = spawnSync(file, rest, { cwd, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** What is of the moment in an answer: the time of day. */
const timeless = ({ status, stdout, stderr }: Answer): Answer => {
  const of = (text: string): string =>
    text.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*Z?|as it was on [\w ]+, \d\d:\d\d/g, 'TIME')
  return { status, stdout: of(stdout), stderr: of(stderr) }
}

/** What may be said of a data folder that others gave to be read. The rest is what was there when it was closed. */
const states = ['closed', 'killed', 'copied', 'emptied'] as const
type State = (typeof states)[number]
const stateNames: Readonly<Record<State, string>> = {
  closed: 'closed files',
  killed: 'what a killed process leaves: -wal and -shm',
  copied: 'a -wal that was copied without its -shm',
  emptied: 'an empty -wal',
}

let decision = ''
let letter = ''
let [incident, remediation] = ['', '']

beforeAll(async () => {
  const make = at('make')
  mkdirSync(join(make, 'tmp'), { recursive: true })
  const run = (...args: ReadonlyArray<string>): string => {
    const { status, stdout, stderr } = redress(make, args)
    if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
    return stdout
  }
  run(
    'simulate',
    '--accounts',
    '300',
    '--out',
    'e.ndjson',
    '--truth',
    't.json',
    '--ruleset',
    '../corrected.yaml',
  )
  run('ingest', 'e.ndjson', '--data', 'data')
  const led = ['--title', 't', '--suspect', 'rule=r', '--by', 'ana', '--json', '--data', 'data']
  incident = JSON.parse(run('incident', 'open', ...led)).incidentId
  run('project', '--data', 'data')
  const plan = [
    '--incident',
    incident,
    '--ruleset',
    '../corrected.yaml',
    '--by',
    'ana',
    '--json',
    '--data',
    'data',
  ]
  remediation = JSON.parse(run('remediation', 'plan', ...plan)).remediationId
  const [row] = JSON.parse(
    run(
      'query',
      '--json',
      '--data',
      'data',
      "SELECT decision_id FROM decisions WHERE ruleset = 'community-guidelines' LIMIT 1",
    ),
  )
  decision = row.decision_id
  writeFileSync(at('verdicts.ndjson'), '{"decisionId":"d1","verdict":"agree"}\n')
  writeFileSync(at('alarms.yaml'), 'falseAlarmsAYear: 2\nwrongDecisions: 0.1\n')
  writeFileSync(at('correction.yaml'), 'correction: c\nruleset: corrected.yaml\n')
  writeFileSync(
    at('report.json'),
    run('report', 'transparency', '--from', '2025-04-01', '--to', '2025-05-01', '--json', '--data', 'data'),
  )

  const data = join(make, 'data')
  const open = unwrap(await openLedger(data))
  const letters = unwrap(await openDeadLetters(data, () => Date.UTC(2026, 0, 1)))
  const event = appeal('late', ACCOUNT, WORDS)
  unwrap(await open.ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  const raw = Buffer.from('not an event')
  letter = 'ab'.repeat(32)
  const rejection = { code: 'invalid', path: '', message: 'no event' } as const
  unwrap(
    letters.record({ sightings: [{ sha256: letter, raw, length: raw.length, rejection, origin: 'a:1' }] }),
  )
  // All is in the files beside the databases now, and stays there while they are open.
  for (const state of ['killed', 'copied'] as const) cpSync(data, at(state, 'data'), { recursive: true })
  letters.close()
  await open.close()
  for (const state of ['closed', 'emptied', 'usual'] as const)
    cpSync(data, at(state, 'data'), { recursive: true })

  for (const name of readdirSync(at('copied', 'data'))) {
    if (name.endsWith('-shm')) rmSync(at('copied', 'data', name))
  }
  for (const name of ['ledger.db', 'vault.db', 'keys.db', 'dead-letters.db']) {
    writeFileSync(at('emptied', 'data', `${name}-wal`), '')
  }
  for (const state of [...states, 'usual']) {
    // As a mount or another user finds it: who may not write, may write beside.
    mkdirSync(at(state, 'tmp'))
    spawnSync('chmod', ['0777', at(state, 'tmp')])
  }
  spawnSync('chmod', ['-R', 'a+rX', dir])
  for (const state of states) letOthersRead(at(state))
})

/** Every command that only reads the data folder, with arguments by which it does something. */
const reading = (): Readonly<Record<string, ReadonlyArray<string>>> => ({
  account: ['account', ACCOUNT],
  'alarm list': ['alarm'],
  'audit list': ['audit', 'list'],
  'hold list': ['hold', 'list'],
  'incident list': ['incident', 'list'],
  'incident show': ['incident', 'show', incident],
  backup: ['backup', 'copy', '--keys', 'copy-keys'],
  'dead-letters list': ['dead-letters', 'list'],
  'dead-letters show': ['dead-letters', 'show', letter],
  'correction check': ['correction', 'check', '../correction.yaml'],
  'correction rescore-list': ['correction', 'rescore-list', '../correction.yaml', '--out', 'requests'],
  explain: ['explain', decision, '--ruleset', '../corrected.yaml'],
  'export parquet': ['export', 'parquet', 'tables'],
  'export statements': ['export', 'statements', 'sor', '--mapping', exampleFile],
  query: ['query', 'SELECT count(*) FROM events'],
  'remediation show': ['remediation', 'show', remediation],
  'remediation requests': ['remediation', 'requests'],
  replay: ['replay', '--ruleset', '../corrected.yaml', '--out', 'result'],
  'report health': ['report', 'health', '--as-of', '2025-05-19'],
  'report restate': ['report', 'restate', '../report.json'],
  'report transparency': ['report', 'transparency', '--from', '2025-04-01', '--to', '2025-05-01'],
  'ruleset list': ['ruleset', 'list'],
  'ruleset rehearse': ['ruleset', 'rehearse', '../corrected.yaml'],
  'ruleset impact': ['ruleset', 'impact', '../corrected.yaml', '--since', '2025-01-01'],
  statement: ['statement', decision],
  tripwires: ['tripwires'],
})

/** Every command that writes there, with arguments that would let it. */
const writing = (): Readonly<Record<string, ReadonlyArray<string>>> => ({
  'alarm configure': ['alarm', 'configure', '../alarms.yaml', '--by', 'ana', '--data', 'data'],
  consume: ['consume', '--brokers', 'localhost:1', '--until-end', '--data', 'data'],
  copy: ['copy', '--from', 'data', '--to', 'esdb://localhost:1'],
  'dead-letters purge': ['dead-letters', 'purge', '--older-than', '1d', '--data', 'data'],
  'dead-letters resubmit': ['dead-letters', 'resubmit', '--all', '--data', 'data'],
  dispatch: ['dispatch', '--brokers', 'localhost:1', '--until-end', '--data', 'data'],
  'hold lift': ['hold', 'lift', 'h1', '--by', 'ana', '--reason', 'fixed', '--data', 'data'],
  'hold request': ['hold', 'request', '--rule', 'r', '--by', 'ana', '--reason', 'wrong', '--data', 'data'],
  'incident close': ['incident', 'close', 'i1', '--conclusion', 'confirmed', '--by', 'ana', '--data', 'data'],
  'incident note': ['incident', 'note', 'i1', 'text', '--by', 'ana', '--data', 'data'],
  'incident open': [
    'incident',
    'open',
    '--title',
    't',
    '--suspect',
    'rule=r',
    '--by',
    'ana',
    '--data',
    'data',
  ],
  ingest: ['ingest', '../make/e.ndjson', '--data', 'data'],
  project: ['project', '--data', 'data'],
  'remediation approve': ['remediation', 'approve', 'i1-1', '--by', 'ana', '--data', 'data'],
  ...Object.fromEntries(
    ['pause', 'resume', 'cancel'].map((turn) => [
      `remediation ${turn}`,
      ['remediation', turn, 'i1-1', '--by', 'ana', '--reason', 'wrong', '--data', 'data'],
    ]),
  ),
  'remediation plan': [
    ...['remediation', 'plan', '--incident', 'i1', '--ruleset', '../corrected.yaml', '--by', 'ana'],
    ...['--data', 'data'],
  ],
  'remediation review': [
    ...['remediation', 'review', 'i1-1', '--decision', 'd1', '--resolution', 'keep', '--by', 'ana'],
    ...['--data', 'data'],
  ],
  'remediation run': ['remediation', 'run', 'i1-1', '--by', 'ana', '--once', '--data', 'data'],
  'remediation sample': [
    ...['remediation', 'sample', 'i1-1', '--verdicts', '../verdicts.ndjson', '--by', 'ana', '--data', 'data'],
  ],
  'ruleset publish': ['ruleset', 'publish', '../corrected.yaml', '--data', 'data'],
  watch: ['watch', '--until-end', '--data', 'data'],
})

/** Commands that have to do with no data folder that is there. */
const apart = [
  ...['check', 'list', 'sample', 'schema'].map((name) => `events ${name}`),
  ...['demo', 'ruleset check', 'ruleset diff', 'simulate'],
]

const reads = (args: ReadonlyArray<string>): ReadonlyArray<string> => [...args, '--data', 'data']

/** Names of the commands that a help text lists. */
const listed = (...of: ReadonlyArray<string>): ReadonlyArray<string> =>
  redress(dir, [...of, '--help'])
    .stdout.split(/^Commands:\n/m)[1]
    ?.split('\n\n')[0]
    ?.match(/^ {2}[a-z][a-z-]*/gm)
    ?.map((name) => name.trim())
    .filter((name) => name !== 'help') ?? []

test('given the command line, then every command is known to read, to write, or to do neither', () => {
  const commands = listed().flatMap((name) => {
    const below = listed(name)
    return below.length === 0 ? [name] : below.map((each) => `${name} ${each}`)
  })
  expect(commands.sort()).toEqual([...Object.keys(reading()), ...Object.keys(writing()), ...apart].sort())
})

const ways = waysWithoutWriting()

describe.each(ways.map((way) => [way.name, way] as const))('given a data folder on %s', (_, way) => {
  test.each(Object.keys(reading()))('when %s reads it, then it answers as it does elsewhere', (name) => {
    const args = reads(reading()[name] ?? [])
    const usual = redress(at('usual'), args)
    expect(usual.status, usual.stderr).toBeLessThan(2)
    expect(timeless(redress(at('closed'), args, way))).toEqual(timeless(usual))
    for (const out of ['copy', 'copy-keys', 'tables', 'sor', 'result', 'requests']) {
      for (const state of ['usual', 'closed']) rmSync(at(state, out), { recursive: true, force: true })
    }
    expect(readdirSync(at('closed', 'tmp'))).toEqual([])
  })

  describe.each(states.map((state) => [stateNames[state], state] as const))('with %s', (_, state) => {
    test('when an account and the dead letters are read, and everything is copied, then the latest data is there', () => {
      const before = readdirSync(at(state, 'data'))
      expect(redress(at(state), reads(['account', ACCOUNT]), way)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(WORDS),
      })
      expect(redress(at(state), reads(['dead-letters', 'list']), way).stdout).toContain('no event')
      expect(redress(at(state), reads(['ruleset', 'list']), way).status).toBe(0)
      const copied = redress(at(state), reads(['backup', 'copy', '--keys', 'copy-keys']), way)
      expect(copied).toMatchObject({ status: 0, stderr: '' })
      cpSync(at(state, 'copy-keys', 'keys.db'), at(state, 'copy', 'keys.db'))
      expect(redress(at(state), ['account', ACCOUNT, '--data', 'copy']).stdout).toContain(WORDS)
      for (const out of ['copy', 'copy-keys']) rmSync(at(state, out), { recursive: true })
      expect(readdirSync(at(state, 'data'))).toEqual(before)
      expect(readdirSync(at(state, 'tmp'))).toEqual([])
    })
  })

  test('when there is no file of dead letters, then there are none, and none is created', () => {
    const state = `without-letters-${ways.indexOf(way)}`
    cpSync(at('usual', 'data'), at(state, 'data'), { recursive: true })
    mkdirSync(at(state, 'tmp'))
    rmSync(at(state, 'data', 'dead-letters.db'))
    for (const each of [undefined, way]) {
      if (each !== undefined) letOthersRead(at(state))
      expect(redress(at(state), reads(['dead-letters']), each)).toEqual({
        status: 0,
        stdout: 'No dead letters.\n',
        stderr: '',
      })
      expect(readdirSync(at(state, 'data'))).not.toContain('dead-letters.db')
    }
  })
})

describe('given a data folder that cannot be written', () => {
  test.each(Object.keys(writing()))('when %s would write, then one line says that it cannot', (name) => {
    const { status, stderr } = redress(at('closed'), writing()[name] ?? [], ways[0])
    expect(status, stderr).toBe(2)
    expect(stderr).toMatch(/^redress: [^\n]*\n$/)
    expect(stderr).not.toContain('internal error')
  })

  test.each([
    ['replay', '--ruleset', '../corrected.yaml', '--out', 'data/new'],
    ['export', 'parquet', 'data/new'],
    ['export', 'statements', 'data/new', '--mapping', exampleFile],
    ['ingest', '../make/e.ndjson', '--data', 'data/new'],
  ])('when %s %s %s would create a folder in it, then it says why it cannot', (...args) => {
    const { status, stderr } = redress(at('closed'), args.includes('--data') ? args : reads(args), ways[0])
    expect(status, stderr).toBe(2)
    expect(stderr).toMatch(
      /data\/new: (it is on a read-only file system \(EROFS\)|permission denied \(EACCES\)); /,
    )
  })
})
