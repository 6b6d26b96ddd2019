import * as t from 'io-ts'
import { branded, closed, oneOf } from '../domain/codec.ts'
import { ID_FORM, Id } from '../domain/ids.ts'
import { Restriction } from '../domain/parts.ts'
import { SIGNAL_NAME } from './closed-document.ts'
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

/** Whether a value is an object, which every part of a document with names is. */
export const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)
const isSignalName = (name: string): boolean => Id.is(name) && name !== '__proto__'

/** Declared signals and their types, by name. */
export const SignalDeclarations = new t.Type<SignalTypes>(
  'the signals and their types, such as {adult_score: double}',
  (u): u is SignalTypes =>
    isRecord(u) && Object.entries(u).every(([name, type]) => isSignalName(name) && SignalTypeName.is(type)),
  (u, context) => {
    if (!isRecord(u)) return t.failure(u, context)
    const errors: t.Errors = []
    for (const [name, value] of Object.entries(u)) {
      const at = t.appendContext(context, name, SignalTypeName, value)
      if (!isSignalName(name)) errors.push({ value, context: at, message: `${SIGNAL_NAME} of ${ID_FORM}` })
      else if (!SignalTypeName.is(value)) errors.push({ value, context: at, message: SignalTypeName.name })
    }
    // Cast: every name and type was checked just above.
    return errors.length === 0 ? t.success(u as SignalTypes) : t.failures(errors)
  },
  t.identity,
)

const rule = closed(
  'a rule',
  { id: Id, category: Id, when: t.string },
  {
    strikes: wholeNumber(0),
    strikes_expire_after: Duration,
    removes_content: t.boolean,
    replaces: t.readonlyArray(Id, 'a list of rule ids'),
  },
)
const policy = closed(
  'a policy',
  { id: Id, at_least: wholeNumber(1), restriction: Restriction },
  { within: Duration, categories: t.readonlyArray(Id, 'a list of categories') },
)

/** A ruleset's document as written: closed, so an unknown field is an error. */
export const RulesetShape = closed(
  'a ruleset (an object)',
  { ruleset: Id, version: Id, rules: t.readonlyArray(rule, 'a list of rules') },
  { signals: SignalDeclarations, deactivations: t.readonlyArray(policy, 'a list of policies') },
)
export type RulesetShape = t.TypeOf<typeof RulesetShape>

/** The declared signals of a document whose other parts may be wrong; null if they are wrong themselves. */
export const declaredSignals = (value: unknown): ReadonlyMap<string, SignalType> | null => {
  const signals = isRecord(value) && Object.hasOwn(value, 'signals') ? value.signals : {}
  return SignalDeclarations.is(signals) ? new Map(Object.entries(signals)) : null
}
