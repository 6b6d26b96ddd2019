import type { StreamName } from '../../domain/stream.ts'
import { difference } from '../event/idempotency.ts'
import { canonicalSealed, leafHash, recordedAtMember } from '../event/leaf.ts'
import type { PreparedEvent } from '../event/prepare.ts'
import type { AppendBatch, AppendResult, EventOutcome } from '../port.ts'
import type { VaultWriter } from '../vault/vault.ts'
import { eventIdOf } from './event-id.ts'
import { type ClusterStream, identityKey, type KnownEvent, note, streamDigest } from './known-streams.ts'
import type { ClusterEvent } from './stored.ts'

/** An incoming event, and its stored form. */
export type Sending = ClusterEvent & { readonly event: PreparedEvent }

/** What to send for a batch, and its result if that is written. */
export type Plan = {
  /** The revision that the stream must have. */
  readonly expected: number
  readonly send: ReadonlyArray<Sending>
  readonly result: AppendResult
}

/**
 * What was sent for an event before, without an answer: exactly that is sent again, and recognised by its id in the
 * stream.
 */
export type Attempts = ReadonlyMap<PreparedEvent, ClusterEvent>

export type Planning = {
  readonly vault: VaultWriter
  /** The name of the call that appends: no other call gives an event the same id. */
  readonly writer: string
  /** Ms since the epoch. */
  readonly recordedAt: number
  readonly attempts: Attempts
  /** By `textKey`: the texts that `needsText` asks for; those that are sent are added. */
  readonly texts: Map<string, string>
}

export const textKey = (stream: StreamName, revision: number): string => `${revision} ${stream}`

/** The known event with the identity of an incoming one, if any. */
export const knownEventOf = (known: ClusterStream, { source, id }: PreparedEvent): KnownEvent | undefined =>
  known.events.get(identityKey(source, id))

/** Whether the text of a known event is needed to decide whether the incoming one is the same. */
export const needsText = (
  before: KnownEvent,
  event: PreparedEvent,
  attempt: ClusterEvent | undefined,
): boolean =>
  attempt?.id !== before.id &&
  !(event.kind === 'plain' && streamDigest(`${event.head},${event.tail}`) === before.form)

/**
 * Plans a batch against what is known of its stream, and notes what it sends as already known. Throws what the vault
 * throws.
 */
export const plan = (
  { stream, expectedRevision, events }: AppendBatch,
  known: ClusterStream,
  { vault, writer, recordedAt, attempts, texts }: Planning,
): Plan => {
  const expected = known.revision
  const mayWrite = expectedRevision === 'any' || expectedRevision === expected
  const send: Sending[] = []

  const outcomeOf = (event: PreparedEvent): EventOutcome | undefined => {
    const before = knownEventOf(known, event)
    const attempt = attempts.get(event)
    if (before !== undefined) {
      const { revision } = before
      if (attempt?.id === before.id) return { kind: 'appended', revision }
      if (!needsText(before, event, attempt)) return { kind: 'duplicate', revision }
      const text = texts.get(textKey(stream, revision))
      if (text === undefined) throw new RangeError(`revision ${revision} of ${stream} was not read`)
      const path = difference(text, event, vault)
      return path === null
        ? { kind: 'duplicate', revision }
        : {
            kind: 'conflict',
            revision,
            reason: `${path} differs from what was recorded under the same source and id`,
          }
    }
    const other = known.published.otherPublication(event)
    if (other !== undefined) return other
    if (!mayWrite) return undefined
    const stored = attempt ?? storedEvent(event, vault, recordedAt, writer)
    note(known, stream, event, stored.text, stored.id)
    const { revision } = known
    texts.set(textKey(stream, revision), stored.text)
    send.push({ event, ...stored })
    return { kind: 'appended', revision }
  }

  const outcomes: EventOutcome[] = []
  for (const event of events) {
    if (event.stream !== stream) throw new RangeError(`an event of ${event.stream} in a batch for ${stream}`)
    const outcome = outcomeOf(event)
    if (outcome === undefined) {
      return { expected, send: [], result: { kind: 'wrong_revision', stream, actual: expected } }
    }
    outcomes.push(outcome)
  }
  return { expected, send, result: { kind: 'written', stream, events: outcomes } }
}

const storedEvent = (event: PreparedEvent, vault: VaultWriter, at: number, writer: string): ClusterEvent => {
  const text = storedText(event, vault, at)
  const hash = leafHash(text)
  return { id: eventIdOf(event, hash, writer), type: typeOf(event), text, leafHash: hash }
}

const storedText = (event: PreparedEvent, vault: VaultWriter, at: number): string => {
  const recordedAt = recordedAtMember(at)
  if (event.kind === 'personal') {
    const sealed = vault.seal(event.account, event, event.personal, event.ahead)
    return event.head + canonicalSealed(sealed) + event.middle + recordedAt + event.tail
  }
  if (event.document !== null) vault.keepDocument(event.document)
  return event.head + recordedAt + event.tail
}

/** The type is in an event's tail, which is quicker to parse than the whole text. */
const typeOf = ({ tail }: PreparedEvent): string => String(Object(JSON.parse(`{${tail}`)).type)
