import type * as t from 'io-ts'
import { envelope } from '../decode.ts'
import type { FieldWords, Words } from '../definition/event-definition.ts'
import { AccountId, AppealId, DecisionId, FlagId, Id, Line, Sha256 } from '../ids.ts'
import { Automation, Basis, Content, DecidedBy, Detector, Reviewer, RulesetRef, Signals } from '../parts.ts'
import { Timestamp } from '../time.ts'

/** A codec that stands under its own name in `$defs`, and what it means. */
export type SchemaPart = {
  readonly name: string
  readonly codec: t.Mixed
  readonly says: string
  readonly fields: Words
}

/** A part whose fields are said as its codec has them. */
export const part = <C extends t.Mixed>(
  name: string,
  codec: C,
  says: string,
  fields: FieldWords<t.TypeOf<C>> = {},
): SchemaPart => ({ name, codec, says, fields })

/** The parts that event types have in common, in the order in which files list them; before `valueParts`. */
export const objectParts: ReadonlyArray<SchemaPart> = [
  part('content', Content, 'A pin, a post, a board: it is the same when kind and id are.', {
    createdAt: 'When it was made.',
    language: 'The language it is in, such as en.',
  }),
  part('detector', Detector, 'What looked: a rule engine, a model, a match of hashes, or a person.'),
  part('signals', Signals, 'The recorded evidence, by name. __proto__ is no name of a signal.'),
  part('rulesetRef', RulesetRef, 'One version of a ruleset.', {
    sha256: 'The SHA-256 of its document in canonical form (RFC 8785): this very document and no other.',
  }),
  part('automation', Automation, 'How much was done by machines.', {
    detection: 'Whether a machine found it.',
    decision: 'How much of deciding a machine did.',
  }),
  part('decidedBy', DecidedBy, 'Who or what decided; with kind human, no rule overrules it.'),
  part('basis', Basis, 'The law or the term that something rests on.', {
    reference: 'Where it is written, for people.',
  }),
  part('reviewer', Reviewer, 'A person or a program that has looked again.'),
]

/** The ids and the other plain values that these are made of. */
export const valueParts: ReadonlyArray<SchemaPart> = [
  part('accountId', AccountId, 'The opaque id of an account; never an email address or a handle.'),
  part('flagId', FlagId, 'The id of a flag.'),
  part(
    'decisionId',
    DecisionId,
    'The id of a decision; narrower than other ids, for files are named after it.',
  ),
  part('appealId', AppealId, 'The id of an appeal.'),
  part('id', Id, 'An opaque id or a code.'),
  part('sha256', Sha256, 'SHA-256 as hexadecimal digits.'),
  part('line', Line, 'A short text on one line.'),
  part(
    'timestamp',
    Timestamp,
    'A time of RFC 3339 with an offset, on a day that there is, without leap seconds. In UTC it lies in the years ' +
      '0000 to 9999, which the pattern can not check where the offset leads beyond.',
  ),
  part('traceText', envelope.optional.traceparent, 'Visible ASCII characters and blanks.'),
]
