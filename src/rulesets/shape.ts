import * as t from 'io-ts'
import * as E from '#fp/Either'
import { branded, closed, MISSING, oneOf, UNKNOWN_FIELD } from '../domain/codec.ts'
import { ID_FORM, Id } from '../domain/ids.ts'
import { Restriction } from '../domain/parts.ts'
import { type Finding, type Segments, valueError } from '../foundation/documents/problem.ts'
import { didYouMean } from '../foundation/text/nearest.ts'
import { quoted } from '../foundation/text/quoted.ts'
import { DURATION_NAME, parseDuration } from './duration.ts'
import type { SignalType } from './ruleset.ts'

/** So that sums of points stay whole numbers in every engine. */
const MOST_POINTS = 1_000_000_000

const wholeNumber = (least: number): t.Type<number> => {
  const name = `a whole number from ${least} to ${MOST_POINTS}`
  const is = (u: unknown): u is number =>
    typeof u === 'number' && Number.isInteger(u) && u >= least && u <= MOST_POINTS
  return new t.Type(name, is, (u, context) => (is(u) ? t.success(u) : t.failure(u, context)), t.identity)
}

const Duration = branded<'Duration'>(DURATION_NAME, (text) => parseDuration(text) !== undefined)

const SignalTypeName = oneOf('int', 'double', 'bool', 'string')
type SignalTypes = Readonly<Record<string, SignalType>>

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)
const isSignalName = (name: string): boolean => Id.is(name) && name !== '__proto__'

/** Declared signals and their types, by name. */
const Signals = new t.Type<SignalTypes>(
  'the signals and their types, such as {adult_score: double}',
  (u): u is SignalTypes =>
    isRecord(u) && Object.entries(u).every(([name, type]) => isSignalName(name) && SignalTypeName.is(type)),
  (u, context) => {
    if (!isRecord(u)) return t.failure(u, context)
    const errors: t.Errors = []
    for (const [name, value] of Object.entries(u)) {
      const at = t.appendContext(context, name, SignalTypeName, value)
      if (!isSignalName(name)) errors.push({ value, context: at, message: `a signal name of ${ID_FORM}` })
      else if (!SignalTypeName.is(value)) errors.push({ value, context: at, message: SignalTypeName.name })
    }
    // Cast: every name and type was checked just above.
    return errors.length === 0 ? t.success(u as SignalTypes) : t.failures(errors)
  },
  t.identity,
)

const rule = {
  required: { id: Id, category: Id, when: t.string },
  optional: {
    strikes: wholeNumber(0),
    strikes_expire_after: Duration,
    removes_content: t.boolean,
    replaces: t.readonlyArray(Id, 'a list of rule ids'),
  },
}
const policy = {
  required: { id: Id, at_least: wholeNumber(1), restriction: Restriction },
  optional: { within: Duration, categories: t.readonlyArray(Id, 'a list of categories') },
}
const document = {
  required: {
    ruleset: Id,
    version: Id,
    rules: t.readonlyArray(closed('a rule', rule.required, rule.optional), 'a list of rules'),
  },
  optional: {
    signals: Signals,
    deactivations: t.readonlyArray(
      closed('a policy', policy.required, policy.optional),
      'a list of policies',
    ),
  },
}

/** A ruleset's document as written: closed, so an unknown field is an error. */
const RulesetShape = closed('a ruleset (an object)', document.required, document.optional)
export type RulesetShape = t.TypeOf<typeof RulesetShape>

/** The document if its shape is right, else every problem with it. */
export const checkShape = (value: unknown): E.Either<ReadonlyArray<Finding>, RulesetShape> => {
  const result = RulesetShape.validate(value, [{ key: '', type: RulesetShape }])
  return E.isRight(result) ? result : E.left(result.left.map(toFinding))
}

/** The declared signals of a document whose other parts may be wrong; null if they are wrong themselves. */
export const declaredSignals = (value: unknown): SignalTypes | null => {
  const signals = isRecord(value) && Object.hasOwn(value, 'signals') ? value.signals : {}
  return Signals.is(signals) ? signals : null
}

/** The conditions that can be read from a document whose other parts may be wrong, with their indices. */
export const writtenConditions = (value: unknown): ReadonlyArray<{ index: number; when: string }> => {
  if (!isRecord(value) || !Array.isArray(value.rules)) return []
  return value.rules.flatMap((written: unknown, index) =>
    isRecord(written) && typeof written.when === 'string' ? [{ index, when: written.when }] : [],
  )
}

const toFinding = ({ value, context, message }: t.ValidationError): Finding => {
  const keys = context.slice(1).map(({ key }) => key)
  // An item's key is its index as text; only signals, two levels down, may have names made of digits.
  const segments: Segments = keys.map((key, depth) =>
    /^\d+$/.test(key) && keys[depth - 1] !== 'signals' ? Number(key) : key,
  )
  const named = message ?? context.at(-1)?.type.name ?? RulesetShape.name
  const expected = PLAIN_WORDS.get(named) ?? named
  const last = keys.at(-1) ?? ''
  if (expected.startsWith(UNKNOWN_FIELD)) {
    const hint = didYouMean(last, fieldsAt(keys)) ?? `the fields here are ${fieldsAt(keys).join(', ')}`
    return { ...valueError(segments, UNKNOWN_FIELD, hint), on: 'name' }
  }
  if (expected.startsWith(MISSING)) {
    return valueError(segments.slice(0, -1), `${last} is missing`, `add ${expected.slice(MISSING.length)}`)
  }
  const on = expected.startsWith('a signal name') ? 'name' : 'value'
  const found = described(on === 'name' ? last : value)
  return { ...valueError(segments, `expected ${expected}, not ${found}`, hintFor(value, expected)), on }
}

/** Our words for io-ts's JavaScript names. */
const PLAIN_WORDS = new Map([
  [t.string.name, 'a string'],
  [t.boolean.name, 'true or false'],
])

const fieldsAt = (keys: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { required, optional } =
    keys.length === 1
      ? document
      : keys[0] === 'rules'
        ? rule
        : keys[0] === 'deactivations'
          ? policy
          : document
  return [...Object.keys(required), ...Object.keys(optional)]
}

const described = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? quoted(value) : String(value)
}

/** YAML reads `version: 2025` as a number and `when: true` as a boolean: the hint says how to write a string. */
const hintFor = (value: unknown, expected: string): string | null => {
  const isText = expected === Id.name || expected === 'a string'
  if (isText && (typeof value === 'number' || typeof value === 'boolean')) {
    return 'put it in quotes to make it a string'
  }
  if (typeof value === 'string' && expected.includes('whole number') && /^\d+$/.test(value)) {
    return 'remove the quotes'
  }
  const words = [...expected.matchAll(/"(\w+)"/g)].map(([, word]) => word ?? '')
  return typeof value === 'string' ? didYouMean(value, words) : null
}
