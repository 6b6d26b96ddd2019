import { envelope } from './decode.ts'
import { definitionOf, type EventType, isEventType } from './event.ts'
import { type JsonSchema, schemaOf } from './schema.ts'

/**
 * Where an event of a type holds times, such as `time` and `data.content.createdAt`: read off its codecs, so that a new
 * field cannot be forgotten. Empty for an unknown type.
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

/** Throws on times in a list, of which no event has any yet. */
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
