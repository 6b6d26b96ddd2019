import fc from 'fast-check'
import type { StoredEvent } from '../../../src/domain/event.ts'
import type { HistoryEvent } from '../../../src/projection/events/read.ts'
import { orderedOf } from '../../../src/projection/fold.ts'
import { startTally } from '../../../src/reports/transparency/figures.ts'
import { addAccount } from '../../../src/reports/transparency/make.ts'
import { type Period, type Report, reportOf } from '../../../src/reports/transparency/report.ts'
import { styles } from '../../../src/reports/transparency/styles/index.ts'
import type { StyleId } from '../../../src/reports/transparency/styles/style.ts'
import { happened } from '../../domain/happenings.ts'

export const DAY = 86_400_000
/** The instant of a day of May 2025. */
export const may = (day: number): number => Date.UTC(2025, 4, 1) + (day - 1) * DAY
export const wholeMay: Period = { from: may(1), to: may(32) }

/** Events as a ledger stores them if it recorded them in this order. */
export const ledgerOf = (events: ReadonlyArray<StoredEvent>): ReadonlyArray<HistoryEvent> =>
  events.map((event, i) => ({ sequence: i + 1, accountNo: 0, event }))

/** The accounts of a ledger, up to a sequence. */
export const accountsIn = (
  ledger: ReadonlyArray<HistoryEvent>,
  sequence: number,
): ReadonlyArray<ReadonlyArray<HistoryEvent>> => [
  ...Map.groupBy(
    ledger.filter((each) => each.sequence <= sequence),
    ({ event }) => event.subject,
  ).values(),
]

/** The report of events, as known at a sequence (all of them). */
export const reportOn = (
  style: StyleId,
  events: ReadonlyArray<StoredEvent>,
  period: Period = wholeMay,
  sequence = events.length,
): Report => {
  const tally = startTally(styles[style].sections)
  for (const account of accountsIn(ledgerOf(events), sequence)) {
    addAccount(tally, styles[style], period, orderedOf(account))
  }
  return reportOf(styles[style], period, sequence, [], tally)
}

export const sectionOf = (report: Report, id: string): Report['sections'][number] => {
  const section = report.sections.find((each) => each.id === id)
  if (section === undefined) throw new Error(`no section ${id}`)
  return section
}

/** A row's figures that are not 0 or missing, by `dimension/dimension measure`; and the total's. */
export const figuresIn = (report: Report, id: string): Readonly<Record<string, number>> => {
  const { rows, total } = sectionOf(report, id)
  const named = [...rows.map((row) => [Object.values(row.dimensions).join('/'), row.figures] as const)]
  return Object.fromEntries(
    [...named, ['total', total] as const].flatMap(([name, figures]) =>
      Object.entries(figures).flatMap(([measure, figure]) =>
        figure === null || figure === 0 ? [] : [[`${name} ${measure}`, figure]],
      ),
    ),
  )
}

const account = fc.constantFrom('u1', 'u2', 'u3')
const day = fc
  .integer({ min: 1, max: 31 * 24 })
  .map((hour) => new Date(may(1) + hour * 3_600_000).toISOString())
const flagId = fc.constantFrom('f1', 'f2', 'f3')
/** One of them is in the audit sample: see `audit-sample.test.ts`. */
const decisionId = fc.constantFrom('d1', 'd2', 'd-12')
const appealId = fc.constantFrom('a1', 'a2')
const noticeId = fc.constantFrom('n1', 'n2')
const category = fc.constantFrom('spam', 'adult_content')
const content = fc.constantFrom({ id: '1', kind: 'pin' }, { id: '2', kind: 'pin' })
const reviewer = fc.constantFrom({ kind: 'human', id: 'r1' }, { kind: 'automated', id: 'bot' })
const maybe = <A>(value: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> => fc.option(value, { nil: undefined })
const decision = {
  decisionId,
  category,
  grounds: fc.uniqueArray(flagId, { maxLength: 2 }),
  automation: fc.record({
    detection: fc.boolean(),
    decision: fc.constantFrom('fully', 'partially', 'not'),
  }),
  basis: maybe(
    fc.record({ kind: fc.constantFrom('law', 'terms'), reference: fc.constantFrom('s. 1', '=s. 2') }),
  ),
}
const reversal = {
  decisionIds: fc.uniqueArray(decisionId, { minLength: 1, maxLength: 2 }),
  reason: fc.constantFrom('appeal', 'correction', 'expiry', 'order'),
}
const outcome = fc.constantFrom('upheld', 'reversed', 'modified', 'omitted')

const data = fc.oneof(
  fc.record({
    type: fc.constant('flag.raised.v1' as const),
    data: fc.record({
      flagId,
      noticeId: maybe(noticeId),
      source: fc.constantFrom('own_initiative', 'user_notice', 'trusted_flagger', 'authority'),
      content: maybe(content),
    }),
  }),
  fc.record({
    type: fc.constant('content.removed.v1' as const),
    data: fc.record({ ...decision, content }),
  }),
  fc.record({
    type: fc.constant('account.deactivated.v1' as const),
    data: fc.record({ ...decision, restriction: fc.constantFrom('suspended', 'terminated') }),
  }),
  fc.record({
    type: fc.constant('decision.changed.v1' as const),
    data: fc.record({
      decisionId,
      reason: fc.constantFrom('appeal', 'correction', 'order'),
      restriction: maybe(fc.constantFrom('suspended', 'terminated')),
      until: maybe(fc.constantFrom('2025-05-20T00:00:00Z', '2025-06-20T00:00:00Z', null)),
    }),
  }),
  fc.record({ type: fc.constant('content.restored.v1' as const), data: fc.record(reversal) }),
  fc.record({ type: fc.constant('account.reinstated.v1' as const), data: fc.record(reversal) }),
  fc.record({
    type: fc.constant('appeal.filed.v1' as const),
    data: fc.record({ appealId, decisionId }),
  }),
  fc.record({
    type: fc.constant('appeal.decided.v1' as const),
    data: fc.record({ appealId, decisionId, outcome, reviewer }),
  }),
  fc.record({
    type: fc.constant('decision.audited.v1' as const),
    data: fc.record({ decisionId, verdict: fc.constantFrom('right', 'wrong', 'unsure') }),
  }),
  fc.record({
    type: fc.constant('notice.received.v1' as const),
    data: fc.record({
      noticeId,
      category,
      notifier: fc.constantFrom('user', 'trusted_flagger'),
      content: maybe(content),
    }),
  }),
  fc.record({
    type: fc.constant('order.received.v1' as const),
    data: fc.record({
      orderId: fc.constantFrom('o1', 'o2'),
      authority: fc.constantFrom('=HYPERLINK("x"), <b>', 'a court'),
      kind: fc.constantFrom('act', 'inform'),
      content: maybe(content),
    }),
  }),
)

/** Events of three accounts in May 2025, in the order in which a ledger recorded them; ids match and clash. */
export const someEvents: fc.Arbitrary<ReadonlyArray<StoredEvent>> = fc
  .array(fc.record({ subject: account, day, of: data }), { minLength: 5, maxLength: 60, size: 'max' })
  .map((drafts) =>
    drafts.map(({ subject, day: at, of }, i) =>
      happened(of.type, of.data, { id: `e${i}`, subject, day: at }),
    ),
  )

export const anyStyle: fc.Arbitrary<StyleId> = fc.constantFrom('dsa', 'platform')
