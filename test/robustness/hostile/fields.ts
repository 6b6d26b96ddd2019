import { envelope } from '../../../src/domain/decode.ts'
import { type PublishedType, publishedDefinitionOf } from '../../../src/domain/event.ts'
import { type JsonSchema, schemaOf } from '../../../src/domain/schema.ts'

export type Json = { readonly [name: string]: unknown }
export type Path = ReadonlyArray<string>

/** A field of an event that holds one value, or the name of a field that is free. */
export type Leaf = { readonly path: Path; readonly isName: boolean }

/** A ruleset's document by its id and version. */
export type DocumentOf = (id: string, version: string) => Json

/** What a schema's own patterns are satisfied by. A codec with another pattern needs a line here, and the test says so. */
const PLAIN = ['x1', 'ab'.repeat(32), 'application/json', '2025-05-01T00:00:00Z']

/** A valid value of a schema, with every field that it may have; `names` are its field's names, from the outside in. */
const validOf = (schema: JsonSchema, names: Path): unknown => {
  const name = names.at(-1) ?? ''
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.anyOf?.[0] !== undefined) return validOf(schema.anyOf[0], names)
  // Its codec takes any object; the event's own document is put in its place.
  if (name === 'document') return {}
  switch (schema.type) {
    case 'boolean':
      return true
    case 'number':
    case 'integer':
      return 1
    case 'array':
      return [validOf(schema.items ?? {}, [...names, '0'])]
    case 'object':
      return Object.fromEntries(
        Object.entries({
          ...schema.properties,
          ...(typeof schema.additionalProperties === 'object' ? { free: { type: 'string' } as const } : {}),
        })
          .filter(([field]) => !isExcluded(schema, field))
          .map(([field, inner]) => [field, validOf(inner, [...names, field])]),
      )
    case 'string': {
      const found = PLAIN.find((text) => new RegExp(schema.pattern ?? '', 'u').test(text))
      if (found === undefined) throw new Error(`no plain text for ${names.join('.')}: ${schema.pattern}`)
      return schema.format === 'date-time' ? PLAIN.at(-1) : found
    }
    default:
      throw new Error(`what is ${names.join('.')}? ${JSON.stringify(schema)}`)
  }
}

/** Of fields of which only one may be there, all but the first. */
const isExcluded = ({ oneOf = [] }: JsonSchema, field: string): boolean =>
  oneOf.slice(1).some(({ required = [] }) => required.includes(field))

/** Every place in a value where a text can be put, names of free fields included. */
export const leavesOf = (value: unknown, path: Path = []): ReadonlyArray<Leaf> => {
  if (typeof value !== 'object' || value === null) return [{ path, isName: false }]
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === 'free' ? [{ path: [...path, name], isName: true }] : []),
    ...(name === 'document' ? [] : leavesOf(inner, [...path, name])),
  ])
}

/** A value with another put at a leaf. */
export const withValue = (value: unknown, { path: [name, ...rest], isName }: Leaf, put: unknown): unknown => {
  if (name === undefined) return put
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === name ? withValue(item, { path: rest, isName }, put) : item))
  return Object.fromEntries(
    Object.entries(Object(value)).map(([key, inner]) => {
      if (key !== name) return [key, inner]
      return isName && rest.length === 0
        ? [String(put), inner]
        : [key, withValue(inner, { path: rest, isName }, put)]
    }),
  )
}

/** The same event with the document that its ruleset has: a document says itself which version it is. */
export const consistent = (event: unknown, documentOf: DocumentOf): unknown => {
  const { data } = Object(event)
  if (data?.document === undefined) return event
  const { id, version } = Object(data.ruleset)
  return { ...Object(event), data: { ...data, document: documentOf(id, version) } }
}

export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce((at, name) => Object(at)[name], value)

/** A valid event of a type with every field. */
export const whole = (type: PublishedType, documentOf: DocumentOf): Json => {
  const attributes = { ...envelope.required, ...envelope.optional }
  const event = Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name !== 'data' && name !== 'type')
      .map(([name, codec]) => [name, validOf(schemaOf(codec), [name])]),
  )
  const data = validOf(schemaOf(publishedDefinitionOf(type).incoming), ['data'])
  // Cast: an event with another document is an event still.
  return consistent({ ...event, type, data }, documentOf) as Json
}
