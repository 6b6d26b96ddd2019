import { envelope } from './decode.ts'
import { definitionOf, type EventType, isEventType } from './event.ts'
import { type JsonSchema, schemaOf } from './schema.ts'

/**
 * The paths of the times in an event of a type, such as `time` and `data.content.createdAt`, derived from its codecs so
 * that no new field is forgotten. Empty for an unknown type.
 */
export const timePathsOf = (type: unknown): ReadonlySet<string> => {
  if (!isEventType(type)) return NONE
  const known = byType.get(type)
  if (known !== undefined) return known
  const paths = new Set([
    ...Object.entries({ ...envelope.required, ...envelope.optional }).flatMap(([name, codec]) =>
      timesIn(schemaOf(codec), name),
    ),
    ...timesIn(schemaOf(definitionOf(type).stored), 'data'),
  ])
  byType.set(type, paths)
  return paths
}

const NONE: ReadonlySet<string> = new Set()
const byType = new Map<EventType, ReadonlySet<string>>()

/** Throws on times in a list, which no event has yet. */
const timesIn = (schema: JsonSchema, path: string): ReadonlyArray<string> => {
  if (schema.format === 'date-time') return [path]
  if (schema.items !== undefined && timesIn(schema.items, '').length > 0) {
    throw new TypeError(`a list of times has no path: ${path}`)
  }
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
      timesIn(member, `${path}.${name}`),
    ),
    ...(schema.anyOf ?? []).flatMap((choice) => timesIn(choice, path)),
  ]
}
