import { changeCase, changedOf, changes } from '../cases/changed.ts'
import { type Complaint, complaintsOf } from '../cases/complaints.ts'
import { type Decided, decidedOf, type Origin } from '../cases/decided.ts'
import { precision, precisionCases } from '../cases/precision.ts'
import { type Notice, noticesOf, type Order, ordersOf } from '../cases/received.ts'
import type { Case, Section } from '../figures.ts'
import { basis, category, count, kind, means, median, one, type Style, share } from './style.ts'

/** The measures of notices and orders alike. */
const received = [
  count('received', 'received in the period, each id once per account'),
  count('naming_content', 'of these, those that name a piece of content'),
  count('acted_on', 'of these, those acted on by a decision'),
  count('acted_on_law', 'of those acted on, where the decision is based on a law'),
  count('acted_on_terms', 'of those acted on, where the decision is based on the terms and conditions'),
  count('acted_on_unstated', 'of those acted on, where the decision does not say what it is based on'),
  count('acted_on_automatically', 'of those acted on, where the decision was made by fully automated means'),
  median('median_to_action', 'median time from receipt to that decision'),
]

const orders: Section = {
  id: 'orders',
  title: 'Orders from authorities',
  about:
    'Orders by when they were received. An order to act is acted on by the account\u2019s first decision from then on that concerns the content that the order names or, if it names none, that is based on a flag from an authority; no event says which decision follows an order.',
  dimensions: [
    { name: 'order', about: 'act: to act against content or an account; inform: to give information' },
    { name: 'authority', about: 'who issued the order' },
  ],
  measures: received,
  chart: { by: 'authority', measures: ['received', 'acted_on'] },
}

const notices: Section = {
  id: 'notices',
  title: 'Notices',
  about:
    'Notices by when they were received. A notice is acted on by the first decision based on a flag that names it.',
  dimensions: [category, { name: 'notifier', about: 'user or trusted_flagger' }],
  measures: received,
  chart: { by: 'category', measures: ['received', 'acted_on'] },
}

/** The measures of decisions, whatever their origin. */
const measures = (id: string, title: string, about: string): Section => ({
  id,
  title,
  about,
  dimensions: [category, basis],
  measures: [
    count('decisions', 'decisions made in the period, each decision id once per account, by its first event'),
    count('automated_detection', 'of these, those detected by automated means'),
    count('fully_automated', 'of these, those made by automated means alone'),
    count('partially_automated', 'of these, those made in part by automated means'),
    count('not_automated', 'of these, those made by people alone'),
    count('content_removed', 'of these, removals of content'),
    count('account_suspended', 'of these, suspensions of an account, as first decided'),
    count('account_terminated', 'of these, terminations of an account, as first decided'),
  ],
  chart: { by: 'category', measures: ['content_removed', 'account_suspended', 'account_terminated'] },
})

/** Every decision is in one of these three. */
const decisions: Readonly<Record<Origin, Section>> = {
  own_initiative: measures(
    'own_initiative',
    'Measures on own initiative',
    'Decisions without a ground on record that came from a notice or an authority.',
  ),
  notice: measures(
    'on_notice',
    'Measures after a notice',
    'Decisions with a ground that came from a notice of a user or a trusted flagger, and none from an authority.',
  ),
  order: measures(
    'on_order',
    'Measures after an order',
    'Decisions with a ground that came from an authority.',
  ),
}

const complaints: Section = {
  id: 'complaints',
  title: 'Complaints (appeals)',
  about:
    'Filed and pending, by when the appeal was filed; the rest, by when it was answered. So an appeal may be filed in one period and answered in another.',
  dimensions: [category, kind],
  measures: [
    count('filed', 'appeals filed in the period'),
    count('pending', 'of these, those without an answer on record'),
    count('answered', 'appeals answered in the period'),
    count('upheld', 'of these, the decision was upheld'),
    count('reversed', 'of these, the decision was reversed'),
    count('modified', 'of these, the decision was modified'),
    count('omitted', 'of these, the platform did not decide'),
    count('answered_automatically', 'of these, those answered without a person'),
    median(
      'median_to_answer',
      'median time from filing to answer, of those answered whose filing is on record',
    ),
  ],
  chart: { by: 'category', measures: ['upheld', 'reversed', 'modified', 'omitted'] },
}

const automated: Section = {
  id: 'automated_means',
  title: 'Automated means and their possible rate of error',
  about:
    'All decisions made in the period, by how far they were automated. The possible rate of error counts what has been overturned so far: a decision that was never reviewed counts as right, and one that was overturned may have been right.',
  dimensions: [means],
  measures: [
    count('decisions', 'decisions made in the period'),
    count('automated_detection', 'of these, those detected by automated means'),
    count(
      'overturned',
      'of these, those reversed, as known at the sequence, or with a won appeal; the end of a term does not count',
    ),
    count('overturned_appeal', 'of these, on appeal'),
    count('overturned_correction', 'of these, by the platform itself'),
    count('overturned_order', 'of these, by order'),
    share('possible_error_rate', 'overturned decisions over decisions', 'overturned', 'decisions'),
  ],
  chart: { by: 'means', measures: ['overturned_appeal', 'overturned_correction', 'overturned_order'] },
}

/**
 * The measures of the EU's template that events record: Implementing Regulation (EU) 2024/2835 under Articles 15 and 24
 * of Regulation (EU) 2022/2065.
 */
export const dsa: Style = {
  id: 'dsa',
  title: 'Transparency report (EU Digital Services Act)',
  sections: [
    orders,
    notices,
    decisions.own_initiative,
    decisions.notice,
    decisions.order,
    complaints,
    automated,
    changes,
    precision,
  ],
  casesOf: ({ events, record }) => {
    const decided = decidedOf(record)
    return [
      ...ordersOf(events, decided).map(orderCase),
      ...noticesOf(events, decided).map(noticeCase),
      ...decided.flatMap(decisionCases),
      ...complaintsOf(record, decided).flatMap(complaintCases),
      ...changedOf(events, decided).map(changeCase),
      ...precisionCases(events, decided),
    ]
  },
  notCovered: [
    'Out-of-court disputes (Article 21): no event records them.',
    'Suspensions for misuse (Article 23): no event identifies them; all suspensions are counted as measures.',
    'Restrictions of visibility, of payments and of the service short of removal and deactivation: no event records them.',
    'The category of an order: orders do not name one.',
    'Human resources, and monthly active recipients: outside the scope of an enforcement ledger.',
  ],
}

const orderCase = ({ event, ...order }: Order): Case => ({
  section: orders.id,
  at: order.at,
  dimensions: [event.data.kind, event.data.authority],
  amounts: receivedAmounts({ event, ...order }),
})

const noticeCase = ({ event, ...notice }: Notice): Case => ({
  section: notices.id,
  at: notice.at,
  dimensions: [event.data.category, event.data.notifier],
  amounts: receivedAmounts({ event, ...notice }),
})

const receivedAmounts = ({ event, action, msToAction }: Notice | Order): Case['amounts'] => ({
  received: 1,
  naming_content: one(event.data.content !== undefined),
  acted_on: one(action !== null),
  acted_on_law: one(action?.basis === 'law'),
  acted_on_terms: one(action?.basis === 'terms'),
  acted_on_unstated: one(action?.basis === 'unstated'),
  acted_on_automatically: one(action?.means === 'fully_automated'),
  median_to_action: msToAction,
})

const decisionCases = (decided: Decided): ReadonlyArray<Case> => {
  const { decision, overturnedBy, restriction } = decided
  return [
    {
      section: decisions[decided.origin].id,
      at: decision.at,
      dimensions: [decided.category, decided.basis],
      amounts: {
        decisions: 1,
        automated_detection: one(decided.isDetectedAutomatically),
        [decided.means]: 1,
        [restriction]: 1,
      },
    },
    {
      section: automated.id,
      at: decision.at,
      dimensions: [decided.means],
      amounts: {
        decisions: 1,
        automated_detection: one(decided.isDetectedAutomatically),
        overturned: one(overturnedBy !== null),
        ...(overturnedBy === null ? {} : { [`overturned_${overturnedBy}`]: 1 }),
      },
    },
  ]
}

const complaintCases = ({ filedAt, answer, ...complaint }: Complaint): ReadonlyArray<Case> => {
  const at = { section: complaints.id, dimensions: [complaint.category, complaint.kind] }
  const filed =
    filedAt === null ? [] : [{ ...at, at: filedAt, amounts: { filed: 1, pending: one(answer === null) } }]
  if (answer === null) return filed
  return [
    ...filed,
    {
      ...at,
      at: answer.at,
      amounts: {
        answered: 1,
        [answer.outcome]: 1,
        answered_automatically: one(answer.isAutomated),
        median_to_answer: answer.msFromFiling,
      },
    },
  ]
}
