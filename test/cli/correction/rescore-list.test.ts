import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'redress-rescore-'))
const at = (name: string): string => join(dir, name)
afterAll(() => rmSync(dir, { recursive: true }))

const redress = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: dir,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
type Request = {
  readonly account: string
  readonly flagId: string
  readonly detector: object
  readonly signals: object
}
const requestsIn = (name: string): ReadonlyArray<Request> =>
  readFileSync(at(name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    // Cast: each line is an object of ours.
    .map((line) => JSON.parse(line) as Request)

/** What a fixed detector finds in what the flags were about: nothing. */
const answersTo = (requests: ReadonlyArray<Request>): string =>
  requests
    .map(({ account, flagId, detector, signals }, i) =>
      JSON.stringify({
        ...{ specversion: '1.0', id: `rescore-${i}`, source: '/services/detection/fixed' },
        ...{ type: 'flag.rescored.v1', subject: account, time: '2025-06-20T09:00:00Z' },
        data: {
          flagId,
          detector: { ...detector, version: 'fixed' },
          signals: { ...signals, nudity_score: 0.01 },
        },
      }),
    )
    .join('\n')

const replayed = (out: string) => {
  const run = redress('replay', '--correction', 'correction.yaml', '--out', out, '--json')
  expect(run.status).toBe(0)
  return JSON.parse(run.stdout)
}

describe('given a model that went bad, whose fixed version has not looked again yet', () => {
  beforeAll(() => {
    const simulated = ['--accounts', '300', '--scenario', 'detector-rescored', '--out', 'all.ndjson']
    expect(
      redress('simulate', ...simulated, '--truth', 't.json', '--correction', 'correction.yaml').status,
    ).toBe(0)
    const events = readFileSync(at('all.ndjson'), 'utf8').split('\n')
    writeFileSync(at('events.ndjson'), events.filter((line) => !line.includes('flag.rescored.v1')).join('\n'))
    expect(redress('ingest', 'events.ndjson').status).toBe(0)
  })

  test('then the list has what waits, sorted, and once its answers are ingested the same replay settles it', () => {
    const before = replayed('before')
    const list = redress(
      'correction',
      'rescore-list',
      'correction.yaml',
      '--out',
      'requests.ndjson',
      '--json',
    )
    expect(list).toMatchObject({ status: 0, stderr: '' })
    const requests = requestsIn('requests.ndjson')
    expect(before.waitingForRescoring).toBeGreaterThan(0)
    expect(JSON.parse(list.stdout)).toEqual({
      sequence: before.sequence,
      flags: requests.length,
      waiting: before.waitingForRescoring,
      unanswerable: 0,
      out: 'requests.ndjson',
      ...{ topic: null, sent: null, failed: null },
    })
    const keys = requests.map(({ account, flagId }) => `${account} ${flagId}`)
    expect(keys).toEqual([...new Set(keys)].sort())
    expect(requests[0]).toEqual({
      ...{ account: expect.any(String), flagId: expect.any(String), category: 'adult_content' },
      ...{
        occurredAt: expect.stringMatching(/^2025-.*Z$/),
        rule: 'adult.nudity',
        withdrawals: ['nudity-net-7.3.0'],
      },
      content: {
        ...{ id: expect.any(String), kind: expect.any(String), createdAt: expect.any(String) },
        owner: requests[0]?.account,
      },
      detector: { kind: 'model', id: 'nudity-net', version: '7.3.0' },
      signals: { nudity_score: expect.any(Number) },
    })

    writeFileSync(at('answers.ndjson'), answersTo(requests))
    expect(redress('ingest', 'answers.ndjson').status).toBe(0)
    const after = replayed('after')
    expect(after).toMatchObject({ waitingForRescoring: 0, decisions: before.decisions })
    expect(after.classes.wrongful).toBeGreaterThan(before.classes.wrongful)
    expect(after.classes.indeterminate).toBeLessThan(before.classes.indeterminate)
    const empty = redress('correction', 'rescore-list', 'correction.yaml', '--out', 'empty.ndjson')
    expect(empty).toMatchObject({
      status: 0,
      stdout: 'No decision waits for a rescoring.\nWritten to empty.ndjson\n',
    })
    expect(requestsIn('empty.ndjson')).toEqual([])
    // A window limits it to what its decisions wait for.
    redress(
      'correction',
      'rescore-list',
      'correction.yaml',
      '--out',
      'none.ndjson',
      '--at',
      `${before.sequence}`,
      '--from',
      '2030-01-01',
    )
    expect(requestsIn('none.ndjson')).toEqual([])
    // As it was, the ledger still gives the same list.
    redress(
      'correction',
      'rescore-list',
      'correction.yaml',
      '--out',
      'again.ndjson',
      '--at',
      `${before.sequence}`,
    )
    expect(requestsIn('again.ndjson')).toEqual(requests)
  })
})

describe('given flags that no rescoring can settle', () => {
  test('then they are counted apart', () => {
    const vector = join(import.meta.dirname, '../../vectors/54-who-answers-a-withdrawal')
    expect(redress('ingest', join(vector, 'events.ndjson'), '--data', 'vector').status).toBe(0)
    const correction = join(vector, 'correction.json')
    const { stdout } = redress(
      'correction',
      'rescore-list',
      correction,
      '--out',
      'v.ndjson',
      '--data',
      'vector',
    )
    expect(stdout).toBe(
      'No decision waits for a rescoring.\n' +
        'No rescoring can settle 3 other flags, without content or a rule that judges it, raised by a person, or withdrawn whatever a detector finds: their decisions need human review.\nWritten to v.ndjson\n',
    )
  })
})

test.each([
  [
    'nowhere to put it',
    ['correction', 'rescore-list', 'c.yaml'],
    64,
    /give where to put the list: --out or --topic/,
  ],
  [
    'a topic without brokers',
    ['correction', 'rescore-list', 'c.yaml', '--topic', 'requests'],
    64,
    /--topic requires --brokers/,
  ],
  [
    'a broker that does not answer',
    ['correction', 'rescore-list', 'correction.yaml', '--topic', 'requests', '--brokers', 'localhost:1'],
    2,
    /no answer from localhost:1/,
  ],
  [
    'a period that ends before it starts',
    [
      'correction',
      'rescore-list',
      'correction.yaml',
      '--out',
      'x',
      '--from',
      '2025-05-02',
      '--to',
      '2025-05-01',
    ],
    64,
    /the period must start before it ends \(--from, --to\)/,
  ],
  [
    'a correction that does not exist',
    ['correction', 'rescore-list', 'none.yaml', '--out', 'x'],
    2,
    /cannot read none\.yaml/,
  ],
])('given %s, then it says what to do', (_, args, status, message) => {
  const run = redress(...args)
  expect(run.status).toBe(status)
  expect(run.stderr).toMatch(message)
})
