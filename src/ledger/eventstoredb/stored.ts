import { Buffer } from 'node:buffer'
import { parseUUID } from '@eventstore/db-client/dist/utils/grpcUUID.js'
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import { isStreamName, type StreamName } from '../../domain/stream.ts'
import { Damage, Unusable } from '../../foundation/attempt.ts'
import type { DamageCause } from '../damaged-stream.ts'
import { envelopeOf } from '../event/envelope.ts'
import { leafHash } from '../event/leaf.ts'
import type { RecordedEvent } from '../port.ts'
import { type LogPosition, logPosition } from './position.ts'
import { limitIn, metadataStreamOf } from './retention.ts'

/** An event as the cluster stores it: its data are the canonical bytes, its metadata their leaf hash. */
export type ClusterEvent = {
  readonly id: string
  readonly type: string
  readonly text: string
  readonly leafHash: string
}

/** An event that was read, and its place in the log. */
export type ReadEvent = {
  readonly recorded: RecordedEvent
  /** The cluster's id for it. */
  readonly id: string
  readonly at: LogPosition
}

/** The bytes of an event's metadata. */
export const metadataOf = (hash: string): Uint8Array => Buffer.from(JSON.stringify({ leafHash: hash }))

/** An event as the cluster has it. */
export type WireEvent = ReadResp.ReadEvent.RecordedEvent

const METADATA = metadataStreamOf('')

const nameOf = (event: WireEvent): string =>
  Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8')

const typeOf = (event: WireEvent): string => event.getMetadataMap().get('type') ?? ''

const streamNamed = (name: string, prefix: string): StreamName | undefined => {
  if (!name.startsWith(prefix)) return undefined
  const stream = name.slice(prefix.length)
  return isStreamName(stream) ? stream : undefined
}

/**
 * The stream of an event of the ledger; undefined for the cluster's own events, and those of others. A tombstone is
 * in a stream of the ledger, but is the cluster's own event.
 */
export const ledgerStreamOf = (event: WireEvent, prefix: string): StreamName | undefined =>
  typeOf(event).startsWith('$') ? undefined : streamNamed(nameOf(event), prefix)

/**
 * The stream of the vocabulary that the ledger's events need: read and written by `vocabulary.ts`, and not one of the
 * ledger's streams.
 */
export const VOCABULARY_STREAM = 'redress-vocabulary'

/** Whether an event raises the vocabulary. */
export const isVocabulary = (event: WireEvent, prefix: string): boolean =>
  nameOf(event) === prefix + VOCABULARY_STREAM && !typeOf(event).startsWith('$')

/** The vocabulary version that an event raises to; throws `Unusable` if Redress did not write the event. */
export const vocabularyOf = (event: WireEvent): number => {
  const version = memberOf(event.getData_asU8(), 'vocabulary')
  if (typeof version === 'number' && Number.isSafeInteger(version) && version > 0) return version
  throw new Unusable(
    `event ${event.getStreamRevision()} of ${VOCABULARY_STREAM} in the cluster was not written by Redress; find out what wrote it, and ` +
      'restore the cluster from a backup',
  )
}

/** What one of the cluster's own events does to a stream of the ledger; `cause` null: it removes a limit. */
export const deletionIn = (
  event: WireEvent,
  prefix: string,
): { readonly stream: StreamName; readonly cause: DamageCause | null } | undefined => {
  const type = typeOf(event)
  if (type === '$streamDeleted') {
    const stream = streamNamed(nameOf(event), prefix)
    return stream === undefined ? undefined : { stream, cause: 'tombstoned' }
  }
  const name = nameOf(event)
  if (type !== '$metadata' || !name.startsWith(METADATA)) return undefined
  const stream = streamNamed(name.slice(METADATA.length), prefix)
  return stream === undefined ? undefined : { stream, cause: limitIn(event.getData_asU8()) }
}

export const logPlaceOf = (event: WireEvent): LogPosition => ({
  commit: BigInt(event.getCommitPosition()),
  prepare: BigInt(event.getPreparePosition()),
})

/** An event's revision; one beyond JavaScript's safe integers is rounded, but still greater than all others. */
export const revisionOf = (event: WireEvent): number => Number(event.getStreamRevision())

/** The event, its text checked against its leaf hash and its stream; throws `Damage` if they do not match. */
export const readEventOf = (event: WireEvent, stream: StreamName): ReadEvent => {
  const bytes = Buffer.from(event.getData_asU8())
  const canonical = bytes.toString('utf8')
  const hash = leafHash(canonical)
  const revision = revisionOf(event)
  if (memberOf(event.getCustomMetadata_asU8(), 'leafHash') !== hash) {
    throw new Damage(`event ${revision} of ${stream} is not as recorded: its text does not match its hash`)
  }
  const belongs = envelopeOf(canonical)?.stream
  if (belongs !== stream) {
    throw new Damage(
      `event ${revision} of ${stream} belongs to ${belongs ?? 'no stream: it is not in canonical form'}`,
    )
  }
  const at = logPlaceOf(event)
  const id = parseUUID(event.getId()) ?? ''
  return { id, recorded: { stream, revision, position: logPosition(at), canonical, leafHash: hash }, at }
}

/** A member of a JSON object; undefined if it does not exist. */
const memberOf = (json: Uint8Array, name: string): unknown => {
  try {
    return Object(JSON.parse(Buffer.from(json).toString('utf8')))[name]
  } catch {
    return undefined
  }
}
