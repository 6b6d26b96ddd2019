import type * as E from '#fp/Either'
import type { Ledger, LedgerError, SequencedEvent } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import type { KeyedMessage } from '../kafka/send-all.ts'
import type { OwnTopic } from '../kafka/topics/prepare-topics.ts'

/** What a topic is told of a ledger: a fold over its events, so that the same messages follow whoever sends them, and when. */
export type Feed = {
  readonly topic: OwnTopic
  /** Starts at the first event, or after the last one of what `state` returned (as JSON; null: at the first event). */
  readonly start: (ledger: Pick<Ledger, 'readStream' | 'vocabulary'>, saved: unknown) => FeedFold
}

export type FeedFold = {
  /** Takes the next event; returns the messages that follow from it. */
  readonly take: (
    decoded: DecodedEvent<SequencedEvent>,
  ) => Promise<E.Either<LedgerError, ReadonlyArray<KeyedMessage>>>
  /** All that is remembered, as JSON; null: nothing. It must fit into a message, whatever was taken. */
  readonly state: () => unknown
}
