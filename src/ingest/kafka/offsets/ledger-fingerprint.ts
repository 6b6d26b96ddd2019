import * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed } from '../../../domain/codec.ts'
import type { Ledger, LedgerError, Position } from '../../../ledger/port.ts'

/**
 * Committed with an offset: the ledger's last event at the time, and the id of the topic.
 * - A ledger that lacks this event is another one, or was restored from an older backup, and does not have what came
 * before the offset: reading on would silently leave a gap.
 * - A topic with another id was deleted and created again: its messages before the offset were never read.
 * Either part can be missing: the ledger is empty, the brokers do not report ids, or an earlier version committed the
 * offset.
 */
const Fingerprint = closed(
  'fingerprint {position, leaf, topicId}',
  {},
  { position: t.string, leaf: t.string, topicId: t.string },
)

/** The current fingerprint; empty if there is nothing to record. */
export const fingerprintOf = async (
  ledger: Ledger,
  topicId: string | null,
): Promise<E.Either<LedgerError, string>> => {
  const position = await ledger.end()
  if (E.isLeft(position)) return position
  const ofTopic = topicId === null ? {} : { topicId }
  if (position.right === null) return E.right(topicId === null ? '' : JSON.stringify(ofTopic))
  const leaf = await leafAt(ledger, position.right)
  if (E.isLeft(leaf)) return leaf
  return E.right(JSON.stringify({ position: position.right, leaf: leaf.right, ...ofTopic }))
}

/** Whether this ledger has the event of a fingerprint. Metadata that are not a fingerprint of ours are ignored. */
export const holdsFingerprint = async (
  ledger: Ledger,
  metadata: string,
): Promise<E.Either<LedgerError, boolean>> => {
  const fingerprint = parsed(metadata)
  if (!Fingerprint.is(fingerprint) || fingerprint.position === undefined || fingerprint.leaf === undefined)
    return E.right(true)
  // Cast: the port answers with null for a position that it never returned.
  const leaf = await leafAt(ledger, fingerprint.position as Position)
  return E.isLeft(leaf) ? leaf : E.right(leaf.right === fingerprint.leaf)
}

/** The id of the topic that an offset was committed for; null if the fingerprint has none. */
export const topicIdIn = (metadata: string): string | null => {
  const fingerprint = parsed(metadata)
  return Fingerprint.is(fingerprint) ? (fingerprint.topicId ?? null) : null
}

const leafAt = async (ledger: Ledger, position: Position): Promise<E.Either<LedgerError, string | null>> => {
  const event = await ledger.at(position)
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
