import * as E from '#fp/Either'
import { closed, type DecodeError } from '../../domain/codec.ts'
import { LAST, membersWriter } from '../../domain/compiled/write.ts'
import { envelope } from '../../domain/decode.ts'
import { streamKinds } from '../../domain/definition/event-definition.ts'
import {
  definitionOf,
  type EventType,
  type IncomingEvent,
  isPersonal,
  neededVocabulary,
  type OwnEvent,
  type PersonalType,
} from '../../domain/event.ts'
import type { RehearsalRecord } from '../../domain/rehearsal.ts'
import { type StreamName, streamOf } from '../../domain/stream.ts'
import { BACKFILL_SINCE } from '../../domain/vocabulary.ts'
import { canonical, canonicalText } from '../../foundation/canonical.ts'
import { memo } from '../../foundation/memo.ts'
import type { SealedText } from '../vault/seal.ts'
import { RECORDED_AT_BYTES, SEALED_BYTES } from './leaf.ts'
import type { Stamp } from './stamp.ts'

/** A ruleset's document, or the parameters of alarms, stored in the vault by its hash. */
export type Document = { readonly sha256: string; readonly canonical: string }

/**
 * A decoded event ready for the ledger: its canonical form (RFC 8785) in pieces, because the ledger adds two members.
 * Plain: `head`, then `recordedat`, then `tail`. With personal text, which the ledger seals because it holds the
 * keys: `head`, the value of `sealed`, `middle`, `recordedat`, `tail`.
 */
export type PreparedEvent = {
  readonly stream: StreamName
  readonly source: string
  readonly id: string
  /** The vocabulary version that the ledger must have before this event is written. */
  readonly vocabulary: number
  readonly head: string
  readonly tail: string
} & (
  | {
      readonly kind: 'plain'
      readonly document: Document | null
      /** For the recording time that the ledger is likely to give it. */
      readonly stamp?: Stamp
    }
  | {
      readonly kind: 'personal'
      /** The account whose key seals it. */
      readonly account: string
      /** `data.personal` in canonical form: what is sealed. */
      readonly personal: string
      readonly middle: string
      /** The text, sealed with the key that the ledger is likely to seal it with. */
      readonly ahead?: SealedText
    }
)

/** The limits, in bytes of UTF-8 of the canonical form. */
const eventLimits = { leaf: 16_384, personal: 262_144, document: 1_048_576 } as const

type Prepared = E.Either<DecodeError, PreparedEvent>

/** What Redress itself records with an event. */
export type Marks = {
  /** Whether it is taken in with others of the past. */
  readonly backfill?: boolean
  /** Only for a ruleset that is published: what it did on recorded evidence. */
  readonly rehearsal?: RehearsalRecord
  /** What an event of our own names by its hash. */
  readonly document?: Document
}

/**
 * Brings a decoded event into its canonical form. Refused, with the path and the measured size: a leaf over 16 KiB
 * (including `recordedat` and the sealed part), `data.personal` over 256 KiB, a ruleset's document over 1 MiB; also
 * what JSON cannot represent (a lone surrogate, an infinite number).
 */
export const prepare = (event: IncomingEvent | OwnEvent, marks: Marks = {}): Prepared => {
  try {
    return prepareWritable(marks.backfill === true ? { ...event, backfill: true } : event, marks)
  } catch (error) {
    const path = pathOfUnwritable(event, '')
    if (path === undefined) throw error // not an error from canonicalize
    return E.left({ path, problem: 'expected well-formed Unicode and finite numbers' })
  }
}

/** An event with the attribute that Redress may have added. */
type Marked<E> = E & { readonly backfill?: true }

const prepareWritable = (
  event: Marked<IncomingEvent | OwnEvent>,
  { rehearsal, document }: Marks,
): Prepared => {
  if (isPersonal(event)) {
    const words = wordsIn(event.data)
    if (words !== undefined) return personal(event, words)
  }
  return event.type === 'ruleset.published.v1'
    ? published(event, rehearsal)
    : plain(event, event, document ?? null)
}

const plain = (
  event: Marked<IncomingEvent | OwnEvent>,
  stored: { readonly data: object },
  document: Document | null,
): Prepared => {
  const { head, tail } = writersOf(event.type)
  return fitting({
    ...identity(event, stored.data),
    kind: 'plain',
    head: `{${head(stored)}`,
    tail: `${tail(stored)}}`,
    document,
  })
}

const published = (
  event: Marked<IncomingEvent<'ruleset.published.v1'>>,
  rehearsal: RehearsalRecord | undefined,
): Prepared => {
  const { document, ...data } = event.data
  const { text, sha256, bytes } = canonical(document)
  if (bytes > eventLimits.document)
    return tooLarge('data.document', 'a document', eventLimits.document, bytes)
  const marks = rehearsal === undefined ? {} : { rehearsal }
  const stored = { ...event, data: { ...data, documentSha256: sha256, ...marks } }
  return plain(event, stored, { sha256, canonical: text })
}

type PersonalEvent = Extract<IncomingEvent | OwnEvent, { readonly type: PersonalType }>

const wordsIn = (data: object): unknown => ('personal' in data ? data.personal : undefined)

/** Whose key seals a text: of an account its id, else also the kind. Ids contain no slash. */
const keyHolder = ({ type, subject }: PersonalEvent): string => {
  const kind = definitionOf(type).stream
  return streamKinds[kind] === 'account' ? subject : `${kind}/${subject}`
}

const personal = (event: Marked<PersonalEvent>, words: unknown): Prepared => {
  const { data } = event
  const text = canonicalText(words)
  const bytes = bytesOf(text)
  if (bytes > eventLimits.personal) return tooLarge('data.personal', 'a text', eventLimits.personal, bytes)
  const write = writersOf(event.type)
  const before = list(write.beforeData(event), `"data":{${list(write.beforeSealed(data), '"sealed":')}`)
  const after = write.afterSealed(data)
  return fitting({
    ...identity(event, data),
    kind: 'personal',
    account: keyHolder(event),
    head: `{${before}`,
    middle: `${after === '' ? '' : `,${after}`}},${write.afterData(event)}`,
    tail: `${write.tail(event)}}`,
    personal: text,
  })
}

const identity = (event: Marked<IncomingEvent | OwnEvent>, data: object) => ({
  stream: streamOf(event),
  source: event.source,
  id: event.id,
  vocabulary: Math.max(
    neededVocabulary(definitionOf(event.type), data),
    event.backfill === true ? BACKFILL_SINCE : 1,
  ),
})

const fitting = (event: PreparedEvent): Prepared => {
  const { head, tail } = event
  const middle = event.kind === 'plain' ? '' : event.middle
  const own = event.kind === 'plain' ? RECORDED_AT_BYTES : RECORDED_AT_BYTES + SEALED_BYTES
  // Nearly every event is far below the limit, however many bytes its characters take.
  const longest = 3 * (head.length + middle.length + tail.length) + own
  if (longest <= eventLimits.leaf) return E.right(event)
  const size = bytesOf(head) + bytesOf(middle) + own + bytesOf(tail)
  return size > eventLimits.leaf
    ? tooLarge('', 'an event in stored form', eventLimits.leaf, size)
    : E.right(event)
}

const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8')

const tooLarge = (path: string, what: string, limit: number, size: number): E.Either<DecodeError, never> =>
  E.left({ path, problem: `expected ${what} of at most ${limit} bytes; this one has ${size}` })

/** The writers of the members of a type's stored form, in the pieces that a prepared event has. */
const writersOf = memo((type: EventType) => {
  const { stored } = definitionOf(type)
  const { required, optional, ours } = envelope
  const event = closed(type, { ...required, data: stored }, { ...optional, ...ours })
  return {
    head: membersWriter(event, '', 'recordedat'),
    tail: membersWriter(event, 'recordedat', LAST),
    beforeData: membersWriter(event, '', 'data'),
    afterData: membersWriter(event, 'data', 'recordedat'),
    beforeSealed: membersWriter(stored, '', 'sealed'),
    afterSealed: membersWriter(stored, 'sealed', LAST),
  }
})

const list = (first: string, second: string): string => (first === '' ? second : `${first},${second}`)

/** The path of the first string or number that JSON cannot represent. */
const pathOfUnwritable = (value: unknown, path: string): string | undefined => {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : path
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, member] of Object.entries(value)) {
    const below = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    const found = key.isWellFormed() ? pathOfUnwritable(member, below) : path
    if (found !== undefined) return found
  }
  return undefined
}
