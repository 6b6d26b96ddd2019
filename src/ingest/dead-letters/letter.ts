import type * as E from '#fp/Either'
import type { StoreError } from '../../foundation/store-error.ts'
import type { Rejection, RejectionCode } from '../accept/rejection.ts'

/** A refused message, stored once, however often it arrived. Its bytes are sealed under a key of its own. */
export type DeadLetter = Rejection & {
  /** Its identifier: a keyed hash of its bytes, 64 lower-case hexadecimal digits. */
  readonly hash: string
  /** Bytes of the whole message; if it is truncated only the first ones are stored. */
  readonly length: number
  readonly truncated: boolean
  readonly sightings: number
  /** In ms since the epoch, as all times here. */
  readonly firstSeen: number
  readonly lastSeen: number
  readonly lastOrigin: string
  /** The event by which its content entered the ledger after all. Its bytes are destroyed. */
  readonly resolved: Resolution | null
  /** When its bytes were destroyed because its account's personal data were erased. */
  readonly erasedAt: number | null
}
type Resolution = { readonly source: string; readonly id: string; readonly at: number }

/** What can be read of a letter's bytes. */
export type LetterBody =
  | { readonly kind: 'open'; readonly bytes: Uint8Array }
  /** Destroyed, because it is resolved or erased. */
  | { readonly kind: 'destroyed' }
  /** They are stored, but the key that opens them is missing. */
  | { readonly kind: 'locked' }

/** How much is stored of a message that is too long. */
export const HEAD_BYTES = 64 * 1024

/** A refused message, seen once. `raw` is all of it or, if `length` is greater, its beginning. */
export type LetterSighting = {
  /** Of the whole message. */
  readonly sha256: string
  readonly raw: Uint8Array
  readonly length: number
  readonly rejection: Rejection
  readonly origin: string
}

/** A letter by its hash, or by the SHA-256 of its message. */
type LetterRef = { readonly hash: string } | { readonly sha256: string }

/** An event that was recorded, and the letter that it resolves. */
export type Settled = LetterRef & { readonly source: string; readonly id: string }

/** A letter that was resubmitted and refused: the new reason. */
export type Restated = { readonly hash: string; readonly rejection: Rejection }

/** What is written together. */
export type LetterChanges = {
  readonly sightings?: ReadonlyArray<LetterSighting>
  readonly settled?: ReadonlyArray<Settled>
  readonly restated?: ReadonlyArray<Restated>
}

export type RecordedLetters = {
  /** The letters of the sightings, in their order. */
  readonly hashes: ReadonlyArray<string>
  /** How many letters were marked resolved. */
  readonly resolved: number
}

export type LetterFilter = {
  readonly code?: RejectionCode
  /** Neither resolved nor erased. */
  readonly unresolved?: boolean
  /** The maximum number. */
  readonly limit?: number
}

type Result<A> = E.Either<StoreError, A>

/**
 * The letters of a data folder. Resolving, purging and erasing destroy a letter's key and its sealed bytes, and every
 * trace of them in the files. Listing needs no keys.
 */
export type DeadLetters = {
  /** Writes all changes durably, or none. */
  readonly record: (changes: LetterChanges) => Result<RecordedLetters>
  /** The lengths of unresolved whole letters: a message of another length cannot be one of them. */
  readonly unresolvedLengths: () => Result<ReadonlySet<number>>
  /** Newest sighting first. */
  readonly list: (filter: LetterFilter) => Result<ReadonlyArray<DeadLetter>>
  readonly count: (filter: LetterFilter) => Result<number>
  /** Hashes of unresolved whole letters in their order, from the first after `after` (empty: from the first). */
  readonly unresolvedAfter: (after: string, limit: number) => Result<ReadonlyArray<string>>
  /** The letters whose hash starts with these digits, at most ten; or the one whose message has this SHA-256. */
  readonly find: (digits: string) => Result<ReadonlyArray<DeadLetter>>
  /** The stored bytes of a letter; null if there is no such letter. */
  readonly body: (hash: string) => Result<LetterBody | null>
  /** Deletes letters last seen before `before`; returns their number. */
  readonly purge: (before: number, onlyResolved: boolean) => Result<number>
  /**
   * Destroys what letters hold of an account whose personal data are erased: those of its events, and those that
   * could not be read as an event but name it. They stay in the list. Returns their number.
   */
  readonly erase: (account: string) => Result<number>
  readonly close: () => void
}
