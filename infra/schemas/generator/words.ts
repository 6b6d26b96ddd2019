import type { IncomingEvent, PublishedType } from '../../../src/domain/event.ts'

/** What fields mean, by name. */
export type Words = Readonly<Record<string, string | undefined>>

/** The same for a type's own fields: in one plain sentence each, none where the name says it all. */
export type FieldWords<A> = { readonly [K in keyof A]?: string }

export const envelopeWords = {
  specversion: 'The version of CloudEvents.',
  id: 'Names the event, together with source. The same event may be sent again and changes nothing then.',
  source: 'The service that publishes the event.',
  type: 'What the event records, and in which version.',
  subject: 'The account that the event is about; where that is a ruleset, the ruleset.',
  time: 'When it happened. At most five minutes ahead of the clock of the ledger.',
  datacontenttype: 'The media type of data: JSON, also where it is left out.',
  dataschema: 'Where a schema of data can be found. It is kept and not followed.',
  traceparent: 'The place in a trace, as W3C Trace Context writes it.',
  tracestate: 'What tracing systems add to traceparent.',
  correlationid: 'What events of one piece of work have in common.',
  causationid: 'The id of the event that brought this one about.',
} satisfies FieldWords<IncomingEvent>

type DataOf<T extends PublishedType> = IncomingEvent<T>['data']

const decision = {
  decisionId: 'Names the decision, once in the whole platform.',
  grounds: 'The flags that the decision rests on.',
  category: 'What was violated, in the codes of the platform.',
  automation: 'How much of finding and deciding was done by machines.',
  decidedBy: 'Who or what decided.',
  ruleset: 'The version of the rules that the decision was made under.',
  basis: 'The law or the term that the decision rests on.',
  territory: 'Where it holds, such as EU.',
} satisfies FieldWords<DataOf<'content.removed.v1'>>

const reversal = {
  decisionIds: 'The decisions that are taken back; others stay.',
  reason: 'Why they are taken back.',
  flagsVoided: 'The flags that count for nothing from now on.',
  requestId: 'The request of Redress that is fulfilled by this.',
} satisfies FieldWords<DataOf<'account.reinstated.v1'>>

type EventWords<T extends PublishedType> = {
  /** What an event of this type records. */
  readonly says: string
  readonly fields: FieldWords<DataOf<T>>
}

/** What each event type and its fields mean. */
export const eventWords: { readonly [T in PublishedType]: EventWords<T> } = {
  'flag.raised.v1': {
    says: 'A detector has found something about an account or its content; what it saw is on record with it.',
    fields: {
      flagId: 'Names the flag, once in the whole platform.',
      category: 'What was found, in the codes of the platform.',
      source: 'Who or what brought the flag about.',
      content: 'What the flag is about; left out when it is about the account itself.',
      noticeId: 'The notice that led to the flag.',
      rule: 'The rule that fired.',
      ruleset: 'The version of the rules that the detector went by.',
      becauseOf: 'Decisions without which there would be no such flag, for instance the ban that was evaded.',
    },
  },
  'flag.dismissed.v1': {
    says: 'A flag was looked at again and found to be wrong.',
    fields: { reason: 'Why, in the words of who looked. Not a place for personal data: it is never sealed.' },
  },
  'content.evaluated.v1': {
    says:
      'A detector has looked at content and raised no flag. It lets a corrected rule be asked what it would have ' +
      'found.',
    fields: {},
  },
  'content.removed.v1': { says: 'Content was taken down.', fields: decision },
  'account.deactivated.v1': {
    says: 'An account was suspended or terminated.',
    fields: { ...decision, until: 'When it ends by itself; left out when it does not.' },
  },
  'decision.changed.v1': {
    says: 'A decision stands, but with another restriction or another end.',
    fields: {
      reason: 'Why it is changed.',
      restriction: 'What it is from now on; left out when that stays.',
      until: 'When it ends from now on, null for never; left out when that stays.',
    },
  },
  'content.restored.v1': {
    says: 'Removed content is up again.',
    fields: { ...reversal, content: 'What is up again.' },
  },
  'account.reinstated.v1': { says: 'Deactivations of an account were taken back.', fields: reversal },
  'notice.sent.v1': {
    says: 'The owner of an account was told of a decision, or of the answer to an appeal: of one of both.',
    fields: {
      channel: 'The way it was sent, such as email.',
      template: 'The text that was filled in.',
      decisionId: 'The decision that was told of.',
      appealId: 'The appeal that was answered.',
      personal: 'The statement of reasons as it was sent. It is sealed, and can be erased.',
    },
  },
  'appeal.filed.v1': {
    says: 'The owner of an account objects to a decision.',
    fields: {
      appealId: 'Names the appeal, once in the whole platform.',
      personal: 'The words of the owner. They are sealed, and can be erased.',
    },
  },
  'appeal.decided.v1': {
    says: 'An appeal was answered.',
    fields: {
      outcome: 'What became of the decision; omitted: the appeal was closed without one on its matter.',
      reasons: 'Why, in the codes of the platform.',
      personal: 'Why, in words. They are sealed, and can be erased.',
    },
  },
  'notice.received.v1': {
    says: 'Somebody reported something about an account.',
    fields: {
      noticeId: 'Names the notice; flags that come from it refer to it.',
      notifier: 'Who reported it.',
      category: 'What was reported, in the codes of the platform.',
      content: 'What was reported; left out when it was the account itself.',
    },
  },
  'order.received.v1': {
    says: 'An authority ordered the platform to act, or to give information.',
    fields: {
      authority: 'The name of the authority.',
      kind: 'act: to take something down or lock somebody out; inform: to give information.',
      content: 'What the order is about; left out when it is the account itself.',
    },
  },
  'ruleset.published.v1': {
    says: 'A version of a ruleset is in force from some time on.',
    fields: {
      ruleset: 'The ruleset and its version, as the document names them too.',
      effectiveFrom: 'From when on it is in force; may lie ahead.',
      document: 'The rules themselves. They must compile, which no schema can check.',
    },
  },
}
