import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resultFiles } from '../../src/replay/result/write.ts'
import { startTestServer, type TestServer } from '../ledger/eventstoredb/server/server.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const vector = join(import.meta.dirname, '../vectors/05-cascade-across-accounts')
const corrected = join(vector, 'corrected.json')

type Run = {
  readonly status: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

let dir = ''
let server: TestServer

/** In the background: the server answers from this very process. */
const redress = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): Promise<Run> =>
  new Promise((resolve) =>
    execFile(
      process.execPath,
      [main, ...args],
      { cwd: dir, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : error.code, stdout, stderr }),
    ),
  )

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-cluster-cli-'))
  server = await startTestServer()
})
afterAll(async () => {
  await server.close()
  rmSync(dir, { recursive: true })
})

test.each([
  'account',
  'alarm configure',
  'alarm list',
  'backup',
  'consume',
  'dead-letters resubmit',
  'dispatch',
  'explain',
  'hold lift',
  'hold list',
  'hold request',
  'incident close',
  'incident note',
  'incident open',
  'incident show',
  'ingest',
  'remediation approve',
  'remediation cancel',
  'remediation pause',
  'remediation plan',
  'remediation resume',
  'remediation review',
  'remediation run',
  'remediation sample',
  'remediation show',
  'remediation requests',
  'replay',
  'ruleset list',
  'ruleset publish',
  'ruleset impact',
  'ruleset rehearse',
  'tripwires',
  'watch',
])('redress %s takes a cluster', async (command) => {
  const { stdout } = await redress([...command.split(' '), '--help'])
  expect(stdout).toMatch(/--ledger <url>[\s\S]*REDRESS_LEDGER/)
})

describe('given an invalid address, with a password in it', () => {
  const url = 'https://admin:changeit@db-1:2113'

  test.each([
    ['on the command line', ['--ledger', url], {}],
    ['in the environment', [], { REDRESS_LEDGER: url }],
  ])('when it is %s, then it is a usage error that does not show the password', async (_, args, env) => {
    const { status, stdout, stderr } = await redress(['account', 'u1', ...args], env)
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
    expect(stderr).toMatch(
      /^redress: 'https:\/\/db-1:2113' is not a cluster address: give kurrentdb:\/\/host:port [^\n]*\n$/,
    )
  })
})

test('given an empty address, then nothing is read or written elsewhere instead', async () => {
  const { status } = await redress(['account', 'u1'], { REDRESS_LEDGER: '' })
  expect(status).toBe(64)
})

describe('given a cluster, and the same events in an embedded ledger', () => {
  let onCluster: ReadonlyArray<string> = []
  const embedded = ['--data', 'embedded']

  beforeAll(async () => {
    onCluster = ['--data', 'beside', '--ledger', server.url]
    const file = join(vector, 'events.ndjson')
    expect(await redress(['ingest', file, ...onCluster])).toMatchObject({ status: 0 })
    expect(await redress(['ingest', file, ...embedded])).toMatchObject({ status: 0 })
  })

  test('when both are replayed, then the results are the same, byte for byte', async () => {
    const replay = ['replay', '--engine', 'reference', '--ruleset', corrected, '--out']
    expect(await redress([...replay, 'cluster-result', ...onCluster])).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(await redress([...replay, 'embedded-result', ...embedded])).toMatchObject({ status: 0 })
    for (const name of resultFiles('ndjson')) {
      const result = readFileSync(join(dir, 'cluster-result', name), 'utf8')
      expect(result).toBe(readFileSync(join(dir, 'embedded-result', name), 'utf8'))
    }
  })

  test.each([[['explain', 'd-main', '--ruleset', corrected]], [['ruleset', 'list']]])(
    'when called with %j, then both answer the same',
    async (command) => {
      const answer = await redress([...command, ...onCluster])
      expect(answer).toMatchObject({ status: 0, stderr: '' })
      expect(answer).toEqual(await redress([...command, ...embedded]))
    },
  )

  test('when an unknown account is requested, then it says where it looked, without the password', async () => {
    const url = server.url.replace('esdb://', 'esdb://admin:changeit@')
    const { status, stderr } = await redress(['account', 'nobody', '--data', 'beside'], {
      REDRESS_LEDGER: url,
    })
    expect(status).toBe(2)
    expect(stderr).toBe(`redress: the ledger at ${server.url} has no events about the account nobody\n`)
  })

  test('when it is backed up, then the files stored with it are copied, and the output says who backs up the events', async () => {
    const { status, stdout } = await redress(['backup', 'copy', ...onCluster])
    expect(status).toBe(0)
    expect(stdout).toContain('the cluster\u2019s own tools')
    expect(readdirSync(join(dir, 'copy')).sort()).toEqual(['dead-letters.db', 'vault.db'])
    // Another machine reads with the copy, and numbers the events for itself.
    const list = ['ruleset', 'list', '--json']
    const there = await redress([...list, '--data', 'copy', '--ledger', server.url])
    expect(there).toEqual(await redress([...list, ...onCluster]))
  })
})
