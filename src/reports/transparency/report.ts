import { comparePlaces, compareUtf8, placeOf } from '../../domain/order.ts'
import { formatInstant, instantOf, type Timestamp } from '../../domain/time.ts'
import type { Case, Dimension, Figures, Section, TallyFigure } from './figures.ts'
import type { Publication } from './read.ts'
import type { Style, StyleId } from './styles/style.ts'

export const FORMAT = 'redress-transparency-1'

/** Instants in ms; `to` is exclusive. */
export type Period = { readonly from: number; readonly to: number }

/** A version of a ruleset that was published by the sequence. */
export type ReportedRuleset = {
  readonly id: string
  readonly version: string
  readonly effectiveFrom: string
  /** The hash of the document in canonical form (RFC 8785). */
  readonly sha256: string
}

export type ReportMeasure = {
  readonly name: string
  readonly unit: 'count' | 'ms' | 'share'
  readonly about: string
}

export type ReportRow = {
  /** By the name of the dimension. */
  readonly dimensions: Readonly<Record<string, string>>
  /** By the name of the measure. */
  readonly figures: Figures
}

export type ReportSection = {
  readonly id: string
  readonly title: string
  readonly about: string
  readonly dimensions: ReadonlyArray<Dimension>
  readonly measures: ReadonlyArray<ReportMeasure>
  readonly rows: ReadonlyArray<ReportRow>
  readonly total: Figures
}

/** A transparency report: a pure function of the events up to its sequence, the style and the period. */
export type Report = {
  readonly format: typeof FORMAT
  readonly style: StyleId
  readonly title: string
  readonly sequence: number
  readonly period: { readonly from: Timestamp; readonly to: Timestamp; readonly rule: string }
  readonly rulesets: ReadonlyArray<ReportedRuleset>
  readonly definitions: ReadonlyArray<{ readonly term: string; readonly meaning: string }>
  readonly notCovered: ReadonlyArray<string>
  readonly sections: ReadonlyArray<ReportSection>
}

const PERIOD_RULE =
  'An event belongs to the period if it happened (its time, not when the ledger recorded it) at "from" or later and before "to", in UTC. Only what the ledger contains up to the sequence is counted; what arrived later is in a later report or a restatement.'

const definitions: Report['definitions'] = [
  {
    term: 'sequence',
    meaning:
      'The number of events in the ledger up to and including the last one that was counted. The same ledger gives the same report at the same sequence, byte for byte.',
  },
  {
    term: 'decision',
    meaning:
      'A removal of content or a deactivation of an account. It counts once per account, by the first event with its decision id, as first decided.',
  },
  {
    term: 'overturned',
    meaning:
      'Reversed, in whatever period, as known at the sequence: by the reason of the first reversal other than the end of its term; or an appeal against it was won, even if it has not been reversed yet.',
  },
  {
    term: 'median',
    meaning:
      'The value in the middle; for an even number of cases, the mean of the two in the middle; without cases, none. In milliseconds in json and csv, in hours in html and md.',
  },
  { term: 'no case', meaning: 'Without cases a count is 0, and a median or a share has no value.' },
  {
    term: 'adding up',
    meaning:
      'Counts of consecutive periods add up to those of the whole; medians and shares do not. A total counts every case of its table once.',
  },
]

/** Whether a case belongs to a period. */
export const isWithin =
  ({ from, to }: Period) =>
  ({ at }: Pick<Case, 'at'>): boolean =>
    at >= from && at < to

export const reportOf = (
  style: Style,
  period: Period,
  sequence: number,
  publications: ReadonlyArray<Publication>,
  tally: TallyFigure,
): Report => ({
  format: FORMAT,
  style: style.id,
  title: style.title,
  sequence,
  period: { from: formatInstant(period.from), to: formatInstant(period.to), rule: PERIOD_RULE },
  rulesets: rulesetsOf(publications),
  definitions,
  notCovered: style.notCovered,
  sections: style.sections.map((section) => sectionOf(section, tally)),
})

const sectionOf = (section: Section, tally: TallyFigure): ReportSection => {
  const { id, title, about, dimensions } = section
  const { rows, total } = tally.tabled(section)
  const measures = section.measures.map(({ name, unit, about: meaning }) => ({ name, unit, about: meaning }))
  return {
    id,
    title,
    about,
    dimensions,
    measures,
    rows: rows.map((row) => ({
      dimensions: Object.fromEntries(dimensions.map(({ name }, i) => [name, row.dimensions[i] ?? ''])),
      figures: row.figures,
    })),
    total,
  }
}

/** The first publication of each version, by ruleset and then in the order of replay. */
const rulesetsOf = (publications: ReadonlyArray<Publication>): ReadonlyArray<ReportedRuleset> => {
  const ordered = publications
    .map(({ event }) => event)
    .sort((a, b) => compareUtf8(a.subject, b.subject) || comparePlaces(placeOf(a), placeOf(b)))
  const first = new Map<string, ReportedRuleset>()
  for (const { data } of ordered) {
    const { id, version } = data.ruleset
    const key = `${id} ${version}`
    if (first.has(key)) continue
    const effectiveFrom = formatInstant(instantOf(data.effectiveFrom))
    first.set(key, { id, version, effectiveFrom, sha256: data.documentSha256 })
  }
  return [...first.values()]
}
