import * as t from 'io-ts'
import * as E from '#fp/Either'
import { isPlain } from '../foundation/canonical.ts'
import { didYouMean } from '../foundation/text/nearest.ts'
import { quoted } from '../foundation/text/quoted.ts'
import { type Accepts, closedCheck } from './compiled/check.ts'
import { isPlainPattern } from './compiled/plain-pattern.ts'
import { listWriter, writePlain, writerOf, written, writtenAs } from './compiled/write.ts'
import { described, type JsonSchema, schemaOf } from './schema.ts'
import { mayBeNewer, withParts } from './vocabulary.ts'

/** What is wrong with a value, and where: `path` is, for instance, `data.signals.adult_score` or `data.grounds[0]`. */
export type DecodeError = { readonly path: string; readonly problem: string }

/** One line for people, naming the field. */
export const describeDecodeError = ({ path, problem }: DecodeError): string =>
  path === '' ? problem : `${path}: ${problem}`

/** The type of an object with required and optional fields. */
export type Shape<R extends t.Props, O extends t.Props> = {
  readonly [K in keyof R]: t.TypeOf<R[K]>
} & {
  readonly [K in keyof O]?: t.TypeOf<O[K]>
}

const isObject = (u: unknown): u is Record<string, unknown> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

/**
 * A closed object: every required field, some of the optional ones, and nothing else. An unknown field is an
 * error at its own path (`t.strict` would strip it silently). Decoding never changes a value.
 */
export const closed = <R extends t.Props, O extends t.Props = Record<never, never>>(
  name: string,
  required: R,
  // Cast: the default has no fields, as in `O`'s default.
  optional: O = {} as O,
): t.Type<Shape<R, O>> => {
  const requiredFields = Object.entries(required)
  const known = new Map<string, t.Mixed>([...requiredFields, ...Object.entries(optional)])

  // Generated when it is first needed: most commands need few of the codecs.
  let check: Accepts | undefined
  const is = (u: unknown): u is Shape<R, O> => {
    check ??= closedCheck(required, optional, (u) => E.isRight(validate(u, [])))
    return check(u)
  }

  const validate: t.Validate<unknown, Shape<R, O>> = (u, context) => {
    if (!isObject(u)) return t.failure(u, context, 'an object')
    const errors: t.Errors = []
    for (const [key, codec] of requiredFields) {
      if (!Object.hasOwn(u, key)) {
        errors.push(
          ...failures(undefined, t.appendContext(context, key, codec), `${MISSING}${nounOf(codec.name)}`),
        )
      }
    }
    for (const key of Object.keys(u)) {
      const codec = known.get(key)
      if (codec === undefined) {
        const unused = [...known.keys()].filter((name) => !Object.hasOwn(u, name))
        errors.push(...failures(u[key], t.appendContext(context, key, t.never), unknownField(key, unused)))
        continue
      }
      const result = codec.validate(u[key], t.appendContext(context, key, codec, u[key]))
      // One by one: an untrusted list can be longer than a call's arguments may be.
      if (E.isLeft(result)) for (const error of result.left) errors.push(error)
    }
    // Cast: every field was validated just above.
    return errors.length === 0 ? t.success(u as Shape<R, O>) : t.failures(errors)
  }
  const codec = described(new t.Type<Shape<R, O>>(name, is, validate, t.identity), (of) => ({
    type: 'object',
    properties: Object.fromEntries([...known].map(([field, codec]) => [field, of(codec)])),
    required: Object.keys(required),
    additionalProperties: false,
  }))
  written(codec, { required, optional })
  const newer = [...known].filter(([, of]) => mayBeNewer(of))
  return withParts(codec, known.values(), (value) =>
    isObject(value)
      ? newer.flatMap(([field, of]) => (Object.hasOwn(value, field) ? [[of, value[field]]] : []))
      : [],
  )
}

/** Starts the message for a field that a closed object does not have; the likely intended field may follow. */
export const UNKNOWN_FIELD = 'unknown field'

/** Starts the message for a required field that is not there; what it should be follows. */
export const MISSING = 'missing; expected '

const unknownField = (name: string, unused: ReadonlyArray<string>): string => {
  const hint = didYouMean(name, unused)
  return hint === null ? UNKNOWN_FIELD : `${UNKNOWN_FIELD} (${hint})`
}

const failures = (value: unknown, context: t.Context, message: string): t.Errors => [
  { value, context, message },
]

/** One of the given words. */
export const oneOf = <const W extends readonly string[]>(...words: W): t.Type<W[number]> => {
  const set: ReadonlySet<unknown> = new Set(words)
  const name = choiceOf(words.map((word) => `"${word}"`))
  const is = (u: unknown): u is W[number] => set.has(u)
  const codec = new t.Type<W[number]>(
    name,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context, name)),
    t.identity,
  )
  const [only, ...others] = words
  written(codec, { write: () => (words.every(isPlain) ? writePlain : writerOf(t.string)) })
  return described(codec, () =>
    only !== undefined && others.length === 0 ? { const: only } : { enum: words },
  )
}

const choiceOf = (words: ReadonlyArray<string>): string =>
  words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ')

/** The words that a codec made by `oneOf` accepts. */
export const wordsOfCodec = (codec: t.Mixed): ReadonlyArray<string> => {
  const { enum: words, const: only } = schemaOf(codec)
  if (words !== undefined) return words
  if (only !== undefined) return [only]
  throw new TypeError(`${codec.name} was not made by oneOf`)
}

/** A string with a brand. */
export type BrandedString<B extends string> = string & t.Brand<Record<B, symbol>>

/**
 * A string that a predicate accepts, with its brand; `name` says what was expected. `schema` expresses the
 * predicate in JSON Schema; without it the codec has none.
 */
export const branded = <B extends string>(
  name: string,
  accepts: (text: string) => boolean,
  schema?: Pick<JsonSchema, 'pattern' | 'format'>,
): t.Type<BrandedString<B>> => {
  const is = (u: unknown): u is BrandedString<B> => typeof u === 'string' && accepts(u)
  const codec = new t.Type<BrandedString<B>>(
    name,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context, name)),
    t.identity,
  )
  writtenAs(codec, t.string)
  return schema === undefined ? codec : described(codec, () => ({ type: 'string', ...schema }))
}

/**
 * A string that a regular expression accepts, with its brand. The expression has the flag `u` and no other, as
 * JSON Schema reads its patterns; without it an emoji would count as two characters here and as one there.
 */
export const matching = <B extends string>(name: string, pattern: RegExp): t.Type<BrandedString<B>> => {
  if (pattern.flags !== 'u') throw new TypeError(`needs the flag u and no other: ${pattern}`)
  const codec = branded<B>(name, (text) => pattern.test(text), { pattern: pattern.source })
  return isPlainPattern(pattern) ? written(codec, { write: () => writePlain }) : codec
}

/** A list of what a codec accepts; `name` says what was expected. */
export const listOf = <C extends t.Mixed>(codec: C, name: string): t.ReadonlyArrayC<C> =>
  withParts(
    written(
      described(t.readonlyArray(codec, name), (of) => ({ type: 'array', items: of(codec) })),
      { write: (of) => listWriter(of(codec)) },
    ),
    [codec],
    (list) => (Array.isArray(list) ? list.map((item: unknown) => [codec, item]) : []),
  )

/**
 * A codec whose values also satisfy a predicate; `expected` says what was expected. `schema` expresses the
 * predicate in JSON Schema; without it the codec has none.
 */
export const where = <A>(
  codec: t.Type<A>,
  expected: string,
  holds: (a: A) => boolean,
  schema?: JsonSchema,
): t.Type<A> => {
  const is = (u: unknown): u is A => codec.is(u) && holds(u)
  const narrowed = new t.Type<A>(
    codec.name,
    is,
    (u, context) => {
      const result = codec.validate(u, context)
      return E.isRight(result) && !holds(result.right) ? t.failure(u, context, expected) : result
    },
    t.identity,
  )
  if (schema !== undefined) described(narrowed, (of) => ({ ...of(codec), ...schema }))
  writtenAs(narrowed, codec)
  return withParts(narrowed, [codec], (value) => [[codec, value]])
}

/** A codec's values, or null. */
export const orNull = <A>(codec: t.Type<A>, expected: string): t.Type<A | null> => {
  const is = (u: unknown): u is A | null => u === null || codec.is(u)
  const nullable = new t.Type<A | null>(
    expected,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context, expected)),
    t.identity,
  )
  written(nullable, {
    write: (of) => {
      const write = of(codec)
      return (value) => (value === null ? 'null' : write(value))
    },
  })
  return withParts(
    described(nullable, (of) => ({ anyOf: [of(codec), { type: 'null' }] })),
    [codec],
    (value) => (value === null ? [] : [[codec, value]]),
  )
}

/** Everything that a codec finds wrong with a value, each with its path below `root`; empty if nothing is. */
export const problems = (codec: t.Mixed, value: unknown, root = ''): ReadonlyArray<DecodeError> => {
  if (codec.is(value)) return []
  const result = codec.validate(value, [{ key: root, type: codec }])
  if (E.isRight(result)) return []
  return result.left.map(({ context, message }) => ({
    path: context.slice(1).reduce((path, { key }) => path + step(path, key), root),
    problem: problemOf(message ?? context.at(-1)?.type.name ?? codec.name),
  }))
}

const problemOf = (message: string): string =>
  message.startsWith(UNKNOWN_FIELD) || message.startsWith(MISSING) ? message : `expected ${nounOf(message)}`

/** The names of codecs in a sentence: io-ts calls its own `string`, `number` and `boolean`. */
const nounOf = (name: string): string => (/^(?:string|number|boolean)$/.test(name) ? `a ${name}` : name)

const PLAIN_KEY = /^[A-Za-z_$][\w$-]{0,199}$/

/** One step of a path. A key is untrusted input, so an unusual one is quoted, in printable ASCII only. */
const step = (path: string, key: string): string => {
  if (PLAIN_KEY.test(key)) return path === '' ? key : `.${key}`
  if (/^\d{1,9}$/.test(key)) return `[${key}]`
  return `[${quoted(key)}]`
}
