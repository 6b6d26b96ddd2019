import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { streamIdentifier } from './answers.ts'
import type { LoggedEvent, LogPosition } from './log.ts'

/** .NET's unit, 100 nanoseconds, though counted from 1970. */
const ticks = (milliseconds: number): string => String(BigInt(milliseconds) * 10_000n)

export const eventAnswer = (logged: LoggedEvent): ReadResp => {
  const { commit, prepare } = logged.position
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(logged.id))
    .setStreamIdentifier(streamIdentifier(logged.stream))
    .setStreamRevision(String(logged.revision))
    .setCommitPosition(String(commit))
    .setPreparePosition(String(prepare))
    .setData(logged.data)
    .setCustomMetadata(logged.metadata)
  event
    .getMetadataMap()
    .set('type', logged.type)
    .set('content-type', logged.contentType)
    .set('created', ticks(logged.created))
  return new streams.ReadResp().setEvent(
    new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(commit)),
  )
}

export const streamNotFound = (stream: string): ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)),
  )

export const confirmation = (id: string): ReadResp =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id),
  )

export const caughtUp = (): ReadResp => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp())

export const checkpoint = ({ commit, prepare }: LogPosition): ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
  )
