import * as t from 'io-ts'
import { closed, oneOf, orNull } from '../../../domain/codec.ts'
import {
  AutomatedDecision,
  BasisKind,
  DecidedByKind,
  DetectorKind,
  FlagSource,
} from '../../../domain/parts.ts'

const textOrNull = orNull(t.string, 'a string, or null')
const listOf = <C extends t.Mixed>(item: C) => t.readonlyArray(item)
const Content = closed('content', { kind: t.string, id: t.string })

/** What somebody wrote; `text` is null where it is not open. */
const Words = closed('words', { status: oneOf('open', 'erased', 'not_on_record'), text: textOrNull })

/** A signal, and what the rule requires of it. */
const Signal = closed('a signal', {
  name: t.string,
  /** Null: it is withheld, or the rule requires it and it was not recorded. */
  value: orNull(t.union([t.number, t.string, t.boolean]), 'a value, or null'),
  /** A text is withheld: it may be another person's name or account. */
  isWithheld: t.boolean,
  /** In words; null: the rule does not look at it, or is too complex to put into words. */
  asked: textOrNull,
})

const Rule = closed('a rule', {
  id: t.string,
  /** Its condition as written (CEL); null: its ruleset version was not published. */
  condition: textOrNull,
  /** Whether the signals' `asked` together are the whole condition. */
  isInWords: t.boolean,
  strikes: t.number,
  strikesUntil: textOrNull,
})

const Ground = closed('a ground', {
  flagId: t.string,
  /** Null: no such flag is on record. */
  finding: orNull(
    closed('a finding', {
      at: t.string,
      category: t.string,
      source: FlagSource,
      content: orNull(Content, 'content, or null'),
      /** `id` and `version` are null for a person. */
      detector: closed('a detector', {
        kind: DetectorKind,
        id: textOrNull,
        version: textOrNull,
      }),
      rule: orNull(Rule, 'a rule, or null'),
      signals: listOf(Signal),
      /** The number of earlier decisions that led to it. */
      becauseOf: t.number,
      voided: orNull(
        closed('voided', { at: t.string, by: oneOf('dismissal', 'reversal', 'appeal') }),
        'voided, or null',
      ),
    }),
    'a finding, or null',
  ),
})

const RulesetUsed = closed('a ruleset', {
  id: t.string,
  version: t.string,
  isPublished: t.boolean,
  /** The policies that impose this restriction. */
  policies: listOf(
    closed('a policy', {
      id: t.string,
      atLeast: t.number,
      withinDays: orNull(t.number, 'a number, or null'),
      /** The categories whose findings count; null: all. */
      categories: orNull(listOf(t.string), 'categories, or null'),
    }),
  ),
})

const Happening = t.union([
  closed('a change', {
    kind: oneOf('changed'),
    at: t.string,
    restriction: textOrNull,
    /** `unchanged`, a time, or null: it no longer has an end. */
    until: textOrNull,
    reason: oneOf('appeal', 'correction', 'order'),
    /** If it is harsher than the decision before it: what that was, and the name of the statement that is due. */
    harsher: orNull(
      closed('what a harsher change replaced', {
        restriction: textOrNull,
        until: textOrNull,
        statement: t.string,
      }),
      'what a harsher change replaced, or null',
    ),
  }),
  closed('an appeal', { kind: oneOf('appealed'), at: t.string, appealId: t.string, words: Words }),
  closed('an answer', {
    kind: oneOf('answered'),
    at: t.string,
    appealId: t.string,
    outcome: oneOf('upheld', 'reversed', 'modified', 'omitted'),
    by: oneOf('human', 'automated'),
    reasons: listOf(t.string),
    words: Words,
  }),
  closed('a reversal', {
    kind: oneOf('reversed'),
    at: t.string,
    reason: oneOf('appeal', 'correction', 'expiry', 'order'),
  }),
])

/** The statement of reasons of one decision for the account's owner, as facts. Times are RFC 3339 in UTC. */
export const OwnerStatement = closed('a statement for the owner', {
  version: oneOf('1'),
  decisionId: t.string,
  account: t.string,
  /** The time as of which it is written. */
  at: t.string,
  decidedAt: t.string,
  done: oneOf('removed', 'suspended', 'terminated'),
  content: orNull(Content, 'content, or null'),
  /** As first set, and as last changed. */
  untilMade: textOrNull,
  until: textOrNull,
  restriction: textOrNull,
  standing: oneOf('holds', 'over', 'reversed'),
  /** An appeal was won, and the decision has not been reversed yet. */
  isReversalOwed: t.boolean,
  category: t.string,
  basis: orNull(closed('basis', { kind: BasisKind, reference: t.string }), 'basis, or null'),
  territory: textOrNull,
  automation: closed('automation', { detection: t.boolean, decision: AutomatedDecision }),
  /** `id` is null for a person. */
  decidedBy: closed('decidedBy', { kind: DecidedByKind, id: textOrNull }),
  ruleset: orNull(RulesetUsed, 'a ruleset, or null'),
  grounds: listOf(Ground),
  notices: listOf(closed('a notice', { at: t.string, channel: t.string, words: Words })),
  /** How to appeal, in the platform's words; null: it does not say. */
  howToAppeal: textOrNull,
  since: listOf(Happening),
})
export type OwnerStatement = t.TypeOf<typeof OwnerStatement>
export type OwnerGround = t.TypeOf<typeof Ground>
export type OwnerFinding = Exclude<OwnerGround['finding'], null>
export type OwnerRule = t.TypeOf<typeof Rule>
export type OwnerSignal = t.TypeOf<typeof Signal>
export type OwnerHappening = t.TypeOf<typeof Happening>
export type OwnerWords = t.TypeOf<typeof Words>
export type OwnerRuleset = t.TypeOf<typeof RulesetUsed>
