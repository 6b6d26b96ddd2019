import type { Figure, Figures, Section } from '../figures.ts'
import type { Report, ReportRow, ReportSection } from '../report.ts'
import type { Style } from '../styles/style.ts'
import { figureKey, type Touch, type Touches } from './explain.ts'

const RESTATEMENT_FORMAT = 'redress-restatement-1'

/** A figure that has changed. */
export type FigureChange = {
  readonly section: string
  /** By the name of the dimension; null: the total of the section. */
  readonly dimensions: Readonly<Record<string, string>> | null
  readonly measure: string
  readonly unit: 'count' | 'ms' | 'share'
  readonly before: Figure
  readonly after: Figure
}

export type Difference = FigureChange & {
  /** The later events that affect it, in the order of the ledger; for a count, their changes add up to its change. */
  readonly because: ReadonlyArray<Touch>
}

/** An event that affects a figure. */
export type TouchingEvent = {
  readonly sequence: number
  readonly source: string
  readonly id: string
  readonly type: string
  readonly account: string
  readonly decisionIds: ReadonlyArray<string>
  readonly occurredAt: string
  readonly recordedAt: string
}

/** What a later state of the ledger says about an earlier report, which stays as it is. */
export type Restatement = {
  readonly format: typeof RESTATEMENT_FORMAT
  readonly style: Report['style']
  readonly title: string
  readonly period: Report['period']
  readonly earlier: {
    readonly sequence: number
    /** The hash of the file's bytes. */
    readonly sha256: string
    /** Whether this ledger gives exactly that report at that sequence. */
    readonly isReproduced: boolean
    /** Parts other than figures that differ from what this ledger, or this version of Redress, gives. */
    readonly otherParts: ReadonlyArray<string>
    /** Figures (`before`) that differ from what this ledger gives at that sequence (`after`): no event explains them. */
    readonly unexplained: ReadonlyArray<FigureChange>
  }
  readonly sequence: number
  /** Figures at the earlier sequence (`before`) and at this one (`after`). */
  readonly differences: ReadonlyArray<Difference>
  /** All events that the differences name, in the order of the ledger. */
  readonly events: ReadonlyArray<TouchingEvent>
}

/** What the ledger says now, and what was reported. */
export type RestateInput = {
  readonly style: Style
  /** As it was published, and its file's SHA-256. */
  readonly earlier: Report
  readonly sha256: string
  /** The same period from the ledger, at the earlier sequence and at the later one. */
  readonly recomputed: Report
  readonly later: Report
  readonly touches: Touches
  /** By sequence. */
  readonly events: ReadonlyMap<number, TouchingEvent>
}

export const restatementOf = ({
  style,
  earlier,
  sha256,
  recomputed,
  later,
  touches,
  events,
}: RestateInput): Restatement => {
  const comparable = { ...recomputed, sections: recomputed.sections.filter(({ id }) => tableOf(earlier, id)) }
  const unexplained = changesOf(style, earlier, comparable)
  const otherParts = differingParts(earlier, comparable)
  const differences = changesOf(style, recomputed, later).map((change) => ({
    ...change,
    because: touchesOf(style, change, touches),
  }))
  const named = new Set(differences.flatMap(({ because }) => because.map(({ sequence }) => sequence)))
  return {
    format: RESTATEMENT_FORMAT,
    style: later.style,
    title: later.title,
    period: later.period,
    earlier: {
      sequence: earlier.sequence,
      sha256,
      isReproduced: unexplained.length === 0 && otherParts.length === 0,
      otherParts,
      unexplained,
    },
    sequence: later.sequence,
    differences,
    events: [...named].sort((a, b) => a - b).flatMap((sequence) => events.get(sequence) ?? []),
  }
}

/** The names of the parts, other than figures, in which two reports differ. */
const differingParts = (a: Report, b: Report): ReadonlyArray<string> => {
  const partsOf = ({ sections, ...parts }: Report): Readonly<Record<string, unknown>> => ({
    ...parts,
    sections: sections.map(({ rows, total, ...words }) => words),
  })
  const [one, other] = [partsOf(a), partsOf(b)]
  return Object.keys(other).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]))
}

const changesOf = (style: Style, before: Report, after: Report): ReadonlyArray<FigureChange> =>
  style.sections.flatMap((section) =>
    changesIn(section, tableOf(before, section.id), tableOf(after, section.id)),
  )

const tableOf = ({ sections }: Report, id: string): ReportSection | undefined =>
  sections.find((section) => section.id === id)

const changesIn = (
  section: Section,
  before: ReportSection | undefined,
  after: ReportSection | undefined,
): ReadonlyArray<FigureChange> => {
  const [old, now] = [rowsByKey(section, before), rowsByKey(section, after)]
  const keys = [...new Set([...now.keys(), ...old.keys()])]
  return [
    ...keys.flatMap((key) => {
      const dimensions = (now.get(key) ?? old.get(key))?.dimensions ?? {}
      return changesBetween(section, dimensions, old.get(key)?.figures, now.get(key)?.figures)
    }),
    ...changesBetween(section, null, before?.total, after?.total),
  ]
}

const rowsByKey = (section: Section, tabled: ReportSection | undefined): ReadonlyMap<string, ReportRow> =>
  new Map((tabled?.rows ?? []).map((row) => [valuesOf(section, row.dimensions).join('\n'), row]))

const valuesOf = (section: Section, dimensions: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  section.dimensions.map(({ name }) => dimensions[name] ?? '')

/** A missing row has counts of 0. */
const changesBetween = (
  section: Section,
  dimensions: FigureChange['dimensions'],
  old: Figures | undefined,
  now: Figures | undefined,
): ReadonlyArray<FigureChange> =>
  section.measures.flatMap(({ name, unit }) => {
    const none = unit === 'count' ? 0 : null
    const [before, after] = [old?.[name] ?? none, now?.[name] ?? none]
    return before === after ? [] : [{ section: section.id, dimensions, measure: name, unit, before, after }]
  })

/** A share is affected by whatever affects the two counts that it is computed from. */
const touchesOf = (style: Style, change: FigureChange, touches: Touches): ReadonlyArray<Touch> => {
  const section = style.sections.find(({ id }) => id === change.section)
  const measure = section?.measures.find(({ name }) => name === change.measure)
  if (section === undefined || measure === undefined) return []
  const values = change.dimensions === null ? null : valuesOf(section, change.dimensions)
  const of = (name: string) => touches.get(figureKey(section.id, values, name)) ?? []
  if (measure.unit !== 'share') return of(measure.name)
  const sequences = new Set([...of(measure.of), ...of(measure.over)].map(({ sequence }) => sequence))
  return [...sequences].sort((a, b) => a - b).map((sequence) => ({ sequence, change: null }))
}
