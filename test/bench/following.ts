import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { Partitioners } from 'kafkajs'
import { clientOf } from '../infra/kafka/client.ts'
import { newTopic, structured } from '../ingest/kafka/topics.ts'
import { firstLines } from './lines.ts'
import { redressMain } from './measure.ts'

/** How long messages take from being sent, in ms. */
export type Following = {
  /** Until `redress consume` has them durable in the ledger. */
  readonly durable: Latency
  /** Until a kafkajs consumer that only counts receives them: what the broker and kafkajs take on this machine. */
  readonly received: Latency
}

export type Latency = {
  readonly median: number
  readonly p90: number
  readonly p99: number
  readonly most: number
}

export const FOLLOWED_PER_SECOND = 1_000
const PARTITIONS = 6
/** How often messages are sent, in ms. */
const EVERY = 10
/** How often the ledger is read, in ms: each time is too long by up to this much. */
const LOOK_EVERY = 2
/** The first events, which are not counted: by then the consumer has joined its group, and its code is compiled. */
const WARM_UP = 5_000
/** How long a consumer may take to start, and to catch up at the end, in ms. */
const PATIENCE = 60_000

/**
 * How long an event takes from being sent to a topic to being durable, at 1,000 a second, while `redress consume`
 * follows it into a new ledger in `data`. A simulated platform's events, from `file`, are sent under new ids, so that each is accepted.
 */
export const benchFollowing = async (
  brokers: string,
  data: string,
  file: string,
  seconds: number,
): Promise<Following> => {
  const lines = await firstLines(file, WARM_UP + FOLLOWED_PER_SECOND * seconds)
  const events = lines.map((line, i) => JSON.stringify({ ...JSON.parse(line), id: `followed-${i}` }))
  return {
    received: await receive(brokers, events),
    durable: await record(brokers, data, events),
  }
}

/** For people. */
export const describeLatency = ({ median, p90, p99, most }: Latency): string =>
  `${median} ms (median; 90 %: ${p90}, 99 %: ${p99}, most: ${most})`

/** By when each event was sent and when it had arrived, by its index; infinite for one that has not. */
const latencyOf = (sent: ReadonlyArray<number>, arrived: ReadonlyArray<number>): Latency => {
  const took = sent
    .map((at, i) => (arrived[i] ?? Number.POSITIVE_INFINITY) - at)
    .slice(WARM_UP)
    .sort((a, b) => a - b)
  const quantile = (share: number): number =>
    Math.round(took[Math.ceil(share * took.length) - 1] ?? Number.NaN)
  return { median: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), most: quantile(1) }
}

const record = async (brokers: string, data: string, events: ReadonlyArray<string>): Promise<Latency> => {
  const topic = await newTopic(brokers, PARTITIONS)
  const args = ['consume', '--brokers', brokers, '--topic', topic, '--group', topic, '--data', data]
  const consumer = spawn(process.execPath, [redressMain, ...args], {
    stdio: 'ignore',
  })
  const exited = once(consumer, 'exit')
  try {
    const { db, recorded } = await opened(join(data, 'ledger.db'))
    /** When the ledger was first seen with that many events. */
    const seen: { readonly count: number; readonly at: number }[] = []
    const watching = (async () => {
      const until = performance.now() + (1_000 * events.length) / FOLLOWED_PER_SECOND + PATIENCE
      while ((seen.at(-1)?.count ?? 0) < events.length) {
        const count = recorded()
        const at = performance.now()
        if (at > until) throw new Error(`only ${count} of ${events.length} events were recorded`)
        if (count > (seen.at(-1)?.count ?? 0)) seen.push({ count, at })
        await setTimeout(LOOK_EVERY)
      }
    })()
    const [sent] = await Promise.all([send(brokers, topic, events), watching])
    const rows = db.prepare('SELECT sequence, id FROM events ORDER BY sequence').all()
    db.close()
    const arrived: number[] = []
    let next = 0
    for (const { sequence, id } of rows) {
      while ((seen[next]?.count ?? Number.POSITIVE_INFINITY) < Number(sequence)) next++
      arrived[Number(String(id).replace('followed-', ''))] = seen[next]?.at ?? Number.NaN
    }
    return latencyOf(sent, arrived)
  } finally {
    consumer.kill()
    await exited
  }
}

/** The ledger of a consumer that is starting, opened for reading. */
const opened = async (file: string) => {
  const until = performance.now() + PATIENCE
  const wait = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      if (performance.now() > until) throw new Error('the consumer has not created its ledger')
      await setTimeout(100)
    }
  }
  await wait(() => existsSync(file))
  const db = new DatabaseSync(file, { readOnly: true, timeout: 1_000 })
  const tables = db.prepare("SELECT count(*) AS count FROM sqlite_schema WHERE name = 'events'")
  await wait(() => tables.get()?.count === 1)
  const last = db.prepare('SELECT max(sequence) AS last FROM events')
  return { db, recorded: (): number => Number(last.get()?.last ?? 0) }
}

const receive = async (brokers: string, events: ReadonlyArray<string>): Promise<Latency> => {
  const topic = await newTopic(brokers, PARTITIONS)
  const consumer = clientOf(brokers).consumer({ groupId: randomUUID(), maxWaitTimeInMs: 1_000 })
  const arrived: number[] = []
  const missing = new Set(events.keys())
  const all = Promise.withResolvers<void>()
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const at = performance.now()
      for (const { value } of batch.messages) {
        const index = Number(/"id":"followed-(\d+)"/.exec(String(value))?.[1])
        if (missing.delete(index)) arrived[index] = at
      }
      if (missing.size === 0) all.resolve()
    },
  })
  try {
    const sent = await send(brokers, topic, events)
    await Promise.race([all.promise, setTimeout(PATIENCE)])
    return latencyOf(sent, arrived)
  } finally {
    await consumer.disconnect()
  }
}

/** Sends events at their rate; returns when each was sent. */
const send = async (brokers: string, topic: string, events: ReadonlyArray<string>): Promise<number[]> => {
  const producer = clientOf(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const sent: number[] = []
  const sends = []
  const share = (FOLLOWED_PER_SECOND * EVERY) / 1_000
  const messages = events.map(structured)
  const start = performance.now()
  for (let from = 0; from < messages.length; from += share) {
    await setTimeout(Math.max(0, start + (from / FOLLOWED_PER_SECOND) * 1_000 - performance.now()))
    const some = messages.slice(from, from + share)
    for (const _ of some) sent.push(performance.now())
    sends.push(producer.send({ topic, messages: some }))
  }
  await Promise.all(sends)
  await producer.disconnect()
  return sent
}
