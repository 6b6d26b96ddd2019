import type * as t from 'io-ts'
import type * as E from '#fp/Either'
import type { StreamName } from '../domain/stream.ts'
import type { StoreError } from '../foundation/store-error.ts'
import type { DamagedStream } from './damaged-stream.ts'
import type { PreparedEvent } from './event/prepare.ts'

/** A store's own opaque place in the whole ledger; only the store compares two. */
export type Position = string & t.Brand<{ readonly Position: symbol }>

/** An event as the ledger keeps it. A store gives none whose text does not match its leaf hash and its stream. */
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

/** An event with its place in the whole ledger. */
export type SequencedEvent = RecordedEvent & {
  /** The number of events in the ledger up to and including this one: the same in every store. */
  readonly sequence: number
}

/** Events for one stream. They are written together or not at all; duplicates and conflicts are left out. */
export type AppendBatch = {
  readonly stream: StreamName
  /** The revision that the caller saw last (-1: no stream yet), or `any` when its order does not matter. */
  readonly expectedRevision: number | 'any'
  readonly events: ReadonlyArray<PreparedEvent>
}

/** What became of one event. A duplicate and a conflict name the event that was there before. */
export type EventOutcome =
  | { readonly kind: 'appended'; readonly revision: number }
  | { readonly kind: 'duplicate'; readonly revision: number }
  | { readonly kind: 'conflict'; readonly revision: number; readonly reason: string }

/** What became of a batch: outcomes in the order of its events, or the revision that the stream really had. */
export type AppendResult =
  | { readonly kind: 'written'; readonly stream: StreamName; readonly events: ReadonlyArray<EventOutcome> }
  | { readonly kind: 'wrong_revision'; readonly stream: StreamName; readonly actual: number }
  /** Nothing of it was written: the stream is not what was written to it before. */
  | { readonly kind: 'stream_damaged'; readonly stream: StreamName; readonly damaged: DamagedStream }

export type LedgerError =
  | StoreError
  /** The clock is far behind the last recorded time; nothing was acknowledged. */
  | { readonly kind: 'clock_behind'; readonly message: string }
  /** Somebody deleted or cut streams in the store: these are all that the call met. */
  | {
      readonly kind: 'stream_damaged'
      readonly streams: ReadonlyArray<DamagedStream>
      readonly message: string
    }

export const describeLedgerError = (error: LedgerError): string => {
  switch (error.kind) {
    case 'unusable':
      return `the ledger can't be used: ${error.message}`
    case 'unavailable':
      return `the ledger did not answer: ${error.message}`
    case 'clock_behind':
      return error.message
    case 'corrupt':
    case 'stream_damaged':
      return `the ledger is damaged: ${error.message}`
  }
}

/** Events page by page; after an error nothing more comes. */
export type Pages<A extends RecordedEvent = RecordedEvent> = AsyncIterable<
  E.Either<LedgerError, ReadonlyArray<A>>
>

/** What of the whole ledger is read. */
export type ReadOptions = {
  /** Streams that are left out, be they whole or not. */
  readonly without?: ReadonlySet<StreamName>
  /** Nothing after this sequence comes; that streams are whole is looked at up to the head all the same. */
  readonly until?: number
  /** Told at the end of streams that somebody deleted or cut, of which nothing is missing here yet. */
  readonly onCut?: (stream: DamagedStream) => void
}

/** How far the ledger goes: `sequence` 0 and no position when it is empty. */
type Head = { readonly sequence: number; readonly position: Position | null }

/**
 * The truth: streams of immutable events. Every store behind this port passes the same suite,
 * `test/ledger/contract.ts`.
 */
export type Ledger = {
  /**
   * Writes the batches durably, each atomically, and gives a result for each in their order. When it answers, what
   * it calls appended is on disk; on an error nothing of a batch that was not written is kept.
   */
  readonly append: (
    batches: ReadonlyArray<AppendBatch>,
  ) => Promise<E.Either<LedgerError, ReadonlyArray<AppendResult>>>
  /** A stream's events in the order of revisions; empty for a stream that is not there. */
  readonly readStream: (stream: StreamName) => Pages
  /**
   * All events after a position (null: from the first), in the order of sequences, up to the head of this moment. Read
   * from the first on, streams that are not whole are an error, `stream_damaged`, that names them all.
   */
  readonly readAll: (after: Position | null, options?: ReadOptions) => Pages<SequencedEvent>
  /** The same, and then what is appended later, until the signal aborts. */
  readonly follow: (
    after: Position | null,
    signal: AbortSignal,
    options?: ReadOptions,
  ) => Pages<SequencedEvent>
  /** Streams that are known to be deleted or cut: what the store could notice so far. */
  readonly damaged: () => Promise<E.Either<LedgerError, ReadonlyArray<DamagedStream>>>
  readonly head: () => Promise<E.Either<LedgerError, Head>>
  /** The last event's position, which costs less than its sequence; null when the ledger is empty. */
  readonly end: () => Promise<E.Either<LedgerError, Position | null>>
  /** The version of the vocabulary that its events need; read after an event, it is at least what that event needs. */
  readonly vocabulary: () => Promise<E.Either<LedgerError, number>>
  /** The event at a position; null when this ledger has no such position. */
  readonly at: (position: Position) => Promise<E.Either<LedgerError, RecordedEvent | null>>
  /** The sequence of the event at a position; null when this ledger has no such position. */
  readonly sequenceOf: (position: Position) => Promise<E.Either<LedgerError, number | null>>
  readonly close: () => Promise<void>
}
