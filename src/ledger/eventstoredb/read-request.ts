import { Buffer } from 'node:buffer'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { LogPosition } from './position.ts'

/** `ReadDirection` of streams.proto. */
const directions = { forwards: 0, backwards: 1 } as const
type Direction = keyof typeof directions

/** Requests events of a stream from a revision; null: from the start, in the direction of the read. */
export const streamRequest = (
  name: string,
  from: number | null,
  direction: Direction,
  count: number,
): ReadReq => {
  const identifier = new shared.StreamIdentifier()
  identifier.setStreamName(Buffer.from(name).toString('base64'))
  const options = new streams.ReadReq.Options.StreamOptions()
  options.setStreamIdentifier(identifier)
  if (from !== null) options.setRevision(String(from))
  else if (direction === 'forwards') options.setStart(new shared.Empty())
  else options.setEnd(new shared.Empty())
  return requestFor(direction, count, (request) => request.setStream(options))
}

/** Requests events of the log from a place; null: from the start, in the direction of the read. */
export const logRequest = (from: LogPosition | null, direction: Direction, count: number): ReadReq => {
  const options = new streams.ReadReq.Options.AllOptions()
  if (from !== null) options.setPosition(positionOf(from))
  else if (direction === 'forwards') options.setStart(new shared.Empty())
  else options.setEnd(new shared.Empty())
  return requestFor(direction, count, (request) => request.setAll(options))
}

const positionOf = ({ commit, prepare }: LogPosition): ReadReq.Options.Position => {
  const position = new streams.ReadReq.Options.Position()
  position.setCommitPosition(String(commit))
  position.setPreparePosition(String(prepare))
  return position
}

const requestFor = (
  direction: Direction,
  count: number,
  choose: (options: ReadReq.Options) => void,
): ReadReq => {
  const options = new streams.ReadReq.Options()
  choose(options)
  options.setReadDirection(directions[direction])
  options.setResolveLinks(false)
  options.setCount(String(count))
  options.setNoFilter(new shared.Empty())
  const uuids = new streams.ReadReq.Options.UUIDOption()
  uuids.setString(new shared.Empty())
  options.setUuidOption(uuids)
  const request = new streams.ReadReq()
  request.setOptions(options)
  return request
}
