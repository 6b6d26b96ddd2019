/** What a caller expects of a stream: a number is the revision of its last event. */
export type Expected = 'any' | 'no_stream' | 'stream_exists' | number

/** As much of a stream as the decision needs. */
export type StreamView = {
  /** -1 for a stream that is not there. */
  readonly last: number
  /** Reads no longer find it; it can be written again as if it were new, unless what is written is there already. */
  readonly isSoftDeleted?: boolean
  readonly idAt: (revision: number) => string | undefined
  /** The revision of an id that the server still remembers from this stream; its memory is bounded. */
  readonly remembered: (id: string) => number | undefined
}

export type Decision =
  | { readonly kind: 'append' }
  /** The events are there already; `last` is the revision that the first answer named. */
  | { readonly kind: 'idempotent'; readonly last: number }
  | { readonly kind: 'wrong' }

const wrong: Decision = { kind: 'wrong' }
const append: Decision = { kind: 'append' }

/** `any` and `stream_exists`: nothing but the server's memory of recent ids tells a repetition. */
const byMemory = (stream: StreamView, ids: ReadonlyArray<string>): Decision => {
  let last: number | undefined
  for (const [index, id] of ids.entries()) {
    const revision = stream.remembered(id)
    // A first id that is known and a later one that is not: neither a repetition nor new.
    if (revision === undefined) return index === 0 ? append : wrong
    last = revision
  }
  return last === undefined ? append : { kind: 'idempotent', last }
}

/** The expected revision is behind the stream's: a repetition, if the ids stand right after it, in that order. */
const byIds = (stream: StreamView, expected: number, ids: ReadonlyArray<string>): Decision =>
  ids.length > 0 && ids.every((id, index) => stream.idAt(expected + 1 + index) === id)
    ? { kind: 'idempotent', last: expected + ids.length }
    : wrong

/**
 * What the server does with a batch, as its `IndexWriter.CheckCommit` decides. Note the trap: when the expected revision
 * is the stream's, ids are not compared at all, and an event that is in the stream already is appended again.
 */
export const decide = (stream: StreamView, expected: Expected, ids: ReadonlyArray<string>): Decision => {
  if (expected === 'any') return byMemory(stream, ids)
  if (expected === 'stream_exists') return stream.last < 0 ? wrong : byMemory(stream, ids)
  const revision = expected === 'no_stream' ? -1 : expected
  if (revision < stream.last) {
    const decision = byIds(stream, revision, ids)
    // Only if not even the first id is there: ids are compared before a deletion is looked at.
    const isNew = decision.kind === 'wrong' && ids.length > 0 && stream.idAt(revision + 1) !== ids[0]
    return isNew && expected === 'no_stream' && stream.isSoftDeleted === true ? append : decision
  }
  return revision === stream.last ? append : wrong
}
