import { Buffer, isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import type { IHeaders, KafkaMessage } from 'kafkajs'
import * as E from '#fp/Either'
import { isSameMediaType } from '../../../domain/media-type.ts'
import { inData } from '../../accept/base64-data.ts'
import type { SetAside } from '../../accept/batch.ts'
import { MAX_LINE_BYTES, parseJson, tooLong } from '../../accept/json.ts'
import { type Rejection, rejection } from '../../accept/rejection.ts'
import { HEAD_BYTES } from '../../dead-letters/letter.ts'
import { MOST_HEADERS, TOO_MANY_HEADERS } from './header-limit.ts'

/**
 * A message as one CloudEvent in the JSON format, by the Kafka protocol binding of CloudEvents 1.0.2: in structured
 * mode its value as it is; in binary mode (`ce_` headers) the attributes with the value, unchanged, as `data`.
 * Without any header that gives the mode, the value is treated as a whole event. What cannot be converted is set
 * aside.
 */
export const cloudEventOf = ({ value, headers = {} }: Message): E.Either<SetAside, Uint8Array> => {
  const bytes = value ?? Buffer.alloc(0)
  if (Object.hasOwn(headers, TOO_MANY_HEADERS)) return E.left(kept(bytes, tooManyHeaders()))
  if (bytes.length > MAX_LINE_BYTES) return E.left(kept(bytes, tooLong(bytes.length)))
  const contentType = textOf(headers['content-type'])
  if (contentType !== undefined && /^application\/cloudevents/i.test(contentType)) {
    return /^application\/cloudevents(?:\+json)?\s*(?:;|$)/i.test(contentType)
      ? E.right(bytes)
      : E.left(kept(bytes, otherFormat))
  }
  const attributes = attributesOf(headers)
  return attributes.length === 0 ? E.right(bytes) : assembled(attributes, bytes)
}

export type Message = Pick<KafkaMessage, 'value' | 'headers'>

const tooManyHeaders = (): Rejection =>
  rejection('invalid', 'headers', `expected at most ${MOST_HEADERS} headers; this message has more`)

const otherFormat = rejection(
  'invalid',
  'content-type',
  'expected application/cloudevents+json, one event per message, or binary mode; this is another CloudEvents format',
)

type Attribute = readonly [name: string, value: Buffer]
/** The prefix of a header that is an attribute, in binary mode. */
export const ATTRIBUTE_PREFIX = 'ce_'

/**
 * What the headers say about the event. A duplicate header gives a duplicate attribute, which is refused as such; but
 * `ce_datacontenttype` may repeat `content-type`, as the JavaScript SDK writes it.
 */
const attributesOf = (headers: IHeaders): ReadonlyArray<Attribute> => {
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(ATTRIBUTE_PREFIX)
      ? valuesOf(value).map((one): Attribute => [name.slice(ATTRIBUTE_PREFIX.length), one])
      : [],
  )
  if (attributes.length === 0) return []
  const contentTypes = valuesOf(headers['content-type'])
  const others = attributes.filter(([name, value]) => name !== MEDIA_TYPE || !repeats(value, contentTypes))
  return [...others, ...contentTypes.map((one): Attribute => [MEDIA_TYPE, one])]
}

const MEDIA_TYPE = 'datacontenttype'

const repeats = (value: Buffer, contentTypes: ReadonlyArray<Buffer>): boolean =>
  contentTypes.length === 1 && isSameMediaType(value.toString('latin1'), contentTypes[0]?.toString('latin1'))

/**
 * A header's values. kafkajs returns null for one without a value, which is ignored, and adds what JavaScript's
 * objects inherit to a header of such a name (`toString`).
 */
export const valuesOf = (header: unknown): ReadonlyArray<Buffer> =>
  [header]
    .flat()
    .filter((value) => Buffer.isBuffer(value) || typeof value === 'string')
    .map((value) => Buffer.from(value))

const textOf = (header: IHeaders[string]): string | undefined => valuesOf(header)[0]?.toString('latin1')

/** A value that is not JSON is set aside here: within the event's text it could pass for more than its `data`. */
const assembled = (attributes: ReadonlyArray<Attribute>, value: Buffer): E.Either<SetAside, Uint8Array> => {
  const parts = attributes.flatMap(([name, text]) => [
    Buffer.from(`${JSON.stringify(name)}:`),
    quoted(text),
    COMMA,
  ])
  if (value.length === 0) return E.right(Buffer.concat([OPEN, ...parts.slice(0, -1), CLOSE]))
  const data = parseJson(value)
  if (E.isRight(data)) return E.right(Buffer.concat([OPEN, ...parts, DATA, value, CLOSE]))
  const encoded = Buffer.from(JSON.stringify(value.toString('base64')))
  return E.left(kept(Buffer.concat([OPEN, ...parts, DATA_BASE64, encoded, CLOSE]), inData(data.left)))
}

const [OPEN, COMMA, CLOSE] = [Buffer.from('{'), Buffer.from(','), Buffer.from('}')]
const [DATA, DATA_BASE64] = [Buffer.from('"data":'), Buffer.from('"data_base64":')]
const QUOTE = Buffer.from('"')

/** A JSON string; bytes that are not UTF-8 are left as they are, to be refused as such. */
const quoted = (text: Buffer): Buffer =>
  isUtf8(text) ? Buffer.from(JSON.stringify(text.toString('utf8'))) : Buffer.concat([QUOTE, text, QUOTE])

const kept = (bytes: Uint8Array, why: Rejection): SetAside => ({
  raw: bytes.length > MAX_LINE_BYTES ? bytes.subarray(0, HEAD_BYTES) : bytes,
  sha256: hash('sha256', bytes),
  length: bytes.length,
  rejection: why,
})
