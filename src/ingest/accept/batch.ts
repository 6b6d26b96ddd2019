import type { PreparedEvent } from '../../ledger/event/prepare.ts'
import type { LetterSighting } from '../dead-letters/letter.ts'
import type { Rejection } from './rejection.ts'

/**
 * Raw messages (lines of a file, records of a topic) packed into one buffer: message i is the bytes from
 * `bounds[2i]` to `bounds[2i+1]`.
 */
export type Packed = { readonly bytes: Uint8Array<ArrayBuffer>; readonly bounds: Uint32Array<ArrayBuffer> }

/**
 * A message that its source refused without decoding, in its stored form: too long to be stored whole, or in an
 * unsupported format.
 */
export type SetAside = Pick<LetterSighting, 'raw' | 'sha256' | 'length' | 'rejection'>

/**
 * A source under load delivers this much at once, because one commit of the ledger covers a batch and waiting for the
 * disk must not dominate. One that has less delivers what it has: an event must not wait for others.
 */
export const FULL_BATCH = { messages: 8_192, bytes: 4 * 1024 * 1024 } as const

/** What a source delivers at once. If an acknowledgement is due, the source keeps it alongside this. */
export type RawBatch = Packed & {
  /** Where message i came from, for people: `events.ndjson:17`. */
  readonly origin: (index: number) => string
  /** By index. Their bytes are left out of the packed ones, where they are empty. */
  readonly setAside: ReadonlyMap<number, SetAside>
}

/** A batch whose messages were decoded. */
export type DecodedBatch = Packed & {
  readonly events: ReadonlyArray<PreparedEvent>
  /** The index of the message that each event came from. */
  readonly indexes: ReadonlyArray<number>
  readonly refused: ReadonlyArray<{ readonly index: number; readonly rejection: Rejection }>
  /** How often each CloudEvents extension was dropped, by its name, and each field, by its path. */
  readonly dropped: ReadonlyMap<string, number>
}

/** Packs raw messages. */
export const packed = (messages: ReadonlyArray<Uint8Array>): Packed => {
  const bytes = new Uint8Array(messages.reduce((sum, { length }) => sum + length, 0))
  const bounds = new Uint32Array(2 * messages.length)
  let used = 0
  for (const [index, message] of messages.entries()) {
    bytes.set(message, used)
    bounds[2 * index] = used
    used += message.length
    bounds[2 * index + 1] = used
  }
  return { bytes, bounds }
}

/** The raw bytes of message i. */
export const messageOf = ({ bytes, bounds }: Packed, index: number): Uint8Array =>
  bytes.subarray(bounds[2 * index], bounds[2 * index + 1])

/** Increments a count by name, for a limited number of names; all others share one count. */
export const addCount = (counts: Map<string, number>, name: string, more: number): void => {
  const under = counts.has(name) || counts.size < MOST_NAMES ? name : OTHERS
  counts.set(under, (counts.get(under) ?? 0) + more)
}

const MOST_NAMES = 50
/** Cannot be the name of an extension: those have no blanks. */
const OTHERS = 'all others'
