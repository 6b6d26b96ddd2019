import type * as t from 'io-ts'
import type * as E from '#fp/Either'
import type { StreamName } from '../domain/stream.ts'
import type { StoreError } from '../foundation/store-error.ts'
import type { DamagedStream } from './damaged-stream.ts'
import type { PreparedEvent } from './event/prepare.ts'

/** A store's own opaque position in the whole ledger; only the store compares two. */
export type Position = string & t.Brand<{ readonly Position: symbol }>

/** An event as the ledger stores it. A store returns none whose text does not match its leaf hash and its stream. */
export type RecordedEvent = {
  readonly stream: StreamName
  /** Its place in its stream, from 0. */
  readonly revision: number
  readonly position: Position
  /** The stored canonical form (RFC 8785); its UTF-8 bytes are the leaf of the transparency log. */
  readonly canonical: string
  /** RFC 6962 leaf hash: SHA-256 of a zero byte and those bytes, as 64 lower-case hexadecimal digits. */
  readonly leafHash: string
}

/** An event with its position in the whole ledger. */
export type SequencedEvent = RecordedEvent & {
  /** The number of events in the ledger up to and including this one: the same in every store. */
  readonly sequence: number
}

/** Events for one stream. They are written together or not at all; duplicates and conflicts are left out. */
export type AppendBatch = {
  readonly stream: StreamName
  /** The revision that the caller saw last (-1: no stream yet), or `any` if the order does not matter. */
  readonly expectedRevision: number | 'any'
  readonly events: ReadonlyArray<PreparedEvent>
}

/** The outcome of one event. A duplicate and a conflict give the revision of the event recorded before. */
export type EventOutcome =
  | {
      readonly kind: 'appended'
      readonly revision: number
      /** Its stream turned out to be deleted: the event is recorded, but perhaps a second time. */
      readonly damaged?: DamagedStream
    }
  | { readonly kind: 'duplicate'; readonly revision: number }
  | { readonly kind: 'conflict'; readonly revision: number; readonly reason: string }

/** The outcome of a batch: outcomes in the order of its events, or the stream's actual revision. */
export type AppendResult =
  | { readonly kind: 'written'; readonly stream: StreamName; readonly events: ReadonlyArray<EventOutcome> }
  | { readonly kind: 'wrong_revision'; readonly stream: StreamName; readonly actual: number }
  /** Nothing of it was written: the stream no longer holds what was written to it. */
  | { readonly kind: 'stream_damaged'; readonly stream: StreamName; readonly damaged: DamagedStream }

export type AppendOptions = {
  /**
   * Allows a store to write events of different streams in another order than given, so that it can write all events
   * of a stream at once. Within each stream, the order is kept.
   */
  readonly order?: 'per_stream'
}

export type LedgerError =
  | StoreError
  /** The clock is far behind the last recorded time; nothing was acknowledged. */
  | { readonly kind: 'clock_behind'; readonly message: string }
  /** Streams were deleted or cut in the store: all that the call encountered. */
  | {
      readonly kind: 'stream_damaged'
      readonly streams: ReadonlyArray<DamagedStream>
      readonly message: string
    }

export const describeLedgerError = (error: LedgerError): string => {
  switch (error.kind) {
    case 'unusable':
      return `cannot use the ledger: ${error.message}`
    case 'unavailable':
      return `the ledger is unavailable: ${error.message}`
    case 'clock_behind':
      return error.message
    case 'corrupt':
    case 'stream_damaged':
      return `the ledger is damaged: ${error.message}`
  }
}

/** Events page by page; nothing follows an error. */
export type Pages<A extends RecordedEvent = RecordedEvent> = AsyncIterable<
  E.Either<LedgerError, ReadonlyArray<A>>
>

/** What part of the whole ledger is read. */
export type ReadOptions = {
  /** Streams that are left out, whether complete or not. */
  readonly without?: ReadonlySet<StreamName>
  /** Nothing after this sequence is returned; streams are still checked for completeness up to the head. */
  readonly until?: number
  /** Called at the end for streams that were deleted or cut, but of which nothing is missing yet. */
  readonly onCut?: (stream: DamagedStream) => void
}

/** How far the ledger goes: `sequence` 0 and no position when it is empty. */
type Head = { readonly sequence: number; readonly position: Position | null }

/**
 * The source of truth: streams of immutable events. Every store behind this port passes the same suite,
 * `test/ledger/contract.ts`.
 */
export type Ledger = {
  /**
   * Writes the batches durably, each atomically, and returns a result for each in their order. When it answers, what
   * it calls appended is on disk; on an error, nothing of an unwritten batch is kept.
   */
  readonly append: (
    batches: ReadonlyArray<AppendBatch>,
    options?: AppendOptions,
  ) => Promise<E.Either<LedgerError, ReadonlyArray<AppendResult>>>
  /** A stream's events in the order of revisions; empty for a stream that does not exist. */
  readonly readStream: (stream: StreamName) => Pages
  /**
   * All events after a position (null: from the first), in the order of sequences, up to the head at this moment.
   * When read from the first event, incomplete streams are an error, `stream_damaged`, that names them all.
   */
  readonly readAll: (after: Position | null, options?: ReadOptions) => Pages<SequencedEvent>
  /** The same, and then what is appended later, until the signal aborts. */
  readonly follow: (
    after: Position | null,
    signal: AbortSignal,
    options?: ReadOptions,
  ) => Pages<SequencedEvent>
  /** Streams that are known to be deleted or cut: what the store has noticed so far. */
  readonly damaged: () => Promise<E.Either<LedgerError, ReadonlyArray<DamagedStream>>>
  readonly head: () => Promise<E.Either<LedgerError, Head>>
  /** The last event's position, which is cheaper than its sequence; null when the ledger is empty. */
  readonly end: () => Promise<E.Either<LedgerError, Position | null>>
  /** The vocabulary version that its events need; read after an event, it is at least what that event needs. */
  readonly vocabulary: () => Promise<E.Either<LedgerError, number>>
  /** The event at a position; null when this ledger has no such position. */
  readonly at: (position: Position) => Promise<E.Either<LedgerError, RecordedEvent | null>>
  /** The sequence of the event at a position; null when this ledger has no such position. */
  readonly sequenceOf: (position: Position) => Promise<E.Either<LedgerError, number | null>>
  /** The position of the event with a sequence; null when this ledger has no such sequence. */
  readonly positionAt: (sequence: number) => Promise<E.Either<LedgerError, Position | null>>
  readonly close: () => Promise<void>
}
