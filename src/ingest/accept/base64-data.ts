import { Buffer } from 'node:buffer'
import * as E from '#fp/Either'
import { JsonMediaType } from '../../domain/decode.ts'
import { parseJson } from './json.ts'
import { type Rejection, rejection } from './rejection.ts'

/** RFC 4648, section 4, with padding: `Buffer.from` skips what is not base64. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * A parsed event whose `data_base64` holds JSON, with that JSON as its `data`: SDKs that treat an event's data as
 * bytes send it in this form (CloudEvents 1.0, JSON format, 3.1). Any other value is returned unchanged. Refused:
 * both kinds of data at once, and bytes that are not JSON or, by `datacontenttype`, are not meant to be.
 */
export const withBase64Data = (json: unknown): E.Either<Rejection, unknown> => {
  if (!isRecord(json) || !Object.hasOwn(json, FIELD)) return E.right(json)
  const { [FIELD]: encoded, ...event } = json
  if (encoded === null) return E.right(event)
  if (event.data !== undefined && event.data !== null) {
    return refused(FIELD, 'expected nothing here, because `data` is given: send one of them')
  }
  if (typeof encoded !== 'string' || !BASE64.test(encoded)) return refused(FIELD, 'expected base64')
  const type = event.datacontenttype ?? undefined
  if (type !== undefined && !JsonMediaType.is(type)) {
    return refused('datacontenttype', `expected ${JsonMediaType.name}: ${FIELD} is only accepted for JSON`)
  }
  const data = parseJson(Buffer.from(encoded, 'base64'))
  return E.isRight(data) ? E.right({ ...event, data: data.right }) : E.left(inData(data.left))
}

const FIELD = 'data_base64'

/** A rejection of the JSON in `data`, with its path relative to the event. */
export const inData = ({ code, path, message }: Rejection): Rejection =>
  rejection(code, path === '' || path.startsWith('[') ? `data${path}` : `data.${path}`, message)

const refused = (path: string, message: string): E.Either<Rejection, never> =>
  E.left(rejection('invalid', path, message))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
