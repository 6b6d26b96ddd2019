import { Buffer } from 'node:buffer'
import * as E from '#fp/Either'
import { decodeIncoming, envelope } from '../../../domain/decode.ts'
import type { IncomingEvent } from '../../../domain/event.ts'
import { withBase64Data } from '../../accept/base64-data.ts'
import { parseJson } from '../../accept/json.ts'

/** The codecs of the attributes that identify the event: all but `data`. */
const { data: _, ...required } = envelope.required
const attributes = { ...required, ...envelope.optional }

/** Whether a name is an attribute's and its value is valid. */
export const isAttribute = (name: string, value: unknown): boolean => {
  const codec = Object.entries(attributes).find(([known]) => known === name)?.[1]
  return codec?.is(value) === true
}

/**
 * What may be disclosed of a refused message to readers of the dead-letter topic, as JSON: nothing that a person may
 * have written. Of a valid event everything but `personal`. Of any other JSON object the valid attributes and no
 * `data`, because a text can be anywhere in it. Of what cannot be parsed nothing: empty bytes.
 */
export const withoutPersonal = (raw: Uint8Array): Buffer => {
  const json = parseJson(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength))
  if (E.isLeft(json) || !isObject(json.right)) return Buffer.alloc(0)
  const decoded = E.flatMap(decodeIncoming)(withBase64Data(json.right))
  const disclosed = E.isRight(decoded) ? openPart(decoded.right.event) : attributesOf(json.right)
  return Object.keys(disclosed).length === 0 ? Buffer.alloc(0) : Buffer.from(JSON.stringify(disclosed))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const openPart = (event: IncomingEvent): object => {
  const data = Object.entries(event.data).filter(([name]) => name !== 'personal')
  return { ...event, data: Object.fromEntries(data) }
}

const attributesOf = (json: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(json).filter(([name, value]) => isAttribute(name, value)))
