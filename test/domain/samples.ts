import * as E from '#fp/Either'
import { decodeStored } from '../../src/domain/decode.ts'
import type { EventType, StoredEvent } from '../../src/domain/event.ts'

type Json = Readonly<Record<string, unknown>>

/** What a type's `data` looks like with every field that it may have, and which of them may be left out. */
type Sample = { readonly data: Json; readonly optional: ReadonlyArray<string>; readonly stored?: Json }

const content = { id: 'pin-1', kind: 'pin', createdAt: '2025-04-01T12:00:00+02:00', language: 'en' }
const ruleset = { id: 'community-guidelines', version: '2025-04-28', sha256: 'ab'.repeat(32) }
const detector = { kind: 'rule', id: 'scanner', version: '4.2.0' }
const signals = { adult_score: 0.71, is_illustration: true, 'ocr.text': 'QUILTING' }
const reviewer = { kind: 'human', id: 'reviewer-7' }
const sealed = { keyId: 'k1', sha256: 'cd'.repeat(32), commitment: 'ef'.repeat(32) }

const decision = {
  decisionId: 'd1',
  grounds: ['f1', 'f2'],
  category: 'adult_content',
  automation: { detection: true, decision: 'fully' },
  decidedBy: { kind: 'rule', id: 'deactivation-service' },
  ruleset,
  basis: { kind: 'terms', reference: 'Community guidelines, section 2' },
  territory: 'EU',
}
const decisionOptional = ['ruleset', 'ruleset.sha256', 'basis', 'territory']
const contentOptional = ['content.createdAt', 'content.language']
const reversal = { decisionIds: ['d1'], reason: 'correction', flagsVoided: ['f1'], requestId: 'r1' }

/** Whole `data` of every event type, as published; `stored` says what takes the place of personal text. */
export const samples: Readonly<Record<EventType, Sample>> = {
  'flag.raised.v1': {
    data: {
      flagId: 'f1',
      content,
      category: 'adult_content',
      source: 'own_initiative',
      noticeId: 'n1',
      detector,
      rule: { id: 'adult.explicit' },
      ruleset,
      signals,
      becauseOf: ['d0'],
    },
    optional: ['content', ...contentOptional, 'noticeId', 'rule', 'ruleset', 'ruleset.sha256', 'becauseOf'],
  },
  'flag.dismissed.v1': { data: { flagId: 'f1', reviewer, reason: 'a quilt' }, optional: ['reason'] },
  'content.evaluated.v1': { data: { content, detector, signals }, optional: contentOptional },
  'content.removed.v1': {
    data: { ...decision, content },
    optional: [...decisionOptional, ...contentOptional],
  },
  'account.deactivated.v1': {
    data: { ...decision, restriction: 'suspended', until: '2025-05-29T00:00:00Z' },
    optional: [...decisionOptional, 'until'],
  },
  'decision.changed.v1': {
    data: { decisionId: 'd1', restriction: 'terminated', until: '2025-06-01T00:00:00Z', reason: 'order' },
    optional: ['restriction', 'until'],
  },
  'content.restored.v1': {
    data: { ...reversal, content },
    optional: ['flagsVoided', 'requestId', 'content', ...contentOptional],
  },
  'account.reinstated.v1': { data: reversal, optional: ['flagsVoided', 'requestId'] },
  'notice.sent.v1': {
    data: {
      decisionId: 'd1',
      channel: 'email',
      template: { id: 'suspension', version: '3', language: 'en' },
      personal: { statement: 'Your account was suspended.' },
    },
    optional: ['personal'],
    stored: { sealed },
  },
  'appeal.filed.v1': {
    data: { appealId: 'a1', decisionId: 'd1', personal: { text: 'It is a quilt.' } },
    optional: ['personal'],
    stored: { sealed },
  },
  'appeal.decided.v1': {
    data: {
      appealId: 'a1',
      decisionId: 'd1',
      outcome: 'upheld',
      reviewer,
      reasons: ['policy_2'],
      personal: { text: 'We looked again.' },
    },
    optional: ['reasons', 'personal'],
    stored: { sealed },
  },
  'notice.received.v1': {
    data: { noticeId: 'n1', notifier: 'trusted_flagger', content, category: 'adult_content' },
    optional: ['content', ...contentOptional],
  },
  'order.received.v1': {
    data: { orderId: 'o1', authority: 'Court of first instance', kind: 'act', content },
    optional: ['content', ...contentOptional],
  },
  'ruleset.published.v1': {
    data: {
      ruleset: { id: 'community-guidelines', version: '2025-04-28' },
      effectiveFrom: '2025-04-28T00:00:00Z',
      document: { ruleset: 'community-guidelines', anything: [null, { at: 'all' }] },
    },
    optional: [],
    stored: { documentSha256: 'ab'.repeat(32) },
  },
}

const envelopeOf = (type: EventType): Json => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/services/enforcement',
  type,
  subject: type === 'ruleset.published.v1' ? 'community-guidelines' : 'quilter',
  time: '2025-04-29T00:00:00.000Z',
  datacontenttype: 'application/json',
  dataschema: 'https://example.org/schema',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'vendor=1',
  correlationid: 'c-1',
  causationid: 'e-0',
})

/** A published event with every optional field. */
export const incoming = (type: EventType): Json => ({ ...envelopeOf(type), data: samples[type].data })

/** The same as the ledger stores it. */
export const stored = (type: EventType): Json => {
  const { personal: _personal, document: _document, ...data } = samples[type].data
  return {
    ...envelopeOf(type),
    recordedat: '2025-04-29T00:00:01.000Z',
    data: { ...data, ...samples[type].stored },
  }
}

/** The same with the value at a path replaced; `undefined` takes the field away. */
export const withValue = (json: Json, path: ReadonlyArray<string>, value: unknown): Json => {
  const [key, ...rest] = path
  if (key === undefined) throw new RangeError('no path')
  const copy: Record<string, unknown> = Array.isArray(json) ? Object.assign([], json) : { ...json }
  // Cast: a path goes through objects and lists only.
  if (rest.length > 0) copy[key] = withValue(json[key] as Json, rest, value)
  else if (value === undefined && Array.isArray(copy)) copy.splice(Number(key), 1)
  else if (value === undefined) delete copy[key]
  else copy[key] = value
  return copy
}

/** Every path to a value in it, the value's own containers included. */
export const pathsIn = (
  json: unknown,
  at: ReadonlyArray<string> = [],
): ReadonlyArray<ReadonlyArray<string>> =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, value]) => [[...at, key], ...pathsIn(value, [...at, key])])
    : []

/** A stored event as the codecs give it, or a failed test. */
export const decoded = (json: unknown): StoredEvent => {
  const result = decodeStored(json)
  if (E.isLeft(result)) throw new Error(`no stored event: ${JSON.stringify(result.left)}`)
  return result.right
}
