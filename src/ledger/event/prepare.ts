import canonicalize from 'canonicalize'
import * as E from '#fp/Either'
import type { DecodeError } from '../../domain/codec.ts'
import {
  type IncomingEvent,
  isPersonal,
  neededVocabulary,
  type PersonalType,
  publishedDefinitionOf,
} from '../../domain/event.ts'
import { type StreamName, streamOf } from '../../domain/stream.ts'
import { canonical } from '../../foundation/canonical.ts'
import type { SealedText } from '../vault/seal.ts'
import { RECORDED_AT_BYTES, SEALED_BYTES } from './leaf.ts'
import type { Stamp } from './stamp.ts'

/** A ruleset's document, stored in the vault by its hash. */
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

/**
 * Brings a decoded event into its canonical form. Refused, with the path and the measured size: a leaf over 16 KiB
 * (including `recordedat` and the sealed part), `data.personal` over 256 KiB, a ruleset's document over 1 MiB; also
 * what JSON cannot represent (a lone surrogate, an infinite number).
 */
export const prepare = (event: IncomingEvent): Prepared => {
  try {
    return prepareWritable(event)
  } catch (error) {
    const path = pathOfUnwritable(event, '')
    if (path === undefined) throw error // not an error from canonicalize
    return E.left({ path, problem: 'expected well-formed Unicode and finite numbers' })
  }
}

const prepareWritable = (event: IncomingEvent): Prepared => {
  if (isPersonal(event) && event.data.personal !== undefined) return personal(event)
  return event.type === 'ruleset.published.v1' ? published(event) : plain(event, event, null)
}

const plain = (event: IncomingEvent, stored: object, document: Document | null): Prepared => {
  const head = `{${members(stored, '', 'recordedat')}`
  const tail = `${members(stored, 'recordedat', LAST)}}`
  return fitting({ ...identity(event), kind: 'plain', head, tail, document })
}

const published = (event: IncomingEvent<'ruleset.published.v1'>): Prepared => {
  const { document, ...data } = event.data
  const { text, sha256, bytes } = canonical(document)
  if (bytes > eventLimits.document)
    return tooLarge('data.document', 'a document', eventLimits.document, bytes)
  const stored = { ...event, data: { ...data, documentSha256: sha256 } }
  return plain(event, stored, { sha256, canonical: text })
}

const personal = (event: IncomingEvent<PersonalType>): Prepared => {
  const { personal: words, ...open } = event.data
  const { text, bytes } = canonical(words)
  if (bytes > eventLimits.personal) return tooLarge('data.personal', 'a text', eventLimits.personal, bytes)
  const before = list(members(event, '', 'data'), `"data":{${list(members(open, '', 'sealed'), '"sealed":')}`)
  const after = members(open, 'sealed', LAST)
  const middle = `${after === '' ? '' : `,${after}`}},${members(event, 'data', 'recordedat')}`
  const tail = `${members(event, 'recordedat', LAST)}}`
  return fitting({
    ...identity(event),
    kind: 'personal',
    account: event.subject,
    head: `{${before}`,
    middle,
    tail,
    personal: text,
  })
}

const identity = (event: IncomingEvent) => ({
  stream: streamOf(event),
  source: event.source,
  id: event.id,
  vocabulary: neededVocabulary(publishedDefinitionOf(event.type), event.data),
})

const fitting = (event: PreparedEvent): Prepared => {
  const own =
    event.kind === 'plain' ? RECORDED_AT_BYTES : RECORDED_AT_BYTES + SEALED_BYTES + bytesOf(event.middle)
  const size = bytesOf(event.head) + own + bytesOf(event.tail)
  return size > eventLimits.leaf
    ? tooLarge('', 'an event in stored form', eventLimits.leaf, size)
    : E.right(event)
}

const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8')

const tooLarge = (path: string, what: string, limit: number, size: number): E.Either<DecodeError, never> =>
  E.left({ path, problem: `expected ${what} of at most ${limit} bytes; this one has ${size}` })

/** Sorts after every member name of an envelope or its data. */
const LAST = '\u{10ffff}'

/** The canonical form, without braces, of the members whose names sort between two names (both exclusive). */
const members = (object: object, after: string, before: string): string => {
  const chosen: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(object)) {
    if (name > after && name < before) chosen[name] = value
  }
  return (canonicalize(chosen) ?? '').slice(1, -1)
}

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
