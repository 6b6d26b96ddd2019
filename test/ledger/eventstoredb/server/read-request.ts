import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { LoggedEvent, LogPosition } from './log.ts'
import type { Direction } from './range.ts'
import { textOfStream } from './requests.ts'

type Filter = {
  readonly matches: (event: LoggedEvent) => boolean
  /** A checkpoint comes after so many events were looked at. */
  readonly checkpointEvery: number
}

export type ReadRequest =
  | {
      readonly kind: 'stream'
      readonly stream: string
      readonly from: 'start' | 'end' | number
      readonly direction: Direction
      readonly count: number
    }
  | {
      readonly kind: 'all'
      readonly from: 'start' | 'end' | LogPosition
      readonly direction: Direction
      readonly count: number
    }
  | {
      readonly kind: 'subscription'
      readonly from: 'start' | 'end' | LogPosition
      readonly filter: Filter | undefined
    }
  | { readonly kind: 'unsupported' }

const revisionOf = (options: ReadReq.Options.StreamOptions): 'start' | 'end' | number => {
  if (options.hasEnd()) return 'end'
  return options.hasRevision() ? Number(options.getRevision()) : 'start'
}

const positionOf = (options: ReadReq.Options.AllOptions): 'start' | 'end' | LogPosition => {
  if (options.hasEnd()) return 'end'
  const position = options.getPosition()
  if (position === undefined) return 'start'
  return {
    commit: BigInt(position.getCommitPosition()),
    prepare: BigInt(position.getPreparePosition()),
  }
}

/** The window when the client names none. */
const DEFAULT_WINDOW = 32

const filterOf = (options: ReadReq.Options): Filter | undefined => {
  const filter = options.getFilter()
  if (filter === undefined) return undefined
  const expression = filter.getStreamIdentifier() ?? filter.getEventType()
  const subject = (event: LoggedEvent): string => (filter.hasEventType() ? event.type : event.stream)
  const source = expression?.getRegex() ?? ''
  const regex = new RegExp(source, 'u')
  const prefixes = expression?.getPrefixList() ?? []
  const window = filter.hasMax() ? filter.getMax() : DEFAULT_WINDOW
  return {
    matches: (event) =>
      source === ''
        ? prefixes.some((prefix) => subject(event).startsWith(prefix))
        : regex.test(subject(event)),
    checkpointEvery: window * Math.max(1, filter.getCheckpointintervalmultiplier()),
  }
}

export const readRequest = (request: ReadReq): ReadRequest => {
  const options = request.getOptions()
  const stream = options?.getStream()
  const all = options?.getAll()
  if (options === undefined) return { kind: 'unsupported' }
  if (options.hasSubscription()) {
    if (all === undefined) return { kind: 'unsupported' }
    return { kind: 'subscription', from: positionOf(all), filter: filterOf(options) }
  }
  const direction: Direction =
    options.getReadDirection() === streams.ReadReq.Options.ReadDirection.FORWARDS ? 'forwards' : 'backwards'
  const count = Number(options.getCount())
  if (stream !== undefined) {
    const name = textOfStream(stream.getStreamIdentifier())
    return { kind: 'stream', stream: name, from: revisionOf(stream), direction, count }
  }
  if (all === undefined || options.hasFilter()) return { kind: 'unsupported' }
  return { kind: 'all', from: positionOf(all), direction, count }
}
