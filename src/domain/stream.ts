import { type StreamKind, type StreamSubject, streamKinds } from './definition/event-definition.ts'
import { definitionOf, isEventType, type StoredEvent } from './event.ts'

/** A kind of which there is one stream. */
type SingleKind = { [K in StreamKind]: (typeof streamKinds)[K] extends 'ledger' ? K : never }[StreamKind]

/** A stream's name. */
export type StreamName = SingleKind | `${Exclude<StreamKind, SingleKind>}-${string}`

/** The stream that an event belongs to. Evaluations are numerous and no read of one account needs them, so they have their own. */
export const streamOf = ({
  type,
  subject,
}: {
  readonly type: string
  readonly subject: string
}): StreamName => {
  const kind = isEventType(type) ? definitionOf(type).stream : 'account'
  return isSingle(kind) ? kind : `${kind}-${subject}`
}

/** The account that an event is about; null if its subject is not an account. */
export const accountNamed = ({ type, subject }: StoredEvent): string | null =>
  streamKinds[definitionOf(type).stream] === 'account' ? subject : null

/** Whether a text is the name of a stream of the ledger. */
export const isStreamName = (text: string): text is StreamName => kindIn(text) !== undefined

/** What a stream is about, and the id of it. */
export type StreamParts = {
  readonly kind: StreamKind
  readonly of: StreamSubject
  readonly id: string
}

export const streamParts = (stream: StreamName): StreamParts => {
  const kind = kindIn(stream)
  if (kind === undefined) throw new TypeError(`no stream is called ${stream}`) // its type was forged
  return { kind, of: streamKinds[kind], id: isSingle(kind) ? kind : stream.slice(kind.length + 1) }
}

/** All streams of an account. */
export const streamsOfAccount = (account: string): ReadonlyArray<StreamName> =>
  kinds.flatMap((kind) =>
    !isSingle(kind) && streamKinds[kind] === 'account' ? [`${kind}-${account}` as const] : [],
  )

/** The account whose own stream this is; null for any other stream. */
export const accountOf = (stream: StreamName): string | null => {
  const { kind, id } = streamParts(stream)
  return kind === 'account' ? id : null
}

// Cast: the keys of a constant object are those of its type.
const kinds = Object.keys(streamKinds) as ReadonlyArray<StreamKind>

const isSingle = (kind: StreamKind): kind is SingleKind => streamKinds[kind] === 'ledger'

const kindIn = (text: string): StreamKind | undefined =>
  kinds.find((kind) => (isSingle(kind) ? text === kind : text.startsWith(`${kind}-`)))
