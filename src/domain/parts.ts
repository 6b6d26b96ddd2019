import * as t from 'io-ts'
import { closed, oneOf } from './codec.ts'
import { recordWriter, writeScalar, written } from './compiled/write.ts'
import { AccountId, ID_FORM, Id, Line, Sha256 } from './ids.ts'
import { described } from './schema.ts'
import { Timestamp } from './time.ts'
import { since } from './vocabulary.ts'

/** What was looked at, flagged or removed: a pin, a post, a board… Its identity is kind and id together. */
const contentFields = { createdAt: Timestamp, language: Id }
export const Content = closed('an object {id, kind}', { id: Id, kind: Id }, contentFields)
export type Content = t.TypeOf<typeof Content>

/** The same, with whose it is according to the service that flagged it. */
export const FlaggedContent = closed(
  'an object {id, kind}',
  { id: Id, kind: Id },
  { ...contentFields, owner: since(3, AccountId) },
)

const COUNT = 'a whole number, 0 or more'
const isCount = (u: unknown): u is number => typeof u === 'number' && Number.isSafeInteger(u) && u >= 0

/** How many. */
export const Count = written(
  described(
    new t.Type<number>(
      COUNT,
      isCount,
      (u, context) => (isCount(u) ? t.success(u) : t.failure(u, context, COUNT)),
      t.identity,
    ),
    () => ({ type: 'integer', minimum: 0 }),
  ),
  { write: () => writeScalar },
)

const FINITE = 'a finite number'
const isFiniteNumber = (u: unknown): u is number => typeof u === 'number' && Number.isFinite(u)

/** Any number but NaN and the infinite ones. */
export const FiniteNumber = written(
  described(
    new t.Type<number>(
      FINITE,
      isFiniteNumber,
      (u, context) => (isFiniteNumber(u) ? t.success(u) : t.failure(u, context, FINITE)),
      t.identity,
    ),
    () => ({ type: 'number' }),
  ),
  { write: () => writeScalar },
)

export const DetectorKind = oneOf('rule', 'model', 'hash_match', 'human')

/** What looked at something. */
export const Detector = closed('an object {kind, id, version}', {
  kind: DetectorKind,
  id: Id,
  version: Id,
})
export type Detector = t.TypeOf<typeof Detector>

/** Who or what led to a flag. */
export const FlagSource = oneOf('own_initiative', 'user_notice', 'trusted_flagger', 'authority')
export type FlagSource = t.TypeOf<typeof FlagSource>

/** A reference to one version of a ruleset; with `sha256`, to exactly one document. */
export const RulesetRef = closed('an object {id, version}', { id: Id, version: Id }, { sha256: Sha256 })
export type RulesetRef = t.TypeOf<typeof RulesetRef>

export const ReviewerKind = oneOf('human', 'automated')

/** A person or a program that looked at a flag or an appeal. */
export const Reviewer = closed('an object {kind, id}', { kind: ReviewerKind, id: Id })

export const Restriction = oneOf('suspended', 'terminated')
export type Restriction = t.TypeOf<typeof Restriction>

/** Why a decision was reversed. */
export const ReversalReason = oneOf('appeal', 'correction', 'expiry', 'order')
export type ReversalReason = t.TypeOf<typeof ReversalReason>

export const AppealOutcome = oneOf('upheld', 'reversed', 'modified', 'omitted')
export type AppealOutcome = t.TypeOf<typeof AppealOutcome>

export type SignalValue = number | string | boolean
export type Signals = Readonly<Record<string, SignalValue>>

const isSignalValue = (u: unknown): u is SignalValue =>
  typeof u === 'number' ? Number.isFinite(u) : typeof u === 'string' || typeof u === 'boolean'

const SignalValue = new t.Type<SignalValue>(
  'a number, a string or a boolean',
  isSignalValue,
  (u, context) =>
    isSignalValue(u) ? t.success(u) : t.failure(u, context, 'a number, a string or a boolean'),
  t.identity,
)

/** Recorded evidence by name. `__proto__` is refused: JavaScript objects do not reliably keep it as a plain field. */
const isSignalName = (name: string): boolean => {
  if (knownNames.has(name)) return true
  const accepted = Id.is(name) && name !== '__proto__'
  if (accepted && knownNames.size < MOST_KNOWN) knownNames.add(name)
  return accepted
}

/** A platform has few signals, and to find a name here takes a quarter of the time of the expression. */
const knownNames = new Set<string>()
const MOST_KNOWN = 1_000

const signals = new t.Type<Signals>(
  'an object of signals',
  (u): u is Signals => {
    if (typeof u !== 'object' || u === null || Array.isArray(u)) return false
    // Cast: it is an object. Its entries would take five times as long as its keys.
    const record = u as Readonly<Record<string, unknown>>
    for (const name of Object.keys(record)) {
      if (!isSignalValue(record[name]) || !isSignalName(name)) return false
    }
    return true
  },
  (u, context) => {
    if (typeof u !== 'object' || u === null || Array.isArray(u)) {
      return t.failure(u, context, 'an object of signals')
    }
    const errors: t.Errors = []
    for (const [name, value] of Object.entries(u)) {
      const at = t.appendContext(context, name, SignalValue, value)
      if (!isSignalName(name)) {
        errors.push({ value, context: at, message: `a signal name of ${ID_FORM}, other than __proto__` })
      } else if (!isSignalValue(value)) errors.push({ value, context: at, message: SignalValue.name })
    }
    // Cast: every name and value was checked just above.
    return errors.length === 0 ? t.success(u as Signals) : t.failures(errors)
  },
  t.identity,
)

/** The signals that a detector recorded. */
export const Signals = written(
  described(signals, (of) => ({
    type: 'object',
    propertyNames: { allOf: [of(Id), { not: { const: '__proto__' } }] },
    additionalProperties: { anyOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }] },
  })),
  { write: (of) => recordWriter(of(Id), writeScalar) },
)

/** How much of the decision was automated. */
export const AutomatedDecision = oneOf('fully', 'partially', 'not')

/** How much of the detection and the decision was automated. */
export const Automation = closed('an object {detection, decision}', {
  detection: t.boolean,
  decision: AutomatedDecision,
})

export const DecidedByKind = oneOf('rule', 'model', 'human')
export const DecidedBy = closed('an object {kind, id}', { kind: DecidedByKind, id: Id })

/** The law or term that a decision rests on. */
export const BasisKind = oneOf('law', 'terms')
export const Basis = closed('an object {kind, reference}', { kind: BasisKind, reference: Line })

/** Replaces personal text once it is sealed: its key, its ciphertext's hash, and a commitment to the words. */
export const Sealed = closed('an object {keyId, sha256, commitment}', {
  keyId: Id,
  sha256: Sha256,
  commitment: Sha256,
})
export type Sealed = t.TypeOf<typeof Sealed>
