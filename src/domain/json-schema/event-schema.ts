import type * as t from 'io-ts'
import { closed, oneOf } from '../codec.ts'
import { EXTENSION_NAME, envelope } from '../decode.ts'
import type { Words } from '../definition/event-definition.ts'
import { type PublishedType, publishedDefinitionOf } from '../event.ts'
import { type JsonSchema, schemaOf } from '../schema.ts'
import { envelopeWords } from './envelope-words.ts'
import { objectParts, type SchemaPart, valueParts } from './parts.ts'

/** A JSON Schema as written to a file. */
export type FileSchema = JsonSchema & {
  readonly $schema: string
  readonly $id: string
  readonly $defs: Readonly<Record<string, JsonSchema>>
}

/** The dialect of all files. */
export const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

/** The schema of a whole event of a type as services publish it, in the JSON format of CloudEvents. */
export const eventSchema = (type: PublishedType): FileSchema => {
  const { refer, defs } = referringTo([...objectParts, ...valueParts])
  const { says, fields, incoming, subject } = publishedDefinitionOf(type)
  const event = closed(type, { ...envelope.required, type: oneOf(type), data: incoming }, envelope.optional)
  // Open to extensions, unlike the codec, which runs after they are dropped.
  const { additionalProperties: _, ...open } = worded(schemaOf(event, refer), {
    ...envelopeWords,
    subject: subject?.says ?? 'The account that the event is about.',
  })
  const { data = {}, ...attributes } = open.properties ?? {}
  const nullable = Object.entries(attributes).map(([name, schema]) => [
    name,
    Object.hasOwn(envelope.optional, name) ? { anyOf: [schema, { type: 'null' as const }] } : schema,
  ])
  return {
    $schema: DRAFT,
    $id: `urn:redress:schema:${type}`,
    title: type,
    description: says,
    ...open,
    // An attribute that is null is unset (CloudEvents 1.0, JSON format, 2.2).
    properties: { ...Object.fromEntries(nullable), data: worded(data, fields) },
    propertyNames: {
      description: 'Other CloudEvents extensions are allowed, but not kept.',
      pattern: EXTENSION_NAME.source,
    },
    $defs: defs(),
  }
}

/** A schema with descriptions of its fields. */
export const worded = (schema: JsonSchema, words: Words): JsonSchema => {
  const { properties } = schema
  if (properties === undefined) return schema
  const described = Object.entries(properties).map(([name, field]) => {
    const description = words[name]
    return [name, description === undefined ? field : { description, ...field }]
  })
  return { ...schema, properties: Object.fromEntries(described) }
}

/** Refers to parts by name, and collects those that were referred to in `defs`. */
export const referringTo = (parts: ReadonlyArray<SchemaPart>) => {
  const used = new Map<SchemaPart, JsonSchema>()
  const refer = (codec: t.Mixed): JsonSchema | undefined => {
    const part = parts.find((one) => one.codec === codec)
    if (part === undefined) return undefined
    if (!used.has(part)) {
      used.set(part, { description: part.says, ...worded(schemaOf(codec, refer), part.fields) })
    }
    return { $ref: `#/$defs/${part.name}` }
  }
  const defs = (): Readonly<Record<string, JsonSchema>> =>
    Object.fromEntries(
      parts.flatMap((part) => {
        const schema = used.get(part)
        return schema === undefined ? [] : [[part.name, schema]]
      }),
    )
  return { refer, defs }
}
