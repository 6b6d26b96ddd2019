import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { openExisting, openLedger } from '../../../src/ledger/open.ts'
import { mixed } from '../../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import { describeWithKafka } from '../../infra/kafka/kafka.ts'
import { foldedStates, lastStates, statesIn } from '../../ingest/account-feed/accounts.ts'
import { identityOf } from '../../ingest/kafka/consuming.ts'
import { messagesIn, newTopic, publish, structured } from '../../ingest/kafka/topics.ts'
import { unwrap } from '../../ledger/events.ts'
import { startTestServer } from '../../ledger/eventstoredb/server/server.ts'
import { often } from '../../long/often.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const POLICY = '/services/policy'
const lines = [...simulate({ scenario: mixed, seed: 3, accounts: 2_000 }).lines()]
const events = new Set(lines.map((line) => identityOf(JSON.parse(line)))).size
let dir = ''
const at = (name: string): string => join(dir, name)
const newName = (): string => `accounts-${randomUUID()}`

type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string }
type Running = {
  readonly child: ChildProcess
  readonly ended: Promise<Finished>
  readonly stderr: () => string
}
const start = (...args: ReadonlyArray<string>): Running => {
  const child = spawn(process.execPath, [main, ...args], { cwd: dir })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }))
  return { child, ended, stderr: () => stderr }
}
const sequenceOf = async (data: string): Promise<number> => {
  const opened = await openExisting(at(data))
  if (E.isLeft(opened)) return 0
  const { sequence } = unwrap(await opened.right.ledger.head())
  await opened.right.close()
  return sequence
}
/** What the topic should have in the end. */
const states = async (data: string, cluster?: string) => {
  const { ledger, close } = unwrap(await openLedger(at(data), { cluster }))
  const folded = await foldedStates(ledger)
  await close()
  return folded
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-accounts-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describeWithKafka('given consumers that publish the states of accounts', (brokers) => {
  const consume = (topic: string, data: string, ...more: ReadonlyArray<string>): Running =>
    start(
      ...['consume', '--brokers', brokers, '--topic', topic, '--group', `${topic}-${data}`],
      ...['--trust-source', POLICY, '--data', data, '--json', ...more],
    )
  let topic = ''
  beforeAll(async () => {
    topic = await newTopic(brokers, 6)
    await publish(brokers, topic, lines.map(structured))
  })

  test('when they are killed at random moments, then no account\u2019s state is lost', async () => {
    const killed = async (data: string): Promise<void> => {
      const accountsTopic = newName()
      for (let round = 0; round < often(2, 20); round++) {
        const before = await sequenceOf(data)
        const { child, ended } = consume(topic, data, '--accounts-topic', accountsTopic)
        let now = before
        while (now === before && now < events && child.exitCode === null) {
          await setTimeout(10)
          now = await sequenceOf(data)
        }
        expect(child.exitCode).toBeNull()
        // Something is durable now, and its states are about to be sent.
        await setTimeout(Math.random() * 300)
        child.kill('SIGKILL')
        await ended
      }
      const last = await consume(topic, data, '--accounts-topic', accountsTopic, '--until-end').ended
      expect(last.code, last.stderr).toBe(0)
      expect(await sequenceOf(data)).toBe(events)
      expect(await statesIn(brokers, accountsTopic)).toEqual(await states(data))
    }
    await Promise.all(['killed1', 'killed2', 'killed3'].map(killed))
  })

  test('when two share a ledger and an account’s events are on all partitions, then its last state is the last one sent', async () => {
    const scattered = await newTopic(brokers, 6)
    const accountsTopic = newName()
    const more = ['--accounts-topic', accountsTopic]
    const both = [consume(scattered, 'shared', ...more), consume(scattered, 'shared', ...more)]
    // Both have partitions by then, and what happens to an account comes to both.
    for (const { stderr } of both) while (!stderr().includes('"started"')) await setTimeout(25)
    await setTimeout(4_000)
    const messages = lines.map((line, i) => ({ ...structured(line), partition: i % 6 }))
    for (let i = 0; i < messages.length; i += 500) {
      await publish(brokers, scattered, messages.slice(i, i + 500))
    }
    while ((await sequenceOf('shared')) < events) await setTimeout(100)
    for (const { child } of both) child.kill('SIGTERM')
    const counts = await Promise.all(both.map(({ ended }) => ended))
    for (const { code, stdout, stderr } of counts) {
      expect(code, stderr).toBe(0)
      expect(JSON.parse(stdout).statesSent).toBeGreaterThan(0)
    }
    expect((await consume(scattered, 'shared', ...more, '--until-end').ended).code).toBe(0)
    expect(await statesIn(brokers, accountsTopic)).toEqual(await states('shared'))
  })

  test('when a ledger already has all events, then reading from the start fills the topic, and reports how much was sent', async () => {
    writeFileSync(at('events.ndjson'), `${lines.join('\n')}\n`)
    await start('ingest', 'events.ndjson', '--data', 'filled').ended
    const accountsTopic = newName()
    const { code, stdout } = await consume(
      topic,
      'filled',
      ...['--accounts-topic', accountsTopic, '--from-start', '--until-end'],
    ).ended
    expect(code).toBe(0)
    const messages = await messagesIn(brokers, accountsTopic)
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 0, accountsTopic, statesSent: messages.length })
    expect(lastStates(messages)).toEqual(await states('filled'))
  })

  test('when the ledger is a cluster, then the same holds', async () => {
    const server = await startTestServer()
    const accountsTopic = newName()
    const small = await newTopic(brokers, 3)
    await publish(brokers, small, lines.slice(0, 6_000).map(structured))
    const more = ['--ledger', server.url, '--accounts-topic', accountsTopic, '--until-end']
    const { code, stderr } = await consume(small, 'beside', ...more).ended
    expect(code, stderr).toBe(0)
    const folded = await states('beside', server.url)
    expect(folded.size).toBeGreaterThan(100)
    expect(await statesIn(brokers, accountsTopic)).toEqual(folded)
    await server.close()
  })
})
