import * as t from 'io-ts'
import { closed, listOf, oneOf, orNull, where } from './codec.ts'
import { type AccountId, AppealId, DecisionId, FlagId, Id, Line, Sha256, type Source } from './ids.ts'
import {
  AppealOutcome,
  Automation,
  Basis,
  Content,
  DecidedBy,
  Detector,
  FlagSource,
  Restriction,
  ReversalReason,
  Reviewer,
  RulesetRef,
  Sealed,
  Signals,
} from './parts.ts'
import { described } from './schema.ts'
import { Timestamp } from './time.ts'

const grounds = listOf(FlagId, 'a list of flag ids')
const decisionIds = listOf(DecisionId, 'a list of decision ids')

const decision = {
  required: {
    decisionId: DecisionId,
    grounds,
    category: Id,
    automation: Automation,
    decidedBy: DecidedBy,
  },
  optional: { ruleset: RulesetRef, basis: Basis, territory: Line },
}
const reversal = {
  required: { decisionIds, reason: ReversalReason },
  optional: { flagsVoided: grounds, requestId: Id },
}

const flagRaised = closed(
  'flag.raised',
  {
    flagId: FlagId,
    category: Id,
    source: FlagSource,
    detector: Detector,
    signals: Signals,
  },
  {
    content: Content,
    noticeId: Id,
    rule: closed('rule {id}', { id: Id }),
    ruleset: RulesetRef,
    becauseOf: decisionIds,
  },
)

const noticeSent = <P extends t.Props>(personal: P) =>
  where(
    closed(
      'notice.sent',
      {
        channel: Id,
        template: closed('template {id, version, language}', { id: Id, version: Id, language: Id }),
      },
      { decisionId: DecisionId, appealId: AppealId, ...personal },
    ),
    'either decisionId or appealId',
    (data) => Object.hasOwn(data, 'decisionId') !== Object.hasOwn(data, 'appealId'),
    {
      // Ajv, when it is strict, wants the properties to be named again.
      oneOf: [
        { properties: { decisionId: {} }, required: ['decisionId'] },
        { properties: { appealId: {} }, required: ['appealId'] },
      ],
    },
  )
const appealFiled = <P extends t.Props>(personal: P) =>
  closed('appeal.filed', { appealId: AppealId, decisionId: DecisionId }, personal)
const appealDecided = <P extends t.Props>(personal: P) =>
  closed(
    'appeal.decided',
    { appealId: AppealId, decisionId: DecisionId, outcome: AppealOutcome, reviewer: Reviewer },
    { reasons: listOf(Id, 'a list of codes'), ...personal },
  )
const rulesetPublished = <D extends t.Props>(document: D) =>
  closed('ruleset.published', {
    ruleset: closed('ruleset {id, version}', { id: Id, version: Id }),
    effectiveFrom: Timestamp,
    ...document,
  })

const document = described(
  new t.Type<Readonly<Record<string, unknown>>>(
    'the ruleset document, an object',
    t.UnknownRecord.is,
    t.UnknownRecord.validate,
    t.identity,
  ),
  () => ({ type: 'object' }),
)
const sealed = { sealed: Sealed }
const text = { personal: closed('personal {text}', { text: t.string }) }
const statement = { personal: closed('personal {statement}', { statement: t.string }) }

/** The types whose `data` is stored as published: no personal text, no document. */
const alike = {
  'flag.raised.v1': flagRaised,
  'flag.dismissed.v1': closed('flag.dismissed', { flagId: FlagId, reviewer: Reviewer }, { reason: Line }),
  'content.evaluated.v1': closed('content.evaluated', {
    content: Content,
    detector: Detector,
    signals: Signals,
  }),
  'content.removed.v1': closed(
    'content.removed',
    { ...decision.required, content: Content },
    decision.optional,
  ),
  'account.deactivated.v1': closed(
    'account.deactivated',
    { ...decision.required, restriction: Restriction },
    { ...decision.optional, until: Timestamp },
  ),
  'decision.changed.v1': closed(
    'decision.changed',
    { decisionId: DecisionId, reason: oneOf('appeal', 'correction', 'order') },
    { restriction: Restriction, until: orNull(Timestamp, 'a time, or null for no end') },
  ),
  'content.restored.v1': closed('content.restored', reversal.required, {
    ...reversal.optional,
    content: Content,
  }),
  'account.reinstated.v1': closed('account.reinstated', reversal.required, reversal.optional),
  'notice.received.v1': closed(
    'notice.received',
    { noticeId: Id, notifier: oneOf('user', 'trusted_flagger'), category: Id },
    { content: Content },
  ),
  'order.received.v1': closed(
    'order.received',
    { orderId: Id, authority: Line, kind: oneOf('act', 'inform') },
    { content: Content },
  ),
} as const

/** `data` by event type, as the ledger stores it. */
export const storedData = {
  ...alike,
  'notice.sent.v1': noticeSent(sealed),
  'appeal.filed.v1': appealFiled(sealed),
  'appeal.decided.v1': appealDecided(sealed),
  'ruleset.published.v1': rulesetPublished({ documentSha256: Sha256 }),
} as const

/** `data` by event type, as services publish it. A type that is missing here is Redress's own: refused from outside. */
export const incomingData = {
  ...alike,
  'notice.sent.v1': noticeSent(statement),
  'appeal.filed.v1': appealFiled(text),
  'appeal.decided.v1': appealDecided(text),
  'ruleset.published.v1': rulesetPublished({ document }),
} as const

const typesIn = <T extends string>(codecs: Readonly<Record<T, t.Mixed>>): ReadonlyArray<T> =>
  Object.keys(codecs).filter((type): type is T => Object.hasOwn(codecs, type))

/** A type of event that the ledger holds. */
export type EventType = keyof typeof storedData
export const eventTypes = typesIn(storedData)

/** A type of event that services publish. */
export type PublishedType = keyof typeof incomingData
export const publishedTypes = typesIn(incomingData)

/** Redress's own event types that have no `data` yet: it is defined, in `storedData` alone, when they are built. */
export const ownEventTypes: ReadonlySet<string> = new Set([
  'incident.opened.v1',
  'incident.closed.v1',
  'replay.completed.v1',
  'remediation.approved.v1',
  'reinstatement.requested.v1',
  'personal_data.erased.v1',
])

type Envelope<T, D> = {
  readonly specversion: '1.0'
  readonly id: Id
  readonly source: Source
  readonly type: T
  /** The account; for `ruleset.published` the ruleset. */
  readonly subject: AccountId
  readonly time: Timestamp
  readonly datacontenttype?: string
  readonly dataschema?: string
  readonly traceparent?: string
  readonly tracestate?: string
  readonly correlationid?: string
  readonly causationid?: string
  readonly data: D
}

/** An event as a service publishes it. */
export type IncomingEvent<T extends PublishedType = PublishedType> = {
  [K in T]: Envelope<K, t.TypeOf<(typeof incomingData)[K]>>
}[T]

/** An event as the ledger stores it; `recordedat` is the ledger's clock when it took the event in. */
export type StoredEvent<T extends EventType = EventType> = {
  [K in T]: Envelope<K, t.TypeOf<(typeof storedData)[K]>> & { readonly recordedat: Timestamp }
}[T]

/** Envelope attributes that are stored beside those that every event has. */
export const traceExtensions = ['traceparent', 'tracestate', 'correlationid', 'causationid'] as const
