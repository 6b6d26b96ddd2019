import { hash } from 'node:crypto'
import * as E from '#fp/Either'
import { type StreamName, streamParts } from '../../domain/stream.ts'
import { streamsDamaged } from '../damaged-stream.ts'
import { RECORDED_AT_BYTES } from '../event/leaf.ts'
import type { LedgerError } from '../port.ts'
import { publishedVersion, type VersionIndex, versionIndex } from '../publication.ts'
import { mapPage, type Reader } from './read.ts'
import { type ReadEvent, readEventOf } from './stored.ts'

/** What must be known of an event in a stream to distinguish it from an incoming one. */
export type KnownEvent = {
  readonly revision: number
  /** The cluster's id for it, by which a writer recognises its own. */
  readonly id: string
  /** Digest of the stored text without the recording time: equal for equal events. */
  readonly form: string
}

/**
 * A stream as this process knows it: the cluster may hold more by now. A revision is never known without the identity
 * of each event up to it: with the revision alone, every redelivery would be appended a second time.
 */
export type ClusterStream = {
  /** `nothing`: it is assumed to be new. `part`: the cluster holds, or may hold, more than is known here. */
  knowledge: 'nothing' | 'part' | 'all'
  /** The last revision that the cluster has returned or acknowledged. */
  confirmed: number
  /** The last revision, including what is about to be sent. */
  revision: number
  /** By `identityKey`; in the order of revisions. */
  readonly events: Map<string, KnownEvent>
  /** Of a ruleset's stream: the versions in it. */
  readonly published: VersionIndex
}

export type KnownStreams = {
  /**
   * The stream as last known; what is not known of it is read. With `mayAssumeNew`, a stream of which nothing is known
   * is not read while `seemNew`: it must then be written as a stream that does not exist.
   */
  readonly get: (stream: StreamName, mayAssumeNew: boolean) => Promise<E.Either<LedgerError, ClusterStream>>
  /** Whether streams of which nothing is known are mostly new, judged by the latest of them. */
  readonly seemNew: () => boolean
  /** Notes that the cluster has acknowledged what was noted, up to this revision. */
  readonly confirm: (known: ClusterStream, revision: number) => void
  /** Notes that the cluster has refused a stream as new. */
  readonly refuse: () => void
  /** Undoes what was noted but not acknowledged; the rest of the stream is read before it is used again. */
  readonly rewind: (stream: StreamName) => void
  /** Must be called when nothing that `get` returned is in use any more: memory must not grow with the ledger. */
  readonly trim: () => void
}

/** The most events and streams together that are remembered: some 250 bytes each. */
const REMEMBERED = 500_000
const PAGE = 500
/**
 * The share of recorded streams among those of which nothing was known, above which such a stream is read first. A
 * wrong guess costs a refused append, or the two reads of a stream that does not exist. For 30,000 duplicates after a
 * restart, 0.80 calls an event became 0.43.
 */
const MOSTLY = 2 / 3
/** How many of them the share follows. */
const LATEST = 32

export const identityKey = (source: string, id: string): string => `${source}\n${id}`

/** A short digest of a text. */
export const streamDigest = (text: string): string => hash('sha256', text, 'base64').slice(0, 22)

/** A stored text without its recording time, which is the last member of that name: no string can hold such a quote. */
const formOf = (canonical: string): string => {
  const at = canonical.lastIndexOf(',"recordedat":"')
  return at === -1 ? canonical : `${canonical.slice(0, at)},${canonical.slice(at + RECORDED_AT_BYTES)}`
}

/** Notes an event as known that is, or is about to be, at the next revision of its stream. */
export const note = (
  known: ClusterStream,
  stream: StreamName,
  { source, id }: { readonly source: string; readonly id: string },
  canonical: string,
  eventId: string,
): void => {
  const revision = known.revision + 1
  known.revision = revision
  known.events.set(identityKey(source, id), { revision, id: eventId, form: streamDigest(formOf(canonical)) })
  if (streamParts(stream).of === 'ruleset') known.published.add(publishedVersion(canonical), revision)
}

export const knownStreams = (reader: Reader, remembered = REMEMBERED): KnownStreams => {
  /** Least recently used first. */
  const streams = new Map<StreamName, ClusterStream>()
  let recordedShare = 0

  const seemNew = (): boolean => recordedShare <= MOSTLY
  /** Notes whether a stream of which nothing was known was recorded. */
  const learn = (isRecorded: boolean): void => {
    recordedShare += (Number(isRecorded) - recordedShare) / LATEST
  }

  /** Reads from the end back to what is confirmed: that shows whether anything is missing in between. */
  const readOn = async (stream: StreamName, known: ClusterStream): Promise<E.Either<LedgerError, void>> => {
    const later: ReadEvent[] = []
    for (let from: number | null = null; from === null || from > known.confirmed; ) {
      const page = await reader.streamBackwards(stream, from, PAGE)
      const events = mapPage(page, (event) => readEventOf(event, stream))
      if (E.isLeft(events)) return events
      const last: ReadEvent | undefined = events.right.at(-1)
      if (last === undefined) {
        if (known.confirmed === -1) break // the stream does not exist
        return E.left(streamsDamaged([{ stream, cause: 'scavenged' }]))
      }
      later.push(...events.right.filter(({ recorded }) => recorded.revision > known.confirmed))
      from = last.recorded.revision - 1
    }
    for (const { recorded, id } of later.reverse()) {
      note(known, stream, JSON.parse(recorded.canonical), recorded.canonical, id)
    }
    if (known.knowledge === 'nothing') learn(later.length > 0)
    confirm(known, known.revision)
    return E.right(undefined)
  }

  return {
    get: async (stream, mayAssumeNew) => {
      const known: ClusterStream = streams.get(stream) ?? {
        knowledge: 'nothing',
        confirmed: -1,
        revision: -1,
        events: new Map(),
        published: versionIndex(),
      }
      const isKnown =
        known.knowledge === 'all' || (known.knowledge === 'nothing' && mayAssumeNew && seemNew())
      const read = isKnown ? E.right(undefined) : await readOn(stream, known)
      if (E.isLeft(read)) return read
      streams.delete(stream)
      streams.set(stream, known)
      return E.right(known)
    },
    seemNew,
    confirm: (known, revision) => {
      if (known.knowledge === 'nothing') learn(false)
      confirm(known, revision)
    },
    refuse: () => learn(true),
    rewind: (stream) => {
      const known = streams.get(stream)
      if (known === undefined) return
      for (const [key, { revision }] of known.events) {
        if (revision > known.confirmed) known.events.delete(key)
      }
      known.published.cutAfter(known.confirmed)
      known.revision = known.confirmed
      known.knowledge = 'part'
    },
    trim: () => {
      let held = streams.size
      for (const { events } of streams.values()) held += events.size
      for (const [stream, { events }] of streams) {
        if (held <= remembered) return
        streams.delete(stream)
        held -= events.size + 1
      }
    },
  }
}

const confirm = (known: ClusterStream, revision: number): void => {
  known.confirmed = revision
  known.knowledge = 'all'
}
