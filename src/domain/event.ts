import type * as t from 'io-ts'
import type { EventDefinition } from './definition/event-definition.ts'
import type { CloudEvent } from './envelope.ts'
import { definitions } from './events/index.ts'
import type { Timestamp } from './time.ts'
import { neededBy, VOCABULARY } from './vocabulary.ts'

type Definition = (typeof definitions)[number]

export type EventType = Definition['type']
type DefinitionByType = { readonly [D in Definition as D['type']]: D }

/** All types, in the order of the list. */
export const eventTypes: ReadonlyArray<EventType> = definitions.map(({ type }) => type)

/** A type of event that services publish; all others are Redress's own and refused from outside. */
export type PublishedType = {
  [K in EventType]: DefinitionByType[K]['incoming'] extends t.Mixed ? K : never
}[EventType]

/** The version of the vocabulary that an event's `data` needs, as it is published or stored. */
export const neededVocabulary = ({ since, incoming, stored }: EventDefinition, data: unknown): number =>
  Math.max(
    since,
    neededBy(stored, data),
    incoming === null || incoming === stored ? 1 : neededBy(incoming, data),
  )

for (const definition of definitions) {
  const needed = neededVocabulary(definition, definition.sample)
  // It would record events that it then refuses to read.
  if (needed > VOCABULARY) {
    throw new TypeError(
      `${definition.type} needs version ${needed} of the vocabulary: raise VOCABULARY to it`,
    )
  }
}

const byType: ReadonlyMap<string, EventDefinition> = new Map(
  definitions.map((definition) => [definition.type, definition]),
)

/** Whether this is a type of event that the ledger holds. */
export const isEventType = (type: unknown): type is EventType => typeof type === 'string' && byType.has(type)

/** The definition of a type. */
export const definitionOf = (type: EventType): EventDefinition => {
  const definition = byType.get(type)
  if (definition === undefined) throw new TypeError(`no type of event: ${type}`) // its type was forged
  return definition
}

/** Whether this is a type of event that services publish. */
export const isPublishedType = (type: unknown): type is PublishedType =>
  isEventType(type) && isPublished(definitionOf(type))

type PublishedDefinition = EventDefinition & { readonly incoming: t.Mixed }

const isPublished = (definition: EventDefinition): definition is PublishedDefinition =>
  definition.incoming !== null

/** The definition of a type that services publish. */
export const publishedDefinitionOf = (type: PublishedType): PublishedDefinition => {
  const definition = definitionOf(type)
  if (!isPublished(definition)) throw new TypeError(`services do not publish ${type}`) // its type was forged
  return definition
}

/** The types that services publish, in the order of the list. */
export const publishedTypes: ReadonlyArray<PublishedType> = eventTypes.filter(isPublishedType)

/** Redress's own event types that have no definition yet: they get one when they are implemented. */
export const ownEventTypes: ReadonlySet<string> = new Set(['personal_data.erased.v1'])

/** An event as a service publishes it. */
export type IncomingEvent<T extends PublishedType = PublishedType> = {
  [K in T]: CloudEvent<K, t.TypeOf<DefinitionByType[K]['incoming']>>
}[T]

/** A type of event that only Redress records. */
export type OwnType = Exclude<EventType, PublishedType>

/** An event of such a type, before the ledger records it. */
export type OwnEvent<T extends OwnType = OwnType> = {
  [K in T]: CloudEvent<K, t.TypeOf<DefinitionByType[K]['stored']>>
}[T]

/**
 * An event as the ledger stores it; `recordedat` is the ledger's clock when it recorded the event, `backfill` whether it was
 * taken in with others of the past.
 */
export type StoredEvent<T extends EventType = EventType> = {
  [K in T]: CloudEvent<K, t.TypeOf<DefinitionByType[K]['stored']>> & {
    readonly recordedat: Timestamp
    readonly backfill?: true
  }
}[T]

/** The types that may hold a person's words, which are sealed. */
export type PersonalType = {
  [K in EventType]: 'sealed' extends keyof StoredEvent<K>['data'] ? K : never
}[EventType]

/** Whether an event may hold a person's words. */
export const isPersonal = <E extends IncomingEvent | OwnEvent | StoredEvent>(
  event: E,
): event is Extract<E, { readonly type: PersonalType }> => definitionOf(event.type).personal !== undefined

type InformingType = {
  [K in EventType]: DefinitionByType[K]['onlyInforms'] extends true ? K : never
}[EventType]

/** Whether an event is only recorded and shown, and changes neither what was decided nor how that is judged. */
export const onlyInforms = <E extends { readonly type: EventType }>(
  event: E,
): event is Extract<E, { readonly type: InformingType }> => definitionOf(event.type).onlyInforms

/** The fields of any type that hold the SHA-256 of a document in the vault. */
export const documentFields: ReadonlySet<string> = new Set(
  definitions.flatMap(({ documents = [] }: EventDefinition) => documents),
)

/** The SHA-256 of the documents in the vault that an event names. */
export const documentsNamedBy = ({
  type,
  data,
}: {
  readonly type: EventType
  readonly data: object
}): ReadonlyArray<string> => {
  const named: ReadonlyArray<unknown> = (definitionOf(type).documents ?? []).map(
    (field) => Object(data)[field],
  )
  return named.filter((sha256) => typeof sha256 === 'string')
}
