import type { KafkaMessage } from 'kafkajs'
import { accountOf } from '../../../src/domain/stream.ts'
import { readAccountState } from '../../../src/ingest/account-feed/read-state.ts'
import type { PublishedState } from '../../../src/ingest/account-feed/state.ts'
import type { Ledger } from '../../../src/ledger/port.ts'
import { all } from '../../ledger/contract.ts'
import { unwrap } from '../../ledger/events.ts'
import { messagesIn } from '../kafka/topics.ts'

/** The accounts that a ledger has events of. */
const accountsIn = async (ledger: Ledger): Promise<ReadonlyArray<string>> => {
  const streams = new Set((await all(ledger.readAll(null))).map(({ stream }) => stream))
  return [...streams].map(accountOf).filter((account) => account !== null)
}

/** The state of each account, as its own stream says it now. */
export const foldedStates = async (ledger: Ledger): Promise<ReadonlyMap<string, PublishedState | null>> => {
  const states = new Map<string, PublishedState | null>()
  for (const account of await accountsIn(ledger)) {
    states.set(account, unwrap(await readAccountState(ledger, account)))
  }
  return states
}

/** What a compacted topic keeps: the last message of each key. */
export const lastStates = (messages: ReadonlyArray<KafkaMessage>): ReadonlyMap<string, unknown> =>
  new Map(messages.map(({ key, value }) => [String(key), JSON.parse(String(value))]))

export const statesIn = async (brokers: string, topic: string): Promise<ReadonlyMap<string, unknown>> =>
  lastStates(await messagesIn(brokers, topic))
