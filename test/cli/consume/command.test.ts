import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Message } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { type Broker, startBroker } from '../../../infra/kafka/broker.ts'
import { sampleEvent } from '../../../src/domain/sample.ts'
import { openExisting } from '../../../src/ledger/open.ts'
import { mixed } from '../../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import { describeWithKafka, describeWithOwnBroker } from '../../infra/kafka/kafka.ts'
import { identitiesIn, identityOf } from '../../ingest/kafka/consuming.ts'
import { binary, messagesIn, newTopic, publish, structured } from '../../ingest/kafka/topics.ts'
import { unwrap } from '../../ledger/events.ts'
import { often } from '../../long/often.ts'

const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const POLICY = '/services/policy'
/** Messages that cannot be ingested, spread over the topic. */
const BAD = 40
let dir = ''

const at = (name: string): string => join(dir, name)

type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string }
type Running = {
  readonly child: ChildProcess
  readonly ended: Promise<Finished>
  readonly stderr: () => string
}

const start = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): Running => {
  const child = spawn(process.execPath, [main, ...args], { cwd: dir, env: { ...process.env, ...env } })
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
const redress = (...args: ReadonlyArray<string>): Promise<Finished> => start(args).ended
const jsonOf = ({ stdout, stderr }: Finished) => {
  if (stdout === '') throw new Error(stderr)
  return Object(JSON.parse(stdout))
}
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await setTimeout(25)
}

const sequenceOf = async (data: string): Promise<number> => {
  const opened = await openExisting(at(data))
  if (E.isLeft(opened)) return 0
  const { ledger, close } = opened.right
  const { sequence } = unwrap(await ledger.head())
  await close()
  return sequence
}
const stored = async (data: string): Promise<ReadonlyArray<string>> => {
  const { ledger, close } = unwrap(await openExisting(at(data)))
  const found = await identitiesIn(ledger)
  await close()
  return found
}
/** Nothing is lost and nothing doubled: what was published is in the ledger, each event once. */
const expectAll = async (data: string, { identities }: Platform): Promise<void> => {
  const found = await stored(data)
  expect(found).toHaveLength(identities.size)
  expect(new Set(found)).toEqual(identities)
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-consume-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

type Platform = { readonly lines: ReadonlyArray<string>; readonly identities: ReadonlySet<string> }
const platformOf = (accounts: number): Platform => {
  const lines = [...simulate({ scenario: mixed, seed: 3, accounts }).lines()]
  return { lines, identities: new Set(lines.map((line) => identityOf(JSON.parse(line)))) }
}
const ACCOUNTS = often(5_000, 10_000)
const large = platformOf(ACCOUNTS)
const { lines, identities } = large

/** A topic with the events of a platform, and the bad messages between them. */
const topicOf = async (brokers: string, platform: Platform): Promise<string> => {
  const topic = await newTopic(brokers, 6)
  const messages = platform.lines.map((line, i) => (i % 3 === 0 ? binary(line) : structured(line)))
  const bad = Array.from({ length: BAD }, (_, i): Message => ({ value: `bad ${i}` }))
  const among = bad.flatMap((message, i) => [
    ...messages.slice(Math.floor((i * messages.length) / BAD), Math.floor(((i + 1) * messages.length) / BAD)),
    message,
  ])
  await publish(brokers, topic, among)
  return topic
}

const consumeFrom =
  (brokers: string, topic: string) =>
  (data: string, group: string, ...more: ReadonlyArray<string>): Running =>
    start([
      ...['consume', '--brokers', brokers, '--topic', topic, '--group', `${topic}-${group}`],
      ...['--trust-source', POLICY, '--data', data, '--json', ...more],
    ])

describeWithKafka('given a topic that is consumed by processes that are killed', (brokers) => {
  const platform = platformOf(often(3_000, 10_000))
  test('when consumers are killed at random moments, then nothing is lost or duplicated', async () => {
    // The group waits ten seconds for a consumer that was killed; four ledgers at once pass that time together.
    const topic = await topicOf(brokers, platform)
    const consume = consumeFrom(brokers, topic)
    let struck = 0
    const killed = async (data: string): Promise<void> => {
      for (let round = 0; round < often(2, 20); round++) {
        const before = await sequenceOf(data)
        const { child, ended } = consume(data, data)
        await until(async () => {
          const now = await sequenceOf(data)
          return now > before || now === platform.identities.size || child.exitCode !== null
        })
        expect(child.exitCode).toBeNull()
        await setTimeout(Math.random() * 600)
        child.kill('SIGKILL')
        await ended
        if ((await sequenceOf(data)) < platform.identities.size) struck++
      }
      const last = await consume(data, data, '--until-end').ended
      expect(last.code, last.stderr).toBe(1)
      await expectAll(data, platform)
      const letters = jsonOf(await redress('dead-letters', '--limit', '1000', '--data', data, '--json'))
      expect(letters.total).toBe(BAD)
    }
    await Promise.all(['killed1', 'killed2', 'killed3', 'killed4'].map(killed))
    expect(struck).toBeGreaterThan(0)
    const sent = await messagesIn(brokers, `${topic}.dead-letters`)
    expect(new Set(sent.map(({ headers }) => String(headers?.['redress-origin']))).size).toBe(BAD)
  })
})

describeWithKafka('given a topic with the events of a large platform', (brokers) => {
  let topic = ''
  beforeAll(async () => {
    topic = await topicOf(brokers, large)
  })
  const consume = (data: string, group: string, ...more: ReadonlyArray<string>): Running =>
    consumeFrom(brokers, topic)(data, group, ...more)

  test('when it is consumed to its end, then the counts are exact; the second time, all are duplicates; the replay is that of the file', async () => {
    expect(lines.length).toBeGreaterThan(10 * ACCOUNTS)
    const first = await consume('whole', 'whole', '--until-end').ended
    expect(first.code).toBe(1)
    expect(jsonOf(first)).toMatchObject({
      messages: lines.length + BAD,
      accepted: identities.size,
      duplicate: lines.length - identities.size,
      rejected: BAD,
      lag: 0,
      stoppedBy: null,
    })
    await expectAll('whole', large)
    const again = jsonOf(await consume('whole', 'another', '--until-end').ended)
    expect(again).toMatchObject({ accepted: 0, duplicate: lines.length, rejected: BAD })

    writeFileSync(at('events.ndjson'), `${lines.join('\n')}\n`)
    const { truth } = simulate({ scenario: mixed, seed: 3, accounts: ACCOUNTS })
    writeFileSync(at('corrected.json'), JSON.stringify(truth.rulesetCorrected))
    await redress('ingest', 'events.ndjson', '--data', 'file')
    const replay = async (data: string) =>
      jsonOf(
        await redress(
          'replay',
          '--ruleset',
          'corrected.json',
          '--data',
          data,
          '--out',
          `${data}-result`,
          '--json',
        ),
      )
    const { digest } = await replay('whole')
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect((await replay('file')).digest).toBe(digest)
  })

  test('when a second consumer joins on the same ledger and the first leaves, under load, then nothing is lost or duplicated', async () => {
    const first = consume('shared', 'shared')
    await until(async () => (await sequenceOf('shared')) > 5_000)
    const second = consume('shared', 'shared', '--until-end')
    await until(async () => (await sequenceOf('shared')) > identities.size / 2)
    first.child.kill('SIGTERM')
    const [a, b] = await Promise.all([first.ended, second.ended])
    expect([a.code, b.code], a.stderr + b.stderr).toEqual([0, 1])
    expect(jsonOf(a).stoppedBy).toBe('SIGTERM')
    expect(jsonOf(a).accepted + jsonOf(b).accepted).toBe(identities.size)
    expect(jsonOf(b).accepted).toBeGreaterThan(0)
    await expectAll('shared', large)
  })

  test('when it is stopped by SIGTERM before the end, then it reports that, and resumes from there', async () => {
    const { child, ended } = consume('stopped', 'stopped', '--until-end')
    await until(async () => (await sequenceOf('stopped')) > 0)
    child.kill('SIGTERM')
    const first = await ended
    expect(first.code).toBe(143)
    const { accepted, messages, stoppedBy } = jsonOf(first)
    expect(stoppedBy).toBe('SIGTERM')
    expect(await stored('stopped')).toHaveLength(accepted)
    const rest = jsonOf(await consume('stopped', 'stopped', '--until-end').ended)
    expect(messages + rest.messages).toBe(lines.length + BAD)
    await expectAll('stopped', large)
  })

  test('when another ledger is used than the group’s, then it refuses and says what to do', async () => {
    const small = await newTopic(brokers, 1)
    await publish(brokers, small, lines.slice(0, 5).map(structured))
    const args = [
      'consume',
      '--brokers',
      brokers,
      '--topic',
      small,
      '--group',
      small,
      '--until-end',
      '--data',
    ]
    expect((await redress(...args, 'one', '--trust-source', POLICY)).code).toBe(0)
    const other = await redress(...args, 'two')
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('--from-start')
    expect(other.stdout).toBe('')
  })

  test('when rulesets and rescorings come from a source that is not named for them, then they are kept until an operator accepts it', async () => {
    const small = await newTopic(brokers, 1)
    const publications = lines.filter((line) => line.includes('"ruleset.published.v1"')).slice(0, 2)
    const [byScanner, byPolicy] = ['/scanner', POLICY].map((source) =>
      JSON.stringify({ ...sampleEvent('flag.rescored.v1'), source }),
    ) as [string, string]
    const messages = [...publications, byScanner, byPolicy]
    await publish(brokers, small, messages.map(structured))
    const args = ['consume', '--brokers', brokers, '--topic', small, '--group', small, '--data', 'rules']
    const so = await redress(...args, '--until-end', '--trust-source', 'flag.rescored=/scanner')
    expect(so.code).toBe(1)
    expect(so.stdout).toContain('untrusted 3')
    expect(so.stderr).toContain('dead-letters')
    expect(await stored('rules')).toEqual([identityOf(JSON.parse(byScanner))])
    const all = ['dead-letters', 'resubmit', '--all', '--data', 'rules']
    const refused = await redress(...all)
    expect(refused.stdout).toContain('3 rejected again')
    expect(refused.stdout).toContain(
      `source: ${POLICY} is not trusted to publish rescorings; if it should be, name it with --trust-source flag.rescored=SOURCE`,
    )
    const [letter] = jsonOf(await redress('dead-letters', '--data', 'rules', '--json')).letters
    writeFileSync(
      at('as-it-came.json'),
      (await redress('dead-letters', 'show', letter.hash, '--raw', '--data', 'rules')).stdout,
    )
    const file = ['dead-letters', 'resubmit', letter.hash, '--file', 'as-it-came.json', '--data', 'rules']
    expect((await redress(...file)).stdout).toContain('1 rejected again')
    expect((await redress(...all, '--trust-source', POLICY)).stdout).toContain(
      '2 accepted, 0 duplicate, 1 rej',
    )
    const both = ['--trust-source', POLICY, `flag.rescored=${POLICY}`]
    expect((await redress(...all, ...both)).stdout).toContain('1 accepted, 0 duplicate, 0 rej')
    expect(await stored('rules')).toHaveLength(4)
  })

  test('when it follows a topic, then stderr has a line of JSON for each event, and no warning', async () => {
    const small = await newTopic(brokers, 1)
    const { child, ended, stderr } = start([
      ...['consume', '--brokers', brokers, '--topic', small, '--group', small, '--data', 'followed'],
      ...['--trust-source', POLICY],
    ])
    await until(() => stderr().includes('"started"'))
    await publish(brokers, small, [structured(lines[0] ?? ''), { value: 'bad' }])
    await until(() => stderr().includes('"rejected"'))
    child.kill('SIGINT')
    const { code, stdout } = await ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/accepted +1$/m)
    const events = stderr()
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('Rejected messages'))
      .map((line) => JSON.parse(line).event)
    expect(events).toEqual(['started', 'rejected'])
  })
})

describeWithOwnBroker('given a broker with TLS that requires a login', () => {
  let broker: Broker
  let topic = ''
  const sasl = { username: 'redress', password: 'pass4Redress' }
  beforeAll(async () => {
    broker = await startBroker({ folder: at('broker'), sasl, tls: true })
    writeFileSync(at('ca.pem'), broker.certificate ?? '')
    const login = { ssl: { ca: broker.certificate ?? '' }, sasl: { mechanism: 'plain', ...sasl } } as const
    topic = await newTopic(broker.address, 1, login)
    await publish(broker.address, topic, [structured(lines[0] ?? '')], login)
  })
  afterAll(() => broker.kill())
  const consume = (args: ReadonlyArray<string>, password = sasl.password): Promise<Finished> =>
    start(
      [
        ...[
          'consume',
          '--brokers',
          broker.address,
          '--topic',
          topic,
          '--until-end',
          '--trust-source',
          POLICY,
        ],
        ...args,
      ],
      { REDRESS_KAFKA_PASSWORD: password },
    ).ended
  const tls = ['--tls', '--tls-ca', 'ca.pem']

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512']) {
    test(`when the login is right (${mechanism}), then it consumes`, async () => {
      const login = ['--sasl', mechanism, '--username', 'redress']
      const run = await consume([...tls, ...login, '--group', mechanism, '--data', mechanism])
      expect(run.code, run.stderr).toBe(0)
      expect(run.stdout).toMatch(/accepted +1$/m)
    })
  }

  test('when the password is wrong, then it ends with that error, and never shows the password', async () => {
    const run = await consume(
      [...tls, '--sasl', 'scram-sha-512', '--username', 'redress', '--data', 'x'],
      'a guess',
    )
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/authentication failed/i)
    expect(run.stdout + run.stderr).not.toContain('a guess')
  })

  test('when the certificate is not trusted, then it ends with that error', async () => {
    const run = await consume(['--tls', '--sasl', 'plain', '--username', 'redress', '--data', 'x'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('certificate')
  })
})

describeWithOwnBroker('given a broker that is down', () => {
  test('when a consumer is stopped, then it ends soon, with its counts', async () => {
    const broker = await startBroker({ folder: at('away') })
    const topic = await newTopic(broker.address, 1)
    await publish(broker.address, topic, [structured(lines[0] ?? '')])
    const consumer = start([
      ...['consume', '--brokers', broker.address, '--topic', topic, '--data', 'away-data'],
      ...['--trust-source', POLICY],
    ])
    await until(async () => (await sequenceOf('away-data')) === 1)
    await broker.stop()
    await setTimeout(1_500)
    consumer.child.kill('SIGTERM')
    const signalledAt = performance.now()
    const { code, stdout } = await consumer.ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/accepted +1$/m)
    expect(performance.now() - signalledAt).toBeLessThan(30_000)
  })
})

describe('given a command line that is invalid', () => {
  const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [[], '--brokers'],
    [['--brokers', 'localhost'], 'host:port'],
    [['--brokers', 'a:1', '--tls-ca', 'x.pem'], 'require --tls'],
    [['--brokers', 'a:1', '--tls', '--tls-cert', 'x.pem'], 'require each other'],
    [['--brokers', 'a:1', '--sasl', 'plain'], '--username'],
    [['--brokers', 'a:1', '--username', 'u'], '--sasl'],
    [['--brokers', 'a:1', '--sasl', 'plain', '--username', 'u'], 'REDRESS_KAFKA_PASSWORD'],
    [['--brokers', 'a:1', '--sasl', 'ntlm', '--username', 'u'], 'scram-sha-512'],
    [['--brokers', 'a:1', '--topic', 'a b'], 'topic'],
    [['--brokers', 'a:1', '--trust-source', 'flag.raised=/x'], 'flag.rescored=SOURCE'],
    [['--brokers', 'a:1', '--accounts-topic', 'a b'], 'topic'],
    [['--brokers', 'a:1', '--topic', 'events', '--accounts-topic', 'events'], 'is the topic of the events'],
    [
      ['--brokers', 'a:1', '--topic', 'events', '--accounts-topic', 'events.dead-letters'],
      'is the topic for dead letters',
    ],
  ]
  for (const [args, says] of cases) {
    test(`when it is called with ${args.join(' ') || 'nothing'}, then it says ${says}`, async () => {
      const run = await redress('consume', ...args)
      expect(run.code).toBe(64)
      expect(run.stderr).toContain(says)
    })
  }
})
