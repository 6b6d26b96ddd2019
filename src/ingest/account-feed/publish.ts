import * as E from '#fp/Either'
import { inParallel } from '../../ledger/eventstoredb/in-parallel.ts'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import type { OpenAfterChunk } from '../kafka/after-chunk.ts'
import type { KafkaRemark } from '../kafka/log-entry.ts'
import { countEvents, readAccountState } from './read-state.ts'
import { type SendStates, stateSender } from './send-states.ts'
import { prepareAccountsTopic } from './topic.ts'

/** Publishes the current states of accounts; returns how many it sent. Rejects as kafkajs does. */
export type PublishAccounts = (accounts: Iterable<string>) => Promise<E.Either<LedgerError, number>>

/** The number of streams read at a time: a cluster answers them together. */
const AT_ONCE = 32
/** The number of states read before they are sent; one has a message's size at most. */
const SLICE = 128

type Feed = {
  /** The topic that is consumed. */
  readonly topic: string
  readonly accountsTopic: string
  /** The number of states sent to their topic: all that a chunk changed. */
  readonly onPublished: (states: number) => void
}

/** Publishes the states of each chunk's accounts to a topic of their own, which is created if it is missing. */
export const accountFeed =
  (ledger: Ledger, { topic, accountsTopic, onPublished }: Feed): OpenAfterChunk =>
  async ({ admin, topics, sender, retry, remark }) => {
    const prepared = await retry(() => prepareAccountsTopic(admin, topics, { topic, accountsTopic }, remark))
    if (E.isLeft(prepared)) return prepared
    await retry(sender.connect)
    const publish = accountsPublisher(ledger, stateSender(sender, prepared.right, remark), remark)
    return E.right(async (accounts) => E.map(onPublished)(await publish(accounts)))
  }

type Counted = ReadonlyMap<string, number>

/**
 * A state is published at least once, and the last one in the topic is the current one. Within a process, reading and
 * sending of one call come after those of the call before. Another consumer can send a later state between this one's
 * read and its send, so what was sent is compared with the ledger afterwards: if a stream has grown since, its state
 * is sent again. A writer that appended after that comparison sends its state later than this. For an account whose
 * stream was deleted or cut nothing is sent, and that is reported: the others continue.
 */
export const accountsPublisher = (
  ledger: Ledger,
  send: SendStates,
  remark: (remark: KafkaRemark) => void = () => {},
): PublishAccounts => {
  const publish: PublishAccounts = async (accounts) => {
    let due: ReadonlyArray<string> = [...accounts]
    for (let sent = 0; ; ) {
      if (due.length === 0) return E.right(sent)
      const before = await ledger.end()
      if (E.isLeft(before)) return before
      const counted = await readAndSend(ledger, send, due, remark)
      if (E.isLeft(counted)) return counted
      sent += counted.right.size
      const after = await ledger.end()
      if (E.isLeft(after)) return after
      if (after.right === before.right) return E.right(sent)
      const changed = await changedSince(ledger, counted.right)
      if (E.isLeft(changed)) return changed
      due = changed.right
    }
  }
  let before: Promise<unknown> = Promise.resolve()
  return (accounts) => {
    const turn = before.then(() => publish(accounts))
    before = turn.catch(() => {})
    return turn
  }
}

/** Sends some while the next ones are read; returns how many events each account's state is made of. */
const readAndSend = async (
  ledger: Ledger,
  send: SendStates,
  accounts: ReadonlyArray<string>,
  remark: (remark: KafkaRemark) => void,
): Promise<E.Either<LedgerError, Counted>> => {
  const counted = new Map<string, number>()
  let sending: Promise<void> = Promise.resolve()
  for (let i = 0; i < accounts.length; i += SLICE) {
    const slice = accounts.slice(i, i + SLICE)
    const found = E.sequenceArray(
      await inParallel(AT_ONCE, slice, async (account) => {
        const state = await readAccountState(ledger, account)
        if (E.isRight(state) || state.left.kind !== 'stream_damaged') return state
        remark({
          level: 'error',
          message: `the state of the account ${account} was not sent: ${state.left.message}`,
        })
        return E.right(null)
      }),
    )
    await sending
    if (E.isLeft(found)) return found
    const states = found.right.filter((state) => state !== null)
    for (const { account, events } of states) counted.set(account, events)
    sending = send(states)
    // A rejection is handled when it is awaited.
    sending.catch(() => {})
  }
  await sending
  return E.right(counted)
}

/** The accounts whose streams have more events than were counted. */
const changedSince = async (
  ledger: Ledger,
  counted: Counted,
): Promise<E.Either<LedgerError, ReadonlyArray<string>>> => {
  const accounts = [...counted.keys()]
  const counts = E.sequenceArray(
    await inParallel(AT_ONCE, accounts, async (account) => {
      const count = await countEvents(ledger, account)
      // Cut since its state was sent: there is nothing to send in its place.
      if (E.isLeft(count) && count.left.kind === 'stream_damaged') return E.right(counted.get(account))
      return count
    }),
  )
  if (E.isLeft(counts)) return counts
  return E.right(accounts.filter((account, i) => counts.right[i] !== counted.get(account)))
}
