import * as E from '#fp/Either'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import type { KafkaRemark } from '../kafka/log-entry.ts'
import { positionOf, type SentUpTo, type TopicCursor } from './cursor.ts'
import type { Feed, FeedFold } from './feed.ts'

export type RunningFeed = {
  readonly topic: string
  readonly fold: FeedFold
  /** The topic was told up to this event; 0: nothing. */
  readonly sequence: number
}

type StartedFeeds = {
  readonly running: ReadonlyArray<RunningFeed>
  /** The event up to which all topics were told; null: one was told nothing. The next one is to be taken. */
  readonly told: SentUpTo | null
}

/** Starts each feed after its cursor's event; from the first event if it has no cursor, or the ledger no such event. */
export const startFeeds = async (
  ledger: Ledger,
  feeds: ReadonlyArray<Feed>,
  cursors: ReadonlyMap<string, TopicCursor>,
  onRemark: (remark: KafkaRemark) => void,
): Promise<E.Either<LedgerError, StartedFeeds>> => {
  const running: RunningFeed[] = []
  const told: Array<SentUpTo | null> = []
  for (const { topic, start } of feeds) {
    const cursor = cursors.get(topic.name)
    const found = cursor === undefined ? E.right(null) : await positionOf(ledger, cursor)
    if (E.isLeft(found)) return found
    if (cursor !== undefined && found.right === null) {
      onRemark({
        level: 'warning',
        message:
          `${topic.name} was told up to event ${cursor.sequence}, which this ledger does not have: was it restored from a ` +
          'backup? The topic is told everything again',
      })
    }
    const known = cursor === undefined || found.right === null ? null : { ...cursor, position: found.right }
    running.push({
      topic: topic.name,
      fold: start(ledger, known?.state ?? null),
      sequence: known?.sequence ?? 0,
    })
    told.push(known)
  }
  return E.right({ running, told: leastOf(told) })
}

const leastOf = ([first = null, ...others]: ReadonlyArray<SentUpTo | null>): SentUpTo | null =>
  others.reduce(
    (least, told) => (least === null || told === null ? null : told.sequence < least.sequence ? told : least),
    first,
  )
