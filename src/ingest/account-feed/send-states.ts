import type { Sender } from '../kafka/client/sender.ts'
import { isTooLarge } from '../kafka/errors.ts'
import type { KafkaRemark } from '../kafka/log-entry.ts'
import { canBeCut, fitted, stateBytes } from './fit-state.ts'
import { accountMessage, mostStateBytes } from './message.ts'
import type { PublishedState } from './state.ts'
import type { AccountsTopic } from './topic.ts'

/** Sends account states to a topic; answers when all in-sync replicas have them. Rejects as kafkajs does. */
export type SendStates = (states: ReadonlyArray<PublishedState>) => Promise<void>

/**
 * What is too large for the topic is cut to its newest entries, which is reported once per account. A state that is
 * too large even without entries does not stop the stream: each one is reported.
 */
export const stateSender = (
  sender: Sender,
  { name, mostBytes }: AccountsTopic,
  remark: (remark: KafkaRemark) => void,
): SendStates => {
  const reported = new Set<string>()
  const send = async (states: ReadonlyArray<PublishedState>): Promise<void> => {
    await sender.send(name, states.map(accountMessage))
    for (const { account, truncated } of states) {
      if (!truncated || reported.has(account)) continue
      reported.add(account)
      remark({
        level: 'warning',
        message: `the state of the account ${account} is too large for the topic ${name}: only the newest entries of its lists are sent (truncated is true)`,
      })
    }
  }
  /** For a topic that accepts less than it reported, or did not report its limit. */
  const sendAlone = async (original: PublishedState): Promise<void> => {
    for (let state = original; ; state = fitted(state, Math.floor(stateBytes(state).length / 2))) {
      try {
        return await send([state])
      } catch (error) {
        if (!isTooLarge(error)) throw error
        if (canBeCut(state)) continue
        return remark({
          level: 'error',
          message: `the state of the account ${original.account} was not sent to the topic ${name}: even without the entries of its lists it is too large; raise the topic's max.message.bytes`,
        })
      }
    }
  }
  return async (states) => {
    const fitting = states.map((state) => fitted(state, mostStateBytes(mostBytes)))
    for (const group of inGroups(fitting, Math.min(GROUP_BYTES, mostBytes))) {
      try {
        await send(group)
      } catch (error) {
        if (!isTooLarge(error)) throw error
        for (const state of group) await sendAlone(state)
      }
    }
  }
}

/** The most sent at once. */
const GROUP_BYTES = 256 * 1024
/** A message's overhead beyond its value, rounded up. */
const AROUND = 512

const inGroups = (
  states: ReadonlyArray<PublishedState>,
  most: number,
): ReadonlyArray<ReadonlyArray<PublishedState>> => {
  const groups: PublishedState[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const state of states) {
    const size = stateBytes(state).length + AROUND
    if (bytes + size > most) {
      groups.push([state])
      bytes = size
    } else {
      groups.at(-1)?.push(state)
      bytes += size
    }
  }
  return groups
}
