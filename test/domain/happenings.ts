import fc from 'fast-check'
import type { EventType, StoredEvent } from '../../src/domain/event.ts'
import { decoded, samples } from './samples.ts'

/** What an event has besides the sample's `data`; `day` is a day of May 2025, or a full time. */
export type Happening = {
  readonly id?: string
  readonly source?: string
  readonly day?: number | string
  readonly recorded?: number | string
  readonly subject?: string
}

const timeOf = (day: number | string): string =>
  typeof day === 'string' ? day : new Date(Date.UTC(2025, 4, 1) + (day - 1) * 86_400_000).toISOString()

let serial = 0

/** A stored event: the given `data` over the required fields of its sample (`undefined` removes one). */
export const happened = <T extends EventType>(
  type: T,
  data: Readonly<Record<string, unknown>>,
  { id, source = '/test', day = 1, recorded = day, subject = 'quilter' }: Happening = {},
): StoredEvent<T> => {
  const { data: whole, optional, stored } = samples[type]
  const left = new Set([...optional, 'personal', 'document'])
  const base = Object.entries({ ...whole, ...(type === 'ruleset.published.v1' ? stored : {}) })
  serial++
  const event = decoded({
    specversion: '1.0',
    id: id ?? `e-${String(serial).padStart(6, '0')}`,
    source,
    type,
    subject,
    time: timeOf(day),
    recordedat: timeOf(recorded),
    data: JSON.parse(
      JSON.stringify({ ...Object.fromEntries(base.filter(([name]) => !left.has(name))), ...data }),
    ),
  })
  return event as StoredEvent<T> // decoded with that very type
}

const flagId = fc.constantFrom('f1', 'f2', 'f3')
const decisionId = fc.constantFrom('d1', 'd2', 'd3')
const appealId = fc.constantFrom('a1', 'a2')
const grounds = fc.array(flagId, { maxLength: 2 })
const decisionIds = fc.array(decisionId, { maxLength: 2 })
const reason = fc.constantFrom('appeal', 'correction', 'expiry', 'order')
const restriction = fc.constantFrom('suspended', 'terminated')
const until = fc.constantFrom('2025-05-02T00:00:00Z', '2025-05-04T02:00:00+02:00')
const content = fc.constantFrom({ id: '77', kind: 'pin' }, { id: '77', kind: 'board' })
const reversal = { decisionIds, reason, flagsVoided: fc.option(grounds, { nil: undefined }) }

const dataOf: Readonly<Partial<Record<EventType, fc.Arbitrary<Record<string, unknown>>>>> = {
  'flag.raised.v1': fc.record({ flagId }),
  'flag.dismissed.v1': fc.record({ flagId }),
  'flag.rescored.v1': fc.record({ flagId }),
  'content.removed.v1': fc.record({ decisionId, grounds, content }),
  'account.deactivated.v1': fc.record({
    decisionId,
    grounds,
    restriction,
    until: fc.option(until, { nil: undefined }),
  }),
  'decision.changed.v1': fc.record({
    decisionId,
    restriction: fc.option(restriction, { nil: undefined }),
    until: fc.oneof(until, fc.constantFrom(null, undefined)),
  }),
  'content.restored.v1': fc.record(reversal),
  'account.reinstated.v1': fc.record(reversal),
  'notice.sent.v1': fc.record({ decisionId }),
  'appeal.filed.v1': fc.record({ appealId, decisionId }),
  'appeal.decided.v1': fc.record({
    appealId,
    decisionId,
    outcome: fc.constantFrom('upheld', 'reversed', 'modified', 'omitted'),
  }),
  'notice.received.v1': fc.constant({}),
  'order.received.v1': fc.constant({}),
}

/** Any valid event of one account; ids and days come from small pools, so that events interact and conflict. */
const anyEvent = (index: number): fc.Arbitrary<StoredEvent> =>
  fc
    .constantFrom(...Object.entries(dataOf))
    .chain(([type, data]) =>
      fc
        .record({ data, day: fc.integer({ min: 1, max: 4 }), source: fc.constantFrom('/a', '/b') })
        .map(({ data: own, day, source }) =>
          happened(type as EventType, own, { id: `e${index}`, day, source }),
        ),
    )

/** Any history of one account: up to 14 different events, in the order of delivery. */
export const anyHistory: fc.Arbitrary<ReadonlyArray<StoredEvent>> = fc
  .integer({ min: 0, max: 14 })
  .chain((length) => fc.tuple(...Array.from({ length }, (_, index) => anyEvent(index))))
