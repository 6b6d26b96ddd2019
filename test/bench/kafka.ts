import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Message } from 'kafkajs'
import { type Broker, startBroker } from '../../infra/kafka/broker.ts'
import { missingTools } from '../../infra/kafka/missing-tools.ts'
import { newTopic, publish, structured } from '../ingest/kafka/topics.ts'
import { type Measured, measured, measuredFile } from './measure.ts'

/** A topic filled with the lines of a file. */
export type FilledTopic = {
  readonly brokers: string
  readonly messages: number
  /** `redress consume --until-end` into a new ledger. */
  readonly consume: (data: string) => Measured
  /** The same messages, only counted. */
  readonly countOnly: () => Measured
  readonly close: () => Promise<void>
}

const BATCH = 20_000
const PARTITIONS = 6
const countOnlyFile = join(import.meta.dirname, 'count-only.ts')

/** Fills a topic of KAFKA_BROKERS, or of a broker started for it; returns the reason if there is none. */
export const fillTopic = async (file: string, folder: string): Promise<FilledTopic | string> => {
  let broker: Broker | undefined
  let address = process.env.KAFKA_BROKERS
  if (!address) {
    const missing = missingTools()
    if (missing !== undefined) return missing
    broker = await startBroker({ folder })
    address = broker.address
  }
  const topic = await newTopic(address, PARTITIONS)
  let messages = 0
  let batch: Message[] = []
  const flush = async (to: string): Promise<void> => {
    await publish(to, topic, batch)
    messages += batch.length
    batch = []
  }
  for await (const line of createInterface(createReadStream(file))) {
    if (batch.push(structured(line)) === BATCH) await flush(address)
  }
  await flush(address)
  const brokers = address
  let groups = 0
  return {
    brokers,
    messages,
    consume: (data) =>
      measured(
        ...['consume', '--brokers', brokers, '--topic', topic, '--group', `${topic}-${groups++}`],
        ...['--trust-source', '/services/policy', '--until-end', '--data', data],
      ),
    countOnly: () => measuredFile(countOnlyFile, brokers, topic, String(messages), `${topic}-${groups++}`),
    close: async () => broker?.kill(),
  }
}
