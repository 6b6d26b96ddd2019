import * as t from 'io-ts'
import { closed, oneOf } from '../../domain/codec.ts'
import { FlagId, Id } from '../../domain/ids.ts'
import { Timestamp } from '../../domain/time.ts'
import { isRecord, SignalDeclarations } from '../../rulesets/shape.ts'

const textOf = (name: string): t.Type<string> => {
  const is = (u: unknown): u is string => typeof u === 'string' && u !== ''
  return new t.Type(name, is, (u, context) => (is(u) ? t.success(u) : t.failure(u, context)), t.identity)
}

type Written = string | Readonly<Record<string, unknown>>

/** What is in an object is checked when it is compiled. */
const isRulesetField = (u: unknown): u is Written => (typeof u === 'string' && u !== '') || isRecord(u)
const RulesetField = new t.Type<Written>(
  'a file, a ruleset, or { id: ID } if the rules were right',
  isRulesetField,
  (u, context) => (isRulesetField(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

const withdrawal = closed(
  'a withdrawal',
  { id: Id },
  {
    where: t.string,
    flags: t.readonlyArray(FlagId, 'a list of flag ids'),
    flags_file: textOf('a file with one flag id per line'),
    from: Timestamp,
    to: Timestamp,
    truth: oneOf('unknown', 'false'),
  },
)
export type WrittenWithdrawal = t.TypeOf<typeof withdrawal>

/** A correction's document as written: closed, so an unknown field is an error. */
export const CorrectionShape = closed(
  'a correction (an object)',
  { correction: Id, ruleset: RulesetField },
  {
    signals: SignalDeclarations,
    withdrawals: t.readonlyArray(withdrawal, 'a list of withdrawals'),
    rescored: oneOf('use', 'ignore'),
  },
)
export type CorrectionShape = t.TypeOf<typeof CorrectionShape>

/** `{ id }` in place of a ruleset: the rules were right as they were. */
export const RulesAsTheyWere = closed('the id of a ruleset: { id: ID }', { id: Id })
