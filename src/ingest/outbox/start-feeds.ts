import * as E from '#fp/Either'
import type { Ledger, LedgerError, Position } from '../../ledger/port.ts'
import type { KafkaRemark } from '../kafka/log-entry.ts'
import { positionOf, type TopicCursor } from './cursor.ts'
import type { Feed, FeedFold } from './feed.ts'

export type RunningFeed = {
  readonly topic: string
  readonly fold: FeedFold
  /** The topic was told up to this event; 0: nothing. */
  readonly sequence: number
}

type StartedFeeds = {
  readonly running: ReadonlyArray<RunningFeed>
  /** Where the events begin that one of them is to take; null: at the first. */
  readonly position: Position | null
}

/** Starts each feed after its cursor's event; from the first event if it has no cursor, or the ledger no such event. */
export const startFeeds = async (
  ledger: Ledger,
  feeds: ReadonlyArray<Feed>,
  cursors: ReadonlyMap<string, TopicCursor>,
  onRemark: (remark: KafkaRemark) => void,
): Promise<E.Either<LedgerError, StartedFeeds>> => {
  const running: RunningFeed[] = []
  let first: { readonly sequence: number; readonly position: Position | null } | null = null
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
    const isKnown = cursor !== undefined && found.right !== null
    const sequence = isKnown ? cursor.sequence : 0
    running.push({ topic: topic.name, fold: start(ledger, isKnown ? cursor.state : null), sequence })
    if (first === null || sequence < first.sequence) first = { sequence, position: found.right }
  }
  return E.right({ running, position: first?.position ?? null })
}
