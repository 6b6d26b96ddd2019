import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import * as fc from 'fast-check'
import * as E from '#fp/Either'
import { decodeIncoming, decodeStored } from '../../src/domain/decode.ts'
import type { IncomingEvent, StoredEvent } from '../../src/domain/event.ts'
import { formatInstant } from '../../src/domain/time.ts'
import { type Correction, correctionOfRules } from '../../src/replay/correction/correction.ts'
import { collectHistory, type EvidenceWanted } from '../../src/replay/model/collect.ts'
import type { History } from '../../src/replay/model/history.ts'
import { indexVersions } from '../../src/replay/model/versions.ts'
import { evidenceWantedBy } from '../../src/replay/reference/sightings.ts'
import { compileRuleset } from '../../src/rulesets/document.ts'
import type { Ruleset } from '../../src/rulesets/ruleset.ts'
import type { CorrectionDocument, WithdrawalDocument } from './corrections.ts'

export const RULESET = 'guidelines'
const START = Date.UTC(2025, 2, 1)
const HOUR = 3_600_000

/** A document as it is published. */
export type Document = {
  readonly ruleset: string
  readonly version: string
  readonly signals: Readonly<Record<string, string>>
  readonly rules: ReadonlyArray<
    { readonly id: string; readonly when: string } & Readonly<Record<string, unknown>>
  >
  readonly deactivations: ReadonlyArray<Readonly<Record<string, unknown>>>
}

export const compiled = (document: Document): Ruleset => {
  const ruleset = compileRuleset(document)
  if (E.isLeft(ruleset)) throw new Error(JSON.stringify(ruleset.left))
  return ruleset.right
}

/** A corrected ruleset and nothing else. */
export const correcting = (document: Document): Correction => correctionOfRules(compiled(document))

const threshold = fc.integer({ min: 0, max: 10 })
const lifetime = fc.constantFrom({}, { strikes_expire_after: '3d' }, { strikes_expire_after: '12h' })

/** A ruleset's document of one version, small enough that its rules often meet the flags below. */
export const documentOf = (version: string): fc.Arbitrary<Document> =>
  fc
    .record({
      a: threshold,
      b: threshold,
      aLifetime: lifetime,
      guarded: fc.boolean(),
      within: fc.constantFrom({}, { within: '5d' }),
      atLeast: fc.integer({ min: 2, max: 4 }),
      harder: fc.boolean(),
      removes: fc.boolean(),
    })
    .map(({ a, b, aLifetime, guarded, within, atLeast, harder, removes }) => ({
      ruleset: RULESET,
      version,
      signals: { score: 'int', drawn: 'bool' },
      rules: [
        {
          id: 'a',
          category: 'alpha',
          when: guarded ? `signals.score >= ${a} && !signals.drawn` : `signals.score >= ${a}`,
          strikes: 2,
          ...aLifetime,
          ...(removes ? { removes_content: true } : {}),
        },
        { id: 'b', category: 'beta', when: `signals.score >= ${b}`, strikes: 1, removes_content: true },
        { id: 'evasion', category: 'evasion', when: 'signals.score >= 0', strikes: 3 },
      ],
      deactivations: [
        { id: 'few', at_least: atLeast, restriction: 'suspended', ...within },
        ...(harder ? [{ id: 'many', at_least: atLeast + 2, restriction: 'terminated' }] : []),
      ],
    }))

type Draft = {
  readonly type: string
  readonly subject: string
  readonly hour: number
  readonly data: Readonly<Record<string, unknown>>
}
type Data = fc.Arbitrary<Record<string, unknown>>

const accounts = ['u1', 'u2', 'u3'] as const
const account = fc.constantFrom(...accounts)
const hour = fc.integer({ min: 0, max: 300 })
const rarely = <A, B>(usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>): fc.Arbitrary<A | B> =>
  fc.oneof({ weight: 15, arbitrary: usual }, { weight: 1, arbitrary: other })
const idOf = (letter: string, most: number) => (subject: string) =>
  rarely(fc.constant(subject), account).chain((of) =>
    fc.integer({ min: 1, max: most }).map((n) => `${of}${letter}${n}`),
  )
const flagOf = idOf('f', 5)
const decisionOf = idOf('d', 3)
const appealId = fc.constantFrom('p1', 'p2', 'p3')
const content = fc.constantFrom(
  { id: '1', kind: 'pin' },
  { id: '2', kind: 'pin' },
  { id: '1', kind: 'board' },
)
const maybe = <K extends string, V>(key: K, value: fc.Arbitrary<V>): Data =>
  fc.option(value, { nil: undefined, freq: 3 }).map((v) => (v === undefined ? {} : { [key]: v }))
const mostly = <K extends string, V>(key: K, value: fc.Arbitrary<V>): Data =>
  rarely(
    value.map((v) => ({ [key]: v })),
    fc.constant({}),
  )
const merged = (...parts: ReadonlyArray<fc.Arbitrary<object>>): Data =>
  fc.tuple(...parts).map((objects) => Object.assign({}, ...objects))
const signals = merged(mostly('score', fc.integer({ min: 0, max: 10 })), mostly('drawn', fc.boolean()))
const person = fc.constant({ kind: 'human', id: 'r' })
const reference = (versions: ReadonlyArray<string>): Data =>
  rarely(
    fc.constantFrom(...versions).map((version) => ({ ruleset: { id: RULESET, version } })),
    fc.constantFrom(
      {},
      { ruleset: { id: RULESET, version: 'lost' } },
      { ruleset: { id: 'other', version: 'v1' } },
    ),
  )

/** An event of some account, at some hour. */
const draft = (type: string, dataOf: (subject: string) => Data): fc.Arbitrary<Draft> =>
  account.chain((subject) =>
    fc.record({ type: fc.constant(type), subject: fc.constant(subject), hour, data: dataOf(subject) }),
  )

const kindOf = rarely(fc.constantFrom('rule', 'model'), fc.constant('human'))
const detectorVersion = fc.constantFrom('1', '1', '2').map((version) => ({ version }))
const flag =
  (versions: ReadonlyArray<string>) =>
  (subject: string): Data =>
    merged(
      fc.record({
        flagId: flagOf(subject),
        signals,
        category: fc.constantFrom('alpha', 'beta'),
        source: fc.constant('own_initiative'),
      }),
      merged(
        kindOf.map((kind) => ({ kind })),
        detectorVersion,
        fc.constant({ id: 'scanner' }),
      ).map((detector) => ({
        detector,
      })),
      mostly('rule', rarely(fc.constantFrom({ id: 'a' }, { id: 'b' }), fc.constant({ id: 'gone' }))),
      reference(versions),
      maybe('content', content),
    )
const evasion =
  (versions: ReadonlyArray<string>) =>
  (subject: string): Data =>
    merged(
      flag(versions)(subject),
      fc.constant({ rule: { id: 'evasion' } }),
      account
        .chain((other) => fc.array(decisionOf(other), { maxLength: 2 }))
        .map((becauseOf) => ({ becauseOf })),
    )
const decisionParts =
  (versions: ReadonlyArray<string>) =>
  (subject: string): Data =>
    merged(
      fc.record({
        decisionId: decisionOf(subject),
        grounds: fc.uniqueArray(flagOf(subject), { maxLength: 2 }),
        category: fc.constant('alpha'),
        automation: fc.constant({ detection: true, decision: 'fully' }),
      }),
      rarely(fc.constant('rule'), fc.constant('human')).map((kind) => ({
        decidedBy: { kind, id: 'service' },
      })),
      reference(versions),
    )
const until = hour.map((h) => formatInstant(START + h * HOUR))
const restriction = fc.constantFrom('suspended', 'suspended', 'terminated')

const anyDraft = (versions: ReadonlyArray<string>, evaluations: number): fc.Arbitrary<Draft> => {
  const one = (weight: number, type: string, dataOf: (subject: string) => Data) => ({
    weight,
    arbitrary: draft(type, dataOf),
  })
  return fc.oneof(
    one(14, 'flag.raised.v1', flag(versions)),
    one(4, 'flag.raised.v1', evasion(versions)),
    one(9, 'account.deactivated.v1', (subject) =>
      merged(
        decisionParts(versions)(subject),
        fc.record({ restriction }),
        rarely(
          fc.constant({}),
          until.map((end) => ({ until: end })),
        ),
      ),
    ),
    one(2, 'content.removed.v1', (subject) =>
      merged(decisionParts(versions)(subject), fc.record({ content })),
    ),
    one(evaluations, 'content.evaluated.v1', () =>
      merged(
        fc.record({ content, signals, detector: fc.constant({ kind: 'model', id: 'm', version: '1' }) }),
        // Most evidence counts, so that enough accounts are missed.
        fc.oneof({ arbitrary: fc.constant({}), weight: 4 }, fc.record({ shadow: fc.boolean() })),
      ),
    ),
    one(4, 'flag.rescored.v1', (subject) =>
      fc.record({
        flagId: flagOf(subject),
        signals,
        detector: detectorVersion.map(({ version }) => ({ kind: 'model', id: 'scanner', version })),
      }),
    ),
    one(1, 'flag.dismissed.v1', (subject) => fc.record({ flagId: flagOf(subject), reviewer: person })),
    one(1, 'decision.changed.v1', (subject) =>
      merged(
        fc.record({ decisionId: decisionOf(subject), reason: fc.constant('correction') }),
        maybe('restriction', restriction),
        maybe('until', fc.option(until)),
      ),
    ),
    one(1, 'appeal.filed.v1', (subject) => fc.record({ appealId, decisionId: decisionOf(subject) })),
    one(1, 'appeal.decided.v1', (subject) =>
      fc.record({
        appealId,
        decisionId: decisionOf(subject),
        outcome: fc.constantFrom('upheld', 'reversed', 'modified', 'omitted'),
        reviewer: person,
      }),
    ),
    one(1, 'account.reinstated.v1', (subject) =>
      merged(
        fc.record({
          decisionIds: fc.uniqueArray(decisionOf(subject), { minLength: 1, maxLength: 2 }),
          reason: fc.constantFrom('appeal', 'correction', 'expiry', 'order'),
        }),
        maybe('flagsVoided', fc.uniqueArray(flagOf(subject), { maxLength: 2 })),
      ),
    ),
  )
}

/**
 * Published events of a random history with the given documents in force, one after the other. `evaluations`: how frequent
 * they are; 14: as frequent as flags.
 */
export const historyUnder = (
  documents: ReadonlyArray<Document>,
  evaluations = 2,
): fc.Arbitrary<ReadonlyArray<IncomingEvent>> =>
  fc
    .array(
      anyDraft(
        documents.map(({ version }) => version),
        evaluations,
      ),
      { minLength: 10, maxLength: 50, size: 'max' },
    )
    .map((drafts) => [
      ...documents.map((document, n) =>
        incoming(`r${n}`, RULESET, 'ruleset.published.v1', n * 100, {
          ruleset: { id: RULESET, version: document.version },
          effectiveFrom: formatInstant(START + n * 100 * HOUR),
          document,
        }),
      ),
      ...drafts.map(({ type, subject, hour: at, data }, n) => incoming(`e${n}`, subject, type, at, data)),
    ])

const flagIds = account.chain((of) => flagOf(of))
const conditions = fc.oneof(
  threshold.map((score) => `signals.score >= ${score}`),
  fc.constantFrom(
    ...['signals.drawn', '!signals.drawn', 'detector.version == "1"', 'detector.version == "2"'],
    ...[
      'detector.kind == "human"',
      'flag.category == "alpha"',
      'content.kind == "pin"',
      'has(signals.score)',
    ],
  ),
)
/** Windows often divide the histories. */
const windows: Data = fc
  .tuple(maybe('from', hour), maybe('to', hour))
  .map(([start, end]) => ({ ...start, ...end }))
  .filter(({ from = 0, to = 999 }) => Number(from) < Number(to))
  .map((hours) =>
    Object.fromEntries(
      Object.entries(hours).map(([key, h]) => [key, formatInstant(START + Number(h) * HOUR)]),
    ),
  )

/** A withdrawal, without its id. */
export const withdrawals: fc.Arbitrary<Omit<WithdrawalDocument, 'id'>> = merged(
  fc.oneof(
    { weight: 2, arbitrary: conditions.map((where) => ({ where })) },
    {
      weight: 1,
      arbitrary: fc.uniqueArray(flagIds, { minLength: 1, maxLength: 4 }).map((flags) => ({ flags })),
    },
  ),
  windows,
  maybe('truth', fc.constantFrom('unknown', 'false')),
)

/** What is wrong with a history: its rules, its evidence, or both. */
export const correctionTo = (corrected: Document): fc.Arbitrary<CorrectionDocument> =>
  fc
    .record({
      ruleset: fc.constantFrom(corrected, { id: RULESET }),
      withdrawals: fc.array(withdrawals, { maxLength: 3 }),
      rescored: fc.constantFrom('use', 'ignore'),
    })
    .map(({ ruleset, withdrawals: withdrawn, rescored }) => ({
      correction: 'random',
      ruleset,
      signals: { score: 'int', drawn: 'bool' },
      withdrawals: withdrawn.map((each, n) => ({ ...each, id: `w${n}` })),
      rescored,
    }))

/** Histories under one to three versions, each with a corrected document and a correction. */
export const histories = fc
  .integer({ min: 1, max: 3 })
  .chain((n) =>
    fc.tuple(...Array.from({ length: n }, (_, i) => documentOf(`v${i + 1}`)), documentOf('corrected')),
  )
  .chain((documents) => {
    const corrected = documents.at(-1)
    if (corrected === undefined) throw new Error('there is always a corrected document')
    return fc.record({
      events: historyUnder(documents.slice(0, -1)),
      corrected: fc.constant(corrected),
      correction: correctionTo(corrected),
    })
  })

const incoming = (id: string, subject: string, type: string, at: number, data: object): IncomingEvent => {
  const decoded = decodeIncoming({
    specversion: '1.0',
    id,
    source: '/test',
    type,
    subject,
    time: formatInstant(START + at * HOUR),
    // As in JSON: what is undefined is absent.
    data: JSON.parse(JSON.stringify(data)),
  })
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  return decoded.right.event
}

/** The events as a ledger would return them, and the documents that go with them. */
const asStored = (event: IncomingEvent, documents: Map<string, Ruleset>): StoredEvent => {
  const json: Record<string, unknown> = { ...event, recordedat: formatInstant(START) }
  if (event.type === 'ruleset.published.v1') {
    const { document, ...data } = event.data
    const documentSha256 = createHash('sha256')
      .update(canonicalize(document) ?? '')
      .digest('hex')
    const ruleset = compileRuleset(document)
    if (E.isRight(ruleset)) documents.set(documentSha256, ruleset.right)
    json.data = { ...data, documentSha256 }
  }
  const decoded = decodeStored(json)
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  return decoded.right
}

/** The events as a ledger would return them. */
export const storedEvents = (events: ReadonlyArray<IncomingEvent>): ReadonlyArray<StoredEvent> =>
  events.map((event) => asStored(event, new Map()))

/** The compiled documents that events publish, by hash. */
export const documentsIn = (events: ReadonlyArray<IncomingEvent>): ReadonlyMap<string, Ruleset> => {
  const documents = new Map<string, Ruleset>()
  for (const event of events) asStored(event, documents)
  return documents
}

/** The history of published events, collected in the given order; without a correction, for the rules of the day alone. */
export const historyOf = (
  events: ReadonlyArray<IncomingEvent>,
  correction: Correction | null = null,
  wanted: EvidenceWanted = evidenceWantedBy(correction),
): History => {
  const documents = new Map<string, Ruleset>()
  const stored = events.map((event) => asStored(event, documents))
  const before = collectHistory({ ...wanted, keepsEvaluation: () => false })
  for (const event of stored) if (event.type === 'ruleset.published.v1') before.add(event)
  const collection = collectHistory(wanted, indexVersions(before.finish(documents).versions))
  for (const event of stored) collection.add(event)
  return collection.finish(documents)
}

const scanner = { kind: 'rule', id: 'scanner', version: '1' }
const byService = {
  automation: { detection: true, decision: 'fully' },
  decidedBy: { kind: 'rule', id: 'service' },
}
const v1 = { id: RULESET, version: 'v1' }
const eventId = (hour: number, data: object): string =>
  `${hour}-${createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 12)}`

/** Events as services publish them, for histories written by hand; `hour` is when, `fields` what matters. */
export const service = {
  published: (document: Document, hour = 0): IncomingEvent => {
    const data = {
      ruleset: { id: document.ruleset, version: document.version },
      effectiveFrom: formatInstant(START + hour * HOUR),
      document,
    }
    return incoming(eventId(hour, data), document.ruleset, 'ruleset.published.v1', hour, data)
  },
  flagged: (
    subject: string,
    hour: number,
    fields: { readonly flagId: string } & Readonly<Record<string, unknown>>,
  ): IncomingEvent => {
    const data = {
      category: 'alpha',
      source: 'own_initiative',
      detector: scanner,
      rule: { id: 'a' },
      ruleset: v1,
      signals: {},
      ...fields,
    }
    return incoming(eventId(hour, data), subject, 'flag.raised.v1', hour, data)
  },
  banned: (
    subject: string,
    hour: number,
    fields: { readonly decisionId: string } & Readonly<Record<string, unknown>>,
  ): IncomingEvent => {
    const data = {
      ...byService,
      grounds: [],
      category: 'alpha',
      restriction: 'suspended',
      ruleset: v1,
      ...fields,
    }
    return incoming(eventId(hour, data), subject, 'account.deactivated.v1', hour, data)
  },
  removed: (
    subject: string,
    hour: number,
    fields: { readonly decisionId: string } & Readonly<Record<string, unknown>>,
  ): IncomingEvent => {
    const data = { ...byService, grounds: [], category: 'alpha', ruleset: v1, ...fields }
    return incoming(eventId(hour, data), subject, 'content.removed.v1', hour, data)
  },
  reinstated: (subject: string, hour: number, decisionIds: ReadonlyArray<string>): IncomingEvent => {
    const data = { decisionIds, reason: 'appeal' }
    return incoming(eventId(hour, data), subject, 'account.reinstated.v1', hour, data)
  },
  appealed: (
    subject: string,
    hour: number,
    data: { readonly appealId: string; readonly decisionId: string },
  ): IncomingEvent => incoming(eventId(hour, data), subject, 'appeal.filed.v1', hour, data),
  evaluated: (subject: string, hour: number, signals: object, fields: object = {}): IncomingEvent => {
    const data = { content: { id: '1', kind: 'pin' }, detector: scanner, signals, ...fields }
    return incoming(eventId(hour, data), subject, 'content.evaluated.v1', hour, data)
  },
  rescored: (
    subject: string,
    hour: number,
    flagId: string,
    signals: object,
    version: string,
  ): IncomingEvent => {
    const data = { flagId, signals, detector: { kind: 'model', id: 'scanner', version } }
    return incoming(eventId(hour, data), subject, 'flag.rescored.v1', hour, data)
  },
  dismissed: (subject: string, hour: number, flagId: string): IncomingEvent => {
    const data = { flagId, reviewer: { kind: 'human', id: 'r' } }
    return incoming(eventId(hour, data), subject, 'flag.dismissed.v1', hour, data)
  },
}
