import * as E from '#fp/Either'
import { attempt } from '../../foundation/attempt.ts'
import type { RecordingClock } from '../clock.ts'
import { streamsDamaged } from '../damaged-stream.ts'
import type { Ledger, LedgerError, Position, RecordedEvent } from '../port.ts'
import type { VaultWriter } from '../vault/vault.ts'
import { explaining, refuseNewer } from '../vocabulary.ts'
import { appending, CLOSED } from './append.ts'
import { openBatchAppender } from './batch-append.ts'
import { type Connection, connectTo } from './connection.ts'
import { knownStreams } from './known-streams.ts'
import { lastPlace } from './log-end.ts'
import { logPages } from './log-pages.ts'
import { compareInLog, type LogPosition, logPosition, logPositionOf } from './position.ts'
import { openReader, type Prefix } from './read.ts'
import { openSequenceIndex } from './sequence-index.ts'
import { openSequencer } from './sequencer.ts'
import { logPlaceOf, readEventOf } from './stored.ts'
import { streamPages } from './stream-pages.ts'
import { clusterVocabulary } from './vocabulary.ts'

export type ClusterParts = Pick<RecordingClock, 'clock'> &
  Partial<RecordingClock> & {
    readonly vault: VaultWriter
    /** The file of the sequence index. */
    readonly sequencePath: string
    readonly limits?: ClusterLimits
    /** Whether sequences are assigned although events are missing: they then count what is there. */
    readonly acceptDamaged?: boolean
    /** The prefix of all names of its streams; empty unless tests share a server. */
    readonly prefix?: Prefix
  }

/** Times in ms. */
export type ClusterLimits = {
  /** How long to wait for an answer of the cluster before retrying. */
  readonly silence: number
  /** How long to retry before giving up. */
  readonly patience: number
  /** The most events and streams that are remembered. */
  readonly remembered?: number
}

export const USUAL: ClusterLimits = { silence: 10_000, patience: 60_000 }

/**
 * The ledger in an EventStoreDB or KurrentDB cluster (`esdb://…`, `esdb+discover://…`). Throws `Unusable` on an
 * invalid address, and what opening the index throws; whether the cluster answers shows at the first call.
 */
export const openClusterStore = (
  url: string,
  {
    vault,
    sequencePath,
    clock,
    acceptClock = false,
    acceptDamaged = false,
    limits = USUAL,
    prefix = '',
  }: ClusterParts,
): Ledger => {
  const index = openSequenceIndex(sequencePath)
  const connection = connectOr(url, index.close)
  const reader = openReader(connection, prefix, limits)
  const appender = openBatchAppender(connection, prefix, limits.silence)
  const vocabulary = clusterVocabulary(reader, appender, limits.patience)
  const refuseNow = () => refuseNewer({ vocabulary: vocabulary.read })
  const sequencer = openSequencer(reader, index, sequencePath, limits.patience, refuseNow)
  let isClosed = false

  const eventAt = async (place: LogPosition): Promise<E.Either<LedgerError, RecordedEvent | null>> => {
    const end = await lastPlace(reader)
    if (E.isLeft(end)) return end
    if (end.right === null || compareInLog(place, end.right) > 0) return E.right(null)
    const page = await reader.log(place, 1)
    if (E.isLeft(page)) return page
    const [found] = page.right
    const stream = found === undefined ? undefined : reader.ledgerStreamOf(found)
    if (found === undefined || stream === undefined || compareInLog(logPlaceOf(found), place) !== 0) {
      return E.right(null)
    }
    return attempt('the cluster', () => readEventOf(found, stream).recorded)
  }

  const at = async (position: Position): Promise<E.Either<LedgerError, RecordedEvent | null>> => {
    const place = logPositionOf(position)
    return place === undefined ? E.right(null) : eventAt(place)
  }

  /** Numbers are valid only if no event of the ledger was missing when they were assigned. */
  const numbered = <A>(answer: E.Either<LedgerError, A>): E.Either<LedgerError, A> => {
    if (E.isLeft(answer) || acceptDamaged) return answer
    const noted = attempt(sequencePath, index.damaged)
    if (E.isLeft(noted)) return noted
    const lost = noted.right.filter((one) => one.lost)
    return lost.length === 0
      ? answer
      : E.left(streamsDamaged(lost.map(({ stream, cause }) => ({ stream, cause }))))
  }
  const sequenceAt = async (place: LogPosition) => numbered(await sequencer.sequenceOf(place))

  const { readAll, follow } = logPages({
    ...{ reader, index, sequencePath, acceptDamaged, sequenceAt, refuseNow },
    patience: limits.patience,
  })

  const appends = appending({
    appender,
    reader,
    vault,
    vocabulary,
    clock,
    acceptClock,
    streams: knownStreams(reader, limits.remembered),
    patience: limits.patience,
    lastText: async () => {
      const last = await lastPlace(reader)
      if (E.isLeft(last)) return last
      const event = last.right === null ? E.right(null) : await eventAt(last.right)
      return E.isLeft(event) ? event : E.right(event.right?.canonical ?? null)
    },
  })

  return explaining({
    append: async (batches, options) => (isClosed ? E.left(CLOSED) : appends.append(batches, options)),
    readStream: (stream) => streamPages(reader, stream),
    readAll,
    follow,
    head: async () => {
      const last = numbered(await sequencer.catchUp())
      if (E.isLeft(last)) return last
      return E.right(
        last.right === null
          ? { sequence: 0, position: null }
          : { sequence: last.right.sequence, position: logPosition(last.right) },
      )
    },
    end: async () => {
      const last = await lastPlace(reader)
      if (E.isLeft(last)) return last
      return E.right(last.right === null ? null : logPosition(last.right))
    },
    damaged: async () => {
      const last = await sequencer.catchUp()
      if (E.isLeft(last)) return last
      const noted = attempt(sequencePath, index.damaged)
      return E.isLeft(noted) ? noted : E.right(noted.right.map(({ stream, cause }) => ({ stream, cause })))
    },
    vocabulary: vocabulary.read,
    at,
    sequenceOf: async (position) => {
      const event = await at(position)
      if (E.isLeft(event)) return event
      const place = logPositionOf(position)
      if (event.right === null || place === undefined) return E.right(null)
      const sequence = await sequenceAt(place)
      return E.isLeft(sequence) ? sequence : E.right(sequence.right ?? null)
    },
    positionAt: async (sequence) => {
      const place = numbered(await sequencer.placeOf(sequence))
      if (E.isLeft(place)) return place
      return E.right(place.right === undefined ? null : logPosition(place.right))
    },
    close: async () => {
      isClosed = true
      appends.close()
      appender.close()
      index.close()
      await connection.close()
    },
  })
}

const connectOr = (url: string, close: () => void): Connection => {
  try {
    return connectTo(url)
  } catch (error) {
    close()
    throw error
  }
}
