import { hash } from 'node:crypto'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { RECORDED_AT_BYTES } from '../leaf.ts'
import type { LedgerError } from '../port.ts'
import { type PublishedVersion, publishedVersion } from '../publication.ts'
import { mapPage, type Reader } from './read.ts'
import { readEventOf } from './stored.ts'

/** What must be known of an event that is in a stream, to tell it from one that comes. */
export type KnownEvent = {
  readonly revision: number
  /** Of the stored text. */
  readonly leaf: string
  /** Of the stored text without the time of recording: the same for the same event. */
  readonly form: string
}

/** A stream as this process knows it: the cluster may hold more by now. */
export type KnownStream = {
  revision: number
  /** By `identityKey`. */
  readonly events: Map<string, KnownEvent>
  /** Of a ruleset's stream: its publications, by revision. */
  readonly published: { readonly revision: number; readonly version: PublishedVersion }[]
}

export type KnownStreams = {
  /** The stream as it was known last; read whole when it is not known. */
  readonly get: (stream: StreamName) => Promise<E.Either<LedgerError, KnownStream>>
  /** What is known of it turned out wrong: it is read anew the next time. */
  readonly forget: (stream: StreamName) => void
  /** To be called when nothing that `get` gave is in use any more: memory must not grow with the ledger. */
  readonly trim: () => void
}

/** So many events of all streams together are remembered: some 200 bytes each. */
const REMEMBERED = 500_000
const PAGE = 500

export const identityKey = (source: string, id: string): string => `${source}\n${id}`

/** A short name for a text. */
export const digestOf = (text: string): string => hash('sha256', text, 'base64').slice(0, 22)

/** A stored text without its time of recording, which is the last member of that name: no text can hold such a quote. */
export const formOf = (canonical: string): string => {
  const at = canonical.lastIndexOf(',"recordedat":"')
  return at === -1 ? canonical : `${canonical.slice(0, at)},${canonical.slice(at + RECORDED_AT_BYTES)}`
}

/** Notes an event, read or about to be sent, as known. */
export const note = (known: KnownStream, stream: StreamName, revision: number, canonical: string): void => {
  const { source, id } = Object(JSON.parse(canonical))
  known.revision = revision
  const form = digestOf(formOf(canonical))
  known.events.set(identityKey(source, id), { revision, leaf: digestOf(canonical), form })
  if (stream.startsWith('ruleset-')) known.published.push({ revision, version: publishedVersion(canonical) })
}

export const knownStreams = (reader: Reader): KnownStreams => {
  /** Least recently used first. */
  const streams = new Map<StreamName, KnownStream>()

  const read = async (stream: StreamName): Promise<E.Either<LedgerError, KnownStream>> => {
    const known: KnownStream = { revision: -1, events: new Map(), published: [] }
    for (;;) {
      const page = await reader.stream(stream, known.revision + 1, PAGE)
      const events = mapPage(page, (event) => readEventOf(event, stream).recorded)
      if (E.isLeft(events)) return events
      for (const { revision, canonical } of events.right) note(known, stream, revision, canonical)
      if (events.right.length < PAGE) return E.right(known)
    }
  }

  return {
    get: async (stream) => {
      const before = streams.get(stream)
      const known = before === undefined ? await read(stream) : E.right(before)
      if (E.isRight(known)) {
        streams.delete(stream)
        streams.set(stream, known.right)
      }
      return known
    },
    forget: (stream) => void streams.delete(stream),
    trim: () => {
      let remembered = 0
      for (const { events } of streams.values()) remembered += events.size
      for (const [stream, { events }] of streams) {
        if (remembered <= REMEMBERED) return
        streams.delete(stream)
        remembered -= events.size
      }
    },
  }
}
