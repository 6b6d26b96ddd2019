import type * as t from 'io-ts'
import { envelope } from '../decode.ts'
import type { FieldWords, Words } from '../definition/event-definition.ts'
import { AccountId, AppealId, DecisionId, FlagId, Id, Line, Sha256 } from '../ids.ts'
import {
  Automation,
  Basis,
  Content,
  DecidedBy,
  Detector,
  FlaggedContent,
  Reviewer,
  RulesetRef,
  Signals,
} from '../parts.ts'
import { Timestamp } from '../time.ts'

/** A codec with its own name in `$defs`, and what it means. */
export type SchemaPart = {
  readonly name: string
  readonly codec: t.Mixed
  readonly says: string
  readonly fields: Words
}

/** A part; the fields that may be described are those of its codec. */
export const part = <C extends t.Mixed>(
  name: string,
  codec: C,
  says: string,
  fields: FieldWords<t.TypeOf<C>> = {},
): SchemaPart => ({ name, codec, says, fields })

const ABOUT_CONTENT = 'A pin, a post, a board: identified by kind and id together.'
const contentWords = { createdAt: 'When it was created.', language: 'Its language, such as en.' }

/** The parts that event types have in common, in the order in which files list them; before `valueParts`. */
export const objectParts: ReadonlyArray<SchemaPart> = [
  part('content', Content, ABOUT_CONTENT, contentWords),
  part('flaggedContent', FlaggedContent, ABOUT_CONTENT, {
    ...contentWords,
    owner:
      'The account that it belongs to. If that is not the account that the event is about, an alarm says so.',
  }),
  part('detector', Detector, 'What looked at it: a rule engine, a model, a hash match, or a person.'),
  part('signals', Signals, 'The recorded evidence, by name. __proto__ is not allowed as a name.'),
  part('rulesetRef', RulesetRef, 'One version of a ruleset.', {
    sha256: 'The SHA-256 of its document in canonical form (RFC 8785): exactly this document.',
  }),
  part('automation', Automation, 'How much was automated.', {
    detection: 'Whether it was found automatically.',
    decision: 'How much of the decision was automated.',
  }),
  part('decidedBy', DecidedBy, 'Who or what decided; if kind is human, no rule overrules it.'),
  part('basis', Basis, 'The law or term that something is based on.', {
    reference: 'Where it is written, for people.',
  }),
  part('reviewer', Reviewer, 'A person or a program that reviewed something.'),
]

/** The ids and other plain values that these are made of. */
export const valueParts: ReadonlyArray<SchemaPart> = [
  part('accountId', AccountId, 'The opaque id of an account; never an email address or a handle.'),
  part('flagId', FlagId, 'The id of a flag.'),
  part(
    'decisionId',
    DecisionId,
    'The id of a decision; narrower than other ids, because files are named after it.',
  ),
  part('appealId', AppealId, 'The id of an appeal.'),
  part('id', Id, 'An opaque id or a code.'),
  part('sha256', Sha256, 'A SHA-256 hash in hexadecimal.'),
  part('line', Line, 'A short text on one line.'),
  part(
    'timestamp',
    Timestamp,
    'An RFC 3339 time with an offset, on a date that exists, without leap seconds. In UTC its year is from 0000 ' +
      'to 9999, which the pattern cannot check if the offset leads beyond that.',
  ),
  part('traceText', envelope.optional.traceparent, 'Printable ASCII characters, including spaces.'),
]
