import * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed } from '../../domain/codec.ts'
import type { Ledger, LedgerError, Position } from '../../ledger/port.ts'

/**
 * What is committed beside an offset: the ledger's last event by then. A ledger that lacks this event is another one, or
 * this one restored from an older backup, and has not got what came before the offset: reading on would leave a gap that
 * nobody sees.
 */
const Mark = closed('mark {position, leaf}', { position: t.string, leaf: t.string })

/** The mark of this moment; empty while the ledger is. */
export const markOf = async (ledger: Ledger): Promise<E.Either<LedgerError, string>> => {
  const position = await ledger.end()
  if (E.isLeft(position)) return position
  if (position.right === null) return E.right('')
  const leaf = await leafAt(ledger, position.right)
  return E.isLeft(leaf) ? leaf : E.right(JSON.stringify({ position: position.right, leaf: leaf.right }))
}

/** Whether this ledger has the event of a mark. Metadata that is no mark of ours is no reason to doubt. */
export const holdsMark = async (
  ledger: Ledger,
  metadata: string,
): Promise<E.Either<LedgerError, boolean>> => {
  const mark = parsed(metadata)
  if (!Mark.is(mark)) return E.right(true)
  // Cast: the port answers with null for a position that it never gave.
  const leaf = await leafAt(ledger, mark.position as Position)
  return E.isLeft(leaf) ? leaf : E.right(leaf.right === mark.leaf)
}

const leafAt = async (ledger: Ledger, position: Position): Promise<E.Either<LedgerError, string | null>> => {
  const event = await ledger.at(position)()
  if (E.isLeft(event)) return event
  return E.right(event.right?.leafHash ?? null)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
