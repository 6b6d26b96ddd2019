import * as t from 'io-ts'
import * as E from '#fp/Either'
import { didYouMean } from '../foundation/text/nearest.ts'
import { closed, type DecodeError, matching, oneOf, problems } from './codec.ts'
import type { EventDefinition } from './definition/event-definition.ts'
import type { traceExtensions } from './envelope.ts'
import {
  definitionOf,
  eventTypes,
  type IncomingEvent,
  isEventType,
  isPublishedType,
  ownEventTypes,
  publishedTypes,
  type StoredEvent,
} from './event.ts'
import { AccountId, Id, Source } from './ids.ts'
import { described } from './schema.ts'
import { Timestamp } from './time.ts'
import { type RawEvent, upcast } from './upcast.ts'

/** The values of `datacontenttype` that are accepted: `data` is JSON. */
export const JsonMediaType = matching<'JsonMediaType'>(
  'a JSON media type',
  /^[A-Za-z]+[/](?:[A-Za-z0-9.-]+\+)?[Jj][Ss][Oo][Nn](?:\s*;.{0,100})?$/u,
)
const TraceText = matching<'TraceText'>('1 to 512 printable ASCII characters', /^[\x20-\x7e]{1,512}$/u)

/** What `data` holds depends on the type; the name is shown when it is missing. */
const data = described(
  new t.Type<unknown>('an object that describes the event', t.unknown.is, t.unknown.validate, t.identity),
  () => ({}),
)

/** Envelope attributes of CloudEvents 1.0 (json-format.md) and the extensions that are kept. */
const required = {
  specversion: oneOf('1.0'),
  id: Id,
  source: Source,
  type: oneOf(...publishedTypes),
  subject: AccountId,
  time: Timestamp,
  data,
}
const optional = {
  datacontenttype: JsonMediaType,
  dataschema: TraceText,
  traceparent: TraceText,
  tracestate: TraceText,
  correlationid: TraceText,
  causationid: TraceText,
} satisfies Record<(typeof traceExtensions)[number], t.Mixed> & t.Props

/** Attributes besides `recordedat` that only Redress sets. From outside, all of them are dropped as extensions. */
const ours = { backfill: t.literal(true) }

/** The codecs of a published event's envelope, by attribute; `data` is checked by `type`. `ours`: of a stored one. */
export const envelope = { required, optional, ours } as const

/** One form of events: its types, and the codecs of its envelope and of `data`, null if a type has no such form. */
type Form = {
  readonly types: ReadonlyArray<string>
  readonly envelope: t.Mixed
  readonly dataOf: (definition: EventDefinition) => t.Mixed | null
}

const published: Form = {
  types: publishedTypes,
  envelope: closed('CloudEvent', required, optional),
  dataOf: ({ incoming }) => incoming,
}
const recorded: Form = {
  types: eventTypes,
  envelope: closed(
    'stored event',
    { ...required, type: oneOf(...eventTypes), recordedat: Timestamp },
    { ...optional, ...ours },
  ),
  dataOf: ({ stored }) => stored,
}

/** An event that was accepted, and the names of the CloudEvents extensions that are not kept. */
export type Decoded = { readonly event: IncomingEvent; readonly dropped: ReadonlyArray<string> }

/**
 * A published CloudEvent (JSON structured mode, parsed). Every problem is reported with its path; Redress's own
 * event types are refused, because nobody else may speak for the ledger.
 */
export const decodeIncoming = (json: unknown): E.Either<ReadonlyArray<DecodeError>, Decoded> => {
  if (!isRecord(json)) return E.left([{ path: '', problem: 'expected a CloudEvent (a JSON object)' }])
  if (isWhole(json, published)) return E.right({ event: json as IncomingEvent, dropped: [] })
  const { event, dropped } = keptAttributes(json)
  const current = upcast(event)
  const found = isOwn(current.type) ? [forRedressAlone(current.type)] : problemsOf(current, published)
  // Cast: envelope and data were validated by the codecs that this type is derived from.
  return found.length === 0 ? E.right({ event: current as IncomingEvent, dropped }) : E.left(found)
}

/** An event as the ledger stored it (parsed), brought to the current version of its type. */
export const decodeStored = (json: unknown): E.Either<ReadonlyArray<DecodeError>, StoredEvent> => {
  if (!isRecord(json)) return E.left([{ path: '', problem: 'expected a stored event (a JSON object)' }])
  if (isWhole(json, recorded)) return E.right(json as StoredEvent)
  const current = upcast(json)
  const found = problemsOf(current, recorded)
  // Cast: as above, by the codecs of the stored form.
  return found.length === 0 ? E.right(current as StoredEvent) : E.left(found)
}

const isRecord = (u: unknown): u is RawEvent => typeof u === 'object' && u !== null && !Array.isArray(u)

/** Whether a type is one that only Redress records. */
const isOwn = (type: unknown): type is string =>
  typeof type === 'string' && (ownEventTypes.has(type) || (isEventType(type) && !isPublishedType(type)))

const forRedressAlone = (type: string): DecodeError => ({
  path: 'type',
  problem: `only Redress itself records ${type}; expected a type that services publish`,
})

const unknownType = (type: unknown, types: ReadonlyArray<string>): DecodeError => {
  const meant = typeof type === 'string' ? didYouMean(type, types) : null
  const known = `expected one of ${types.join(', ')}`
  return { path: 'type', problem: meant === null ? known : `unknown type (${meant}); ${known}` }
}

/** Whether an event is valid as it is, as nearly all are: nothing is reported, left out or upcast. */
const isWhole = (event: RawEvent, { envelope, dataOf }: Form): boolean => {
  if (!isEventType(event.type) || !envelope.is(event)) return false
  const definition = definitionOf(event.type)
  return dataOf(definition)?.is(event.data) === true && isAboutSubject(event, definition)
}

const isAboutSubject = (event: RawEvent, { subject }: EventDefinition): boolean =>
  subject === undefined || event.subject === subject.of(event.data)

/** The type determines what else is expected, so if it is wrong nothing else is reported. */
const problemsOf = (event: RawEvent, { types, envelope, dataOf }: Form): ReadonlyArray<DecodeError> => {
  if (!isEventType(event.type)) return [unknownType(event.type, types)]
  const definition = definitionOf(event.type)
  const codec = dataOf(definition)
  if (codec === null) return [unknownType(event.type, types)]
  const inData = Object.hasOwn(event, 'data') ? problems(codec, event.data, 'data') : []
  const found = [...problems(envelope, event), ...inData]
  return found.length > 0 || isAboutSubject(event, definition)
    ? found
    : [{ path: 'subject', problem: `expected ${definition.subject?.expected}` }]
}

const kept: ReadonlySet<string> = new Set([...Object.keys(required), ...Object.keys(optional), 'data_base64'])
/** The names that an extension can have. The attributes above also match; `data_base64` does not. */
export const EXTENSION_NAME = /^[a-z0-9]{1,100}$/u

/**
 * Attributes that are null are unset (CloudEvents 1.0, JSON format, 2.2), and extensions that are not kept are dropped.
 * What is not a CloudEvents attribute at all stays, and is refused later.
 */
const keptAttributes = (json: RawEvent): { event: RawEvent; dropped: ReadonlyArray<string> } => {
  const dropped: string[] = []
  let isWhole = true
  for (const name of Object.keys(json)) {
    if (isUnset(json, name)) isWhole = false
    else if (isExtension(name)) dropped.push(name)
  }
  if (isWhole && dropped.length === 0) return { event: json, dropped }
  const stays = ([name]: readonly [string, unknown]): boolean => !isUnset(json, name) && !isExtension(name)
  return { event: Object.fromEntries(Object.entries(json).filter(stays)), dropped }
}

const isExtension = (name: string): boolean => !kept.has(name) && EXTENSION_NAME.test(name)

/** `data` is not an attribute: a null there is a value. */
const isUnset = (json: RawEvent, name: string): boolean =>
  json[name] === null && name !== 'data' && EXTENSION_NAME.test(name)
