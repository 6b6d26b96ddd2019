import { type Complaint, complaintsOf } from '../cases/complaints.ts'
import { type Decided, decidedOf } from '../cases/decided.ts'
import { precision, precisionCases } from '../cases/precision.ts'
import type { Case, Dimension, Section } from '../figures.ts'
import { category, count, kind, means, median, one, type Style } from './style.ts'

const quarter: Dimension = {
  name: 'quarter',
  about: 'the calendar quarter, in UTC, such as 2025-Q2; only the part of it that is in the period',
}
const policy: Dimension = { ...category, name: 'policy' }

const deactivated: Section = {
  id: 'deactivated',
  title: 'Content and accounts deactivated',
  about: 'By when the decision was made. An account that was deactivated twice counts twice.',
  dimensions: [quarter, policy, means],
  measures: [
    count('content_deactivated', 'removals of content'),
    count('accounts_deactivated', 'suspensions and terminations of accounts'),
  ],
  chart: { by: 'policy', measures: ['content_deactivated', 'accounts_deactivated'] },
}

const appeals: Section = {
  id: 'appeals',
  title: 'Appeals',
  about:
    'Filed by when the appeal was filed; the rest by when it was answered, so an appeal may be filed in one quarter and reviewed in another.',
  dimensions: [quarter, policy, kind, means],
  measures: [
    count('filed', 'appeals filed'),
    count('reviewed', 'appeals answered with a decision: upheld, reversed or modified'),
    count('reviewed_by_people', 'of these, by a person'),
    count('reviewed_automatically', 'of these, without a person'),
    count('upheld', 'of those reviewed, the decision was upheld'),
    count('reversed', 'of those reviewed, the decision was reversed'),
    count('modified', 'of those reviewed, the decision was modified'),
    count('omitted', 'appeals answered without a decision, which are not reviewed'),
    median(
      'median_to_review',
      'median time from filing to answer, of those reviewed whose filing is on record',
    ),
  ],
  chart: { by: 'policy', measures: ['upheld', 'reversed', 'modified'] },
}

const reinstated: Section = {
  id: 'reinstated',
  title: 'Content and accounts reinstated',
  about:
    'By when the decision was reversed: by its first reversal, ignoring the end of its term unless there is no other. A decision counts once, and a proactive reinstatement never counts as a won appeal. Not everything reinstated was a mistake, and much of it was deactivated in an earlier quarter.',
  dimensions: [quarter, policy, kind, means],
  measures: [
    count('after_appeal', 'reinstated, and the reversal names an appeal'),
    count('proactively', 'reinstated, and the reversal is a correction by the platform itself'),
    count('by_order', 'reinstated by order'),
    count('term_served', 'ended because its term ended, with a reversal on record'),
    count(
      'won_not_put_back',
      'an appeal was won (counted at that time), and no reversal that follows from it is on record',
    ),
  ],
  chart: { by: 'quarter', measures: ['after_appeal', 'proactively', 'by_order'] },
}

/** The style of platforms' own reports: by quarter and policy, split by automation. */
export const platform: Style = {
  id: 'platform',
  title: 'Transparency report (platform)',
  sections: [deactivated, appeals, reinstated, precision],
  casesOf: ({ events, record }) => {
    const decided = decidedOf(record)
    return [
      ...decided.flatMap(decisionCases),
      ...complaintsOf(record, decided).flatMap(appealCases),
      ...precisionCases(events, decided),
    ]
  },
  notCovered: [
    'The reach of content before it was deactivated: no event records views.',
    'Suspensions that expired without a reversal on record: the end is a date, not an event.',
  ],
}

/** The quarter of an instant, in UTC. */
export const quarterOf = (at: number): string => {
  const date = new Date(at)
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  return `${year}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`
}

const endings = {
  appeal: 'after_appeal',
  correction: 'proactively',
  order: 'by_order',
  expiry: 'term_served',
  won_not_put_back: 'won_not_put_back',
} as const

const decisionCases = ({ decision, ending, ...decided }: Decided): ReadonlyArray<Case> => {
  const made = {
    section: deactivated.id,
    at: decision.at,
    dimensions: [quarterOf(decision.at), decided.category, decided.means],
    amounts: { [decided.kind === 'content' ? 'content_deactivated' : 'accounts_deactivated']: 1 },
  }
  if (ending === null) return [made]
  return [
    made,
    {
      section: reinstated.id,
      at: ending.at,
      dimensions: [quarterOf(ending.at), decided.category, decided.kind, decided.means],
      amounts: { [endings[ending.by]]: 1 },
    },
  ]
}

const appealCases = ({ filedAt, answer, ...complaint }: Complaint): ReadonlyArray<Case> => {
  const dated = (at: number, amounts: Case['amounts']): Case => ({
    section: appeals.id,
    at,
    dimensions: [quarterOf(at), complaint.category, complaint.kind, complaint.means],
    amounts,
  })
  const filed = filedAt === null ? [] : [dated(filedAt, { filed: 1 })]
  if (answer === null) return filed
  if (answer.outcome === 'omitted') return [...filed, dated(answer.at, { omitted: 1 })]
  return [
    ...filed,
    dated(answer.at, {
      reviewed: 1,
      reviewed_by_people: one(!answer.isAutomated),
      reviewed_automatically: one(answer.isAutomated),
      [answer.outcome]: 1,
      median_to_review: answer.msFromFiling,
    }),
  ]
}
