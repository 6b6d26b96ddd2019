import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mixed } from '../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../src/simulation/simulate.ts'
import { describeWithKafka } from '../infra/kafka/kafka.ts'
import { identityOf } from '../ingest/kafka/consuming.ts'
import { newTopic, publish, structured } from '../ingest/kafka/topics.ts'
import { startTestServer, type TestServer } from '../ledger/eventstoredb/server/server.ts'
import { often } from '../long/often.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const simulation = simulate({ scenario: mixed, seed: 3, accounts: 400 })
const lines = [...simulation.lines()]
const identities = new Set(lines.map((line) => identityOf(JSON.parse(line))))
let dir = ''
const at = (name: string): string => join(dir, name)

const redress = async (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [main, ...args], { cwd: dir })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}
const jsonOf = async (...args: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await redress(...args, '--json')
  if (code !== 0) throw new Error(`${args.join(' ')}: exit ${code}\n${stderr}`)
  return Object(JSON.parse(stdout))
}
const replay = async (out: string, ...args: ReadonlyArray<string>) =>
  jsonOf('replay', '--ruleset', 'corrected.json', '--out', out, ...args)
/** The identities of all events in the cluster, as often as they are there. */
const inCluster = (server: TestServer): ReadonlyArray<string> =>
  server
    .userLog()
    .filter(({ stream }) => stream !== 'redress-vocabulary')
    .map(({ data }) => identityOf(JSON.parse(Buffer.from(data).toString())))

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-cluster-'))
  writeFileSync(at('events.ndjson'), `${lines.join('\n')}\n`)
  writeFileSync(at('corrected.json'), JSON.stringify(simulation.truth.rulesetCorrected))
  await jsonOf('ingest', 'events.ndjson', '--data', 'file')
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('given a cluster as the ledger', () => {
  let server: TestServer
  let place: ReadonlyArray<string> = []
  beforeAll(async () => {
    server = await startTestServer()
    place = ['--data', 'beside', '--ledger', server.url]
  })
  afterAll(() => server.close())

  test('when events are ingested, twice, then each is there once, and the replay is that of the embedded ledger', async () => {
    expect(await jsonOf('ingest', 'events.ndjson', ...place)).toMatchObject({
      accepted: identities.size,
      duplicate: lines.length - identities.size,
    })
    expect(await jsonOf('ingest', 'events.ndjson', ...place)).toMatchObject({
      accepted: 0,
      duplicate: lines.length,
    })
    expect([...inCluster(server)].sort()).toEqual([...identities].sort())
    const { digest, sequence } = await replay('r1', ...place)
    expect(sequence).toBe(identities.size)
    expect((await replay('r2', '--data', 'file')).digest).toBe(digest)
  })

  test('then an account\u2019s story, the rulesets and the ledger at a sequence are those of the embedded ledger', async () => {
    // Each ledger has recorded at times of its own, and sealed with keys of its own.
    const comparable = (story: unknown): string =>
      JSON.stringify(story, (name, value) =>
        /^(recordedAt|recordedat|sealed|asOf|sequence)$/.test(name) ? undefined : value,
      )
    const account = simulation.truth.putBack[0]?.account ?? ''
    const story = (...of: ReadonlyArray<string>) =>
      jsonOf('account', account, '--happened-by', '2026-01-01', ...of)
    expect(comparable(await story(...place))).toBe(comparable(await story('--data', 'file')))
    const rulesets = (...of: ReadonlyArray<string>) => jsonOf('ruleset', 'list', ...of)
    expect(comparable(await rulesets(...place))).toBe(comparable(await rulesets('--data', 'file')))
    expect((await replay('r3', ...place, '--at', '2000')).sequence).toBe(2_000)
  })

  test('when ingest is killed at random moments and run again, then nothing is lost or duplicated', async () => {
    const fresh = await startTestServer()
    const args = ['ingest', 'events.ndjson', '--data', 'killed', '--ledger', fresh.url]
    for (let round = 0; round < often(2, 20); round++) {
      const before = fresh.userLog().length
      const child = spawn(process.execPath, [main, ...args], { cwd: dir, stdio: 'ignore' })
      const ended = once(child, 'close')
      while (fresh.userLog().length === before && child.exitCode === null) await setTimeout(5)
      await setTimeout(Math.random() * 150)
      child.kill('SIGKILL')
      await ended
    }
    const { accepted, duplicate } = await jsonOf(...args)
    expect(accepted + duplicate).toBe(lines.length)
    expect([...inCluster(fresh)].sort()).toEqual([...identities].sort())
    await fresh.close()
  })

  test('when it is down, then a command says so, without the password', async () => {
    const run = await redress(
      'account',
      'u1',
      '--data',
      'x',
      '--ledger',
      'esdb://admin:secret@127.0.0.1:1?tls=false',
    )
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('127.0.0.1:1')
    expect(run.stdout + run.stderr).not.toContain('secret')
  })
})

describe('given an embedded ledger that has outgrown its machine', () => {
  test('when it is copied to a cluster, then it continues there: same sequences, same replay, duplicates recognised', async () => {
    const server = await startTestServer()
    await jsonOf('ingest', 'events.ndjson', '--data', 'outgrown')
    const before = await replay('c1', '--data', 'outgrown', '--at', '1500')
    const copied = await jsonOf('copy', '--from', 'outgrown', '--to', server.url)
    const { size } = identities
    expect(copied).toEqual({ found: 0, written: size, sequence: size, retired: true, findings: [] })
    const place = ['--data', 'outgrown', '--ledger', server.url]
    const astray = await redress('ingest', 'events.ndjson', '--data', 'outgrown')
    expect(astray.code).toBe(2)
    expect(astray.stderr).toContain('--ledger')
    expect((await replay('c2', ...place, '--at', '1500')).digest).toBe(before.digest)
    expect(await jsonOf('ingest', 'events.ndjson', ...place)).toMatchObject({
      accepted: 0,
      duplicate: lines.length,
    })
    await server.close()
  })
})

describeWithKafka('given a topic and a cluster as the ledger', (brokers) => {
  test('when two consumers ingest it at once, and a third one again, then each event is there once', async () => {
    const server = await startTestServer()
    const topic = await newTopic(brokers, 4)
    await publish(brokers, topic, lines.map(structured))
    const consume = (group: string) =>
      jsonOf(
        ...['consume', '--brokers', brokers, '--topic', topic, '--group', `${topic}-${group}`, '--until-end'],
        ...['--trust-source', '/services/policy', '--data', 'consumed', '--ledger', server.url],
      )
    const [a, b] = await Promise.all([consume('two'), consume('two')])
    expect(a.accepted + b.accepted).toBe(identities.size)
    expect(await consume('third')).toMatchObject({ accepted: 0, duplicate: lines.length })
    expect([...inCluster(server)].sort()).toEqual([...identities].sort())
    const { digest } = await replay('k1', '--data', 'consumed', '--ledger', server.url)
    expect((await replay('k2', '--data', 'file')).digest).toBe(digest)
    await server.close()
  })
})
