import * as E from '#fp/Either'
import { decodeStored } from '../../src/domain/decode.ts'
import { definitionOf, type EventType, eventTypes, type StoredEvent } from '../../src/domain/event.ts'
import { type JsonSchema, schemaOf } from '../../src/domain/schema.ts'

type Json = Readonly<Record<string, unknown>>

/** What a type's `data` looks like with every field that it may have, and which of them are optional. */
type Sample = { readonly data: Json; readonly optional: ReadonlyArray<string>; readonly stored?: Json }

const rehearsal = {
  against: '2025-03-01',
  sequence: 4_100,
  rules: { 'adult.explicit': { newOnly: 3, both: 40 } },
  reason: 'the new threshold was agreed on',
  over: '7d',
  by: 'ana',
}
const sealed = { keyId: 'k1', sha256: 'cd'.repeat(32), commitment: 'ef'.repeat(32) }

/** The paths of a value that its schema does not require. */
const optionalIn = (value: Json, schema: JsonSchema): ReadonlyArray<string> => {
  const required = [schema, ...(schema.oneOf ?? [])].flatMap((one) => one.required ?? [])
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = schema.properties?.[name]
    const below =
      inner?.properties === undefined
        ? []
        : optionalIn(member as Json, inner).map((path) => `${name}.${path}`)
    return required.includes(name) ? below : [name, ...below]
  })
}

const sampleOf = (type: EventType): Sample => {
  const definition = definitionOf(type)
  const { sample, incoming, personal } = definition
  const optional = optionalIn(sample, schemaOf(incoming ?? definition.stored)).filter(
    (path) => !path.startsWith('personal.'),
  )
  if (personal !== undefined && incoming !== null) return { data: sample, optional, stored: { sealed } }
  return 'document' in sample
    ? {
        data: sample,
        optional: [...optional, 'rehearsal'],
        stored: { documentSha256: 'ab'.repeat(32), rehearsal },
      }
    : { data: sample, optional }
}

/** Whole `data` of every event type, as published; `stored` says what is only in the stored form. */
// Cast: it has a member for each type.
export const samples = Object.fromEntries(eventTypes.map((type) => [type, sampleOf(type)])) as Readonly<
  Record<EventType, Sample>
>

const subjectOf = (type: EventType): string => {
  const { subject, sample } = definitionOf(type)
  return subject === undefined ? 'quilter' : subject.of(sample)
}

const envelopeOf = (type: EventType): Json => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/services/enforcement',
  type,
  subject: subjectOf(type),
  time: '2025-04-29T00:00:00.000Z',
  datacontenttype: 'application/json',
  dataschema: 'https://example.org/schema',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'vendor=1',
  correlationid: 'c-1',
  causationid: 'e-0',
})

/** A published event with every optional field. */
export const incoming = (type: EventType): Json => ({ ...envelopeOf(type), data: samples[type].data })

/** The same as the ledger stores it. */
export const stored = (type: EventType): Json => {
  const { personal: _personal, document: _document, ...data } = samples[type].data
  return {
    ...envelopeOf(type),
    recordedat: '2025-04-29T00:00:01.000Z',
    backfill: true,
    data: { ...data, ...samples[type].stored },
  }
}

/** The same with the value at a path replaced; `undefined` removes the field. */
export const withValue = (json: Json, path: ReadonlyArray<string>, value: unknown): Json => {
  const [key, ...rest] = path
  if (key === undefined) throw new RangeError('no path')
  const copy: Record<string, unknown> = Array.isArray(json) ? Object.assign([], json) : { ...json }
  // Cast: a path goes through objects and lists only.
  if (rest.length > 0) copy[key] = withValue(json[key] as Json, rest, value)
  else if (value === undefined && Array.isArray(copy)) copy.splice(Number(key), 1)
  else if (value === undefined) delete copy[key]
  else copy[key] = value
  return copy
}

/** Every path to a value in it, the value's own containers included. */
export const pathsIn = (
  json: unknown,
  at: ReadonlyArray<string> = [],
): ReadonlyArray<ReadonlyArray<string>> =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, value]) => [[...at, key], ...pathsIn(value, [...at, key])])
    : []

/** Decodes a stored event, or fails the test. */
export const decoded = (json: unknown): StoredEvent => {
  const result = decodeStored(json)
  if (E.isLeft(result)) throw new Error(`no stored event: ${JSON.stringify(result.left)}`)
  return result.right
}
