import * as t from 'io-ts'
import * as E from '#fp/Either'
import { MISSING, UNKNOWN_FIELD } from '../domain/codec.ts'
import { fieldNamesOf } from '../domain/compiled/write.ts'
import { FlagId, Id } from '../domain/ids.ts'
import { Timestamp } from '../domain/time.ts'
import { type Finding, type Segments, valueError } from '../foundation/documents/problem.ts'
import { didYouMean } from '../foundation/text/nearest.ts'
import { quoted } from '../foundation/text/quoted.ts'

/** The value of a document that people write if its shape is right, else every problem with it. */
export const checkClosed = <A>(codec: t.Type<A>, value: unknown): E.Either<ReadonlyArray<Finding>, A> => {
  const result = codec.validate(value, [{ key: '', type: codec, actual: value }])
  return E.isRight(result) ? result : E.left(result.left.map(toFinding))
}

/** An error for each entry of a list whose id an earlier entry has. */
export const duplicateIds = (
  list: string,
  entries: ReadonlyArray<{ readonly id: string }>,
): ReadonlyArray<Finding> => {
  const seen = new Set<string>()
  return entries.flatMap(({ id }, index) => {
    const isDuplicate = seen.has(id)
    seen.add(id)
    return isDuplicate
      ? [valueError([list, index, 'id'], `duplicate id ${quoted(id)}`, 'ids must be unique')]
      : []
  })
}

/** Starts what is expected of a field's name that its author chooses. */
export const SIGNAL_NAME = 'a signal name'

const toFinding = ({ value, context, message }: t.ValidationError): Finding => {
  // An item's key is its index as text; a field's name may consist of digits too.
  const segments: Segments = context
    .slice(1)
    .map(({ key }, depth) => (Array.isArray(context[depth]?.actual) ? Number(key) : key))
  const named = message ?? context.at(-1)?.type.name ?? ''
  const expected = PLAIN_WORDS.get(named) ?? named
  const last = context.at(-1)?.key ?? ''
  if (expected.startsWith(UNKNOWN_FIELD)) {
    const fields = fieldNamesOf(context.at(-2)?.type ?? t.unknown)
    const hint = didYouMean(last, fields) ?? `the fields here are ${fields.join(', ')}`
    return { ...valueError(segments, UNKNOWN_FIELD, hint), on: 'name' }
  }
  if (expected.startsWith(MISSING)) {
    return valueError(segments.slice(0, -1), `${last} is missing`, `add ${expected.slice(MISSING.length)}`)
  }
  const on = expected.startsWith(SIGNAL_NAME) ? 'name' : 'value'
  const found = describeFound(on === 'name' ? last : value)
  return { ...valueError(segments, `expected ${expected}, not ${found}`, hintFor(value, expected)), on }
}

/** Our words for io-ts's JavaScript names. */
const PLAIN_WORDS = new Map([
  [t.string.name, 'a string'],
  [t.boolean.name, 'true or false'],
])

const describeFound = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? quoted(value) : String(value)
}

const TEXTS: ReadonlySet<string> = new Set([Id.name, FlagId.name, 'a string'])

/** YAML reads `version: 2025` as a number and `truth: false` as a boolean: the hint says how to write a string. */
const hintFor = (value: unknown, expected: string): string | null => {
  const words = [...expected.matchAll(/"(\w+)"/g)].map(([, word]) => word ?? '')
  if (typeof value === 'number' || typeof value === 'boolean') {
    return TEXTS.has(expected) || words.includes(String(value))
      ? 'put it in quotes to make it a string'
      : null
  }
  if (typeof value !== 'string') return null
  if (expected.includes('whole number') && /^\d+$/.test(value)) return 'remove the quotes'
  if (expected === Timestamp.name && /^\d{4}-\d{2}-\d{2}$/.test(value)) return `write ${value}T00:00:00Z`
  return didYouMean(value, words)
}
