import * as t from 'io-ts'

/** A JSON Schema (draft 2020-12), with the keywords that codecs need. */
export type JsonSchema = {
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'
  readonly const?: string
  readonly enum?: ReadonlyArray<string>
  /** A regular expression of ECMA-262 with the flag `u`. */
  readonly pattern?: string
  readonly format?: 'date-time'
  readonly minimum?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly propertyNames?: JsonSchema
  readonly additionalProperties?: JsonSchema | boolean
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly not?: JsonSchema
}

/** Returns the schema of a codec, in full or as a reference to it. */
type SchemaOf = (codec: t.Mixed) => JsonSchema

/** Builds a codec's schema from those of the codecs inside it. */
export type Describe = (of: SchemaOf) => JsonSchema

/** Kept outside the codecs: every event passes through those objects, so their shape stays unchanged. */
const descriptions = new WeakMap<t.Mixed, Describe>([
  [t.string, () => ({ type: 'string' })],
  [t.boolean, () => ({ type: 'boolean' })],
  [t.unknown, () => ({})],
])

/** Registers the JSON Schema of a codec, which accepts the JSON that the codec accepts, and returns the codec. */
export const described = <C extends t.Mixed>(codec: C, describe: Describe): C => {
  descriptions.set(codec, describe)
  return codec
}

/**
 * The JSON Schema of a codec. `refer` may give a reference for a codec inside it that is described elsewhere. Throws
 * on a codec that was never described, which is a bug.
 */
export const schemaOf = (
  codec: t.Mixed,
  refer: (inner: t.Mixed) => JsonSchema | undefined = () => undefined,
): JsonSchema => {
  const describe = descriptions.get(codec)
  if (describe === undefined) throw new TypeError(`a codec without JSON Schema: ${codec.name}`)
  return describe((inner) => refer(inner) ?? schemaOf(inner, refer))
}
