import type { Message } from 'kafkajs'
import { stateBytes } from './fit-state.ts'
import { ACCOUNT_STATE, type PublishedState } from './state.ts'

/** Gives the type of the value, before it is read. */
export const SCHEMA_HEADER = 'redress-schema'

/** A message's headers, its key, and Kafka's overhead; rounded up. */
const AROUND = 1_024

/** The most bytes that a state may have in a topic with this limit for messages. */
export const mostStateBytes = (mostBytes: number): number => mostBytes - AROUND

/** An account's state as a message, keyed by the account: a compacted topic keeps the last one of each. */
export const accountMessage = (state: PublishedState) =>
  ({
    key: state.account,
    value: stateBytes(state),
    headers: { 'content-type': 'application/json', [SCHEMA_HEADER]: ACCOUNT_STATE },
  }) satisfies Message
