import { Buffer } from 'node:buffer'
import * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed } from '../../domain/codec.ts'
import { Sha256 } from '../../domain/ids.ts'
import { Count } from '../../domain/parts.ts'
import type { Ledger, LedgerError, Pages, Position, SequencedEvent } from '../../ledger/port.ts'

/** An event of a ledger up to which something was sent. */
export type SentUpTo = {
  readonly sequence: number
  readonly position: Position
  /** Its leaf hash. */
  readonly leaf: string
}

/** Up to which event of a ledger a topic was told, and what its feed remembers. */
export type TopicCursor = SentUpTo & { readonly state: unknown }

/** Raised with any change of what is in a cursor. */
const VERSION = 1

const SavedCursor = closed('a cursor', {
  version: Count,
  sequence: Count,
  position: t.string,
  leaf: Sha256,
  state: t.unknown,
})

export const cursorBytes = (cursor: TopicCursor): Buffer =>
  Buffer.from(JSON.stringify({ version: VERSION, ...cursor }))

/** A cursor from its message; null: another version of Redress wrote it. */
export const cursorFrom = (bytes: Buffer): TopicCursor | null => {
  const json: unknown = JSON.parse(bytes.toString())
  if (!SavedCursor.is(json) || json.version !== VERSION) return null
  const { sequence, position, leaf, state } = json
  // Cast: a ledger answers with null for a position that it never returned.
  return { sequence, position: position as Position, leaf, state }
}

/**
 * What tells a ledger from all others, whichever store holds it: the leaf hash of its first event. `pages`: its events from
 * the first. Null: it has none.
 */
export const ledgerIdentity = async (
  pages: Pages<SequencedEvent>,
): Promise<E.Either<LedgerError, string | null>> => {
  for await (const page of pages) {
    if (E.isLeft(page)) return page
    const [first] = page.right
    if (first !== undefined) return E.right(first.leafHash)
  }
  return E.right(null)
}

/**
 * The position of a cursor's event in this ledger; null: it has another event there, or none. In another store, to which the
 * ledger was copied, an event has the same sequence, and another position.
 */
export const positionOf = async (
  ledger: Pick<Ledger, 'at' | 'positionAt'>,
  { sequence, leaf }: Pick<SentUpTo, 'sequence' | 'leaf'>,
): Promise<E.Either<LedgerError, Position | null>> => {
  const position = await ledger.positionAt(sequence)
  if (E.isLeft(position) || position.right === null) return position
  const there = await ledger.at(position.right)
  return E.isLeft(there) ? there : E.right(there.right?.leafHash === leaf ? position.right : null)
}
