import * as E from '#fp/Either'
import type { LedgerError, SequencedEvent } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import type { SentUpTo } from './cursor.ts'
import { cursorMessage, cursorsTopic } from './read-cursors.ts'
import type { RunningFeed } from './start-feeds.ts'
import type { OutgoingMessage, Transactions } from './transactions.ts'

/** Commits what feeds make of a ledger's events, together with how far that is. */
type Outbox = {
  /** Takes the next events, and commits what follows from them. Rejects as a commit does. */
  readonly take: (page: ReadonlyArray<DecodedEvent<SequencedEvent>>) => Promise<E.Either<LedgerError, void>>
  /** Commits how far it is, if nothing followed from the last events. */
  readonly end: () => Promise<void>
}

type Committing = Pick<Transactions, 'commit'> & {
  readonly onSent: (messages: number, upTo: SentUpTo) => void
}

/** How many events may pass, and how much time, in ms, until cursors are committed without other messages. */
const PASSED_EVENTS = 10_000
const PASSED_TIME = 60_000

/** `ledger`: its identity. */
export const openOutbox = (
  running: ReadonlyArray<RunningFeed>,
  ledger: string,
  { commit, onSent }: Committing,
): Outbox => {
  const told = running.map(({ sequence }) => sequence)
  let last: SequencedEvent | null = null
  let committed = { sequence: Math.min(...told), at: performance.now() }

  const commitWith = async (messages: ReadonlyMap<string, ReadonlyArray<OutgoingMessage>>): Promise<void> => {
    if (last === null) return
    const { sequence, position, leafHash: leaf } = last
    const upTo = { sequence, position, leaf }
    const cursors = running.flatMap(({ topic, fold }, i) => {
      if (sequence <= (told[i] ?? 0)) return []
      told[i] = sequence
      return [cursorMessage(topic, ledger, { ...upTo, state: fold.state() })]
    })
    await commit(new Map([...messages, [cursorsTopic.name, cursors]]))
    committed = { sequence, at: performance.now() }
    onSent(
      [...messages.values()].reduce((sum, { length }) => sum + length, 0),
      upTo,
    )
  }

  return {
    take: async (page) => {
      const messages = new Map<string, OutgoingMessage[]>()
      for (const decoded of page) {
        last = decoded.recorded
        for (const [i, { topic, fold }] of running.entries()) {
          if (last.sequence <= (told[i] ?? 0)) continue
          const made = await fold.take(decoded)
          if (E.isLeft(made)) return made
          if (made.right.length === 0) continue
          const some = messages.get(topic)
          if (some === undefined) messages.set(topic, [...made.right])
          else some.push(...made.right)
        }
      }
      const passed = (last?.sequence ?? 0) - committed.sequence
      const isTime = passed >= PASSED_EVENTS || performance.now() - committed.at >= PASSED_TIME
      if (messages.size > 0 || isTime) await commitWith(messages)
      return E.right(undefined)
    },
    end: async () => {
      if ((last?.sequence ?? 0) > committed.sequence) await commitWith(new Map())
    },
  }
}
