import { compareUtf8 } from '../../domain/order.ts'
import { confidenceSequence } from '../../foundation/statistics/confidence-sequence.ts'

/** How a figure is computed from cases. */
export type Measure = {
  readonly name: string
  readonly about: string
} & (
  | { readonly unit: 'count' }
  /** The median of the cases' times; for an even number, the mean of the two in the middle. */
  | { readonly unit: 'ms' }
  /** One count divided by another; or an end of where the true share lies, by the confidence sequence at 95 %. */
  | { readonly unit: 'share'; readonly of: string; readonly over: string; readonly end?: 'low' | 'high' }
)

export type Dimension = { readonly name: string; readonly about: string }

/** A table of a report: a row for each combination of its dimensions that has a case, and a total. */
export type Section = {
  readonly id: string
  readonly title: string
  readonly about: string
  readonly dimensions: ReadonlyArray<Dimension>
  readonly measures: ReadonlyArray<Measure>
  /** The table was added later: older reports of the same format do not have it. */
  readonly isAddition?: true
  /** What its chart shows: counts, by one of the dimensions. */
  readonly chart: { readonly by: string; readonly measures: ReadonlyArray<string> }
}

/** One thing that is counted, with its date, which decides its period whatever the report. */
export type Case = {
  readonly section: string
  /** In ms. */
  readonly at: number
  /** In the order of the section's dimensions. */
  readonly dimensions: ReadonlyArray<string>
  /** By measure: a number, or a time in ms; null: it has none. Shares have no amounts of their own. */
  readonly amounts: Readonly<Record<string, number | null>>
}

/** A figure; null: there is no case to compute it from. */
export type Figure = number | null
export type Figures = Readonly<Record<string, Figure>>

type FigureRow = { readonly dimensions: ReadonlyArray<string>; readonly figures: Figures }

/** A section's figures; the rows are sorted by dimensions. */
type Tabled = { readonly rows: ReadonlyArray<FigureRow>; readonly total: Figures }

/** The sums of the cases of one row, or of all. */
type Sums = {
  readonly counts: Readonly<Record<string, number>>
  readonly times: Readonly<Record<string, ReadonlyArray<number>>>
}

type Amounts = { readonly counts: Record<string, number>; readonly times: Record<string, number[]> }

/** Adds up cases, separately for each section. */
export type TallyFigure = {
  readonly add: (one: Case) => void
  readonly tabled: (section: Section) => Tabled
}

export const startTally = (sections: ReadonlyArray<Section>): TallyFigure => {
  const rows = new Map(
    sections.map(({ id }) => [
      id,
      new Map<string, { dimensions: ReadonlyArray<string>; amounts: Amounts }>(),
    ]),
  )
  const measures = new Map(sections.map((section) => [section.id, section.measures]))
  return {
    add: (one) => {
      const key = keyOf(one.dimensions)
      const own = rows.get(one.section)
      if (own === undefined) throw new TypeError(`no such section: ${one.section}`)
      const known = own.get(key) ?? {
        dimensions: one.dimensions,
        amounts: none(measures.get(one.section) ?? []),
      }
      own.set(key, known)
      for (const [measure, amount] of Object.entries(one.amounts)) {
        if (amount === null) continue
        const times = known.amounts.times[measure]
        if (times === undefined) known.amounts.counts[measure] = (known.amounts.counts[measure] ?? 0) + amount
        else times.push(amount)
      }
    },
    tabled: ({ id, measures: own }) => {
      const tabled = [...(rows.get(id)?.values() ?? [])].sort((a, b) =>
        compareLists(a.dimensions, b.dimensions),
      )
      const total = none(own)
      for (const { amounts } of tabled) addTo(total, amounts)
      return {
        rows: tabled.map(({ dimensions, amounts }) => ({ dimensions, figures: figuresOf(own, amounts) })),
        total: figuresOf(own, total),
      }
    },
  }
}

/** Dimensions as one text; none of them contains a line break (they are ids, lines, or words of ours). */
export const keyOf = (dimensions: ReadonlyArray<string>): string => dimensions.join('\n')

const none = (measures: ReadonlyArray<Measure>): Amounts => ({
  counts: Object.fromEntries(measures.flatMap(({ name, unit }) => (unit === 'count' ? [[name, 0]] : []))),
  times: Object.fromEntries(measures.flatMap(({ name, unit }) => (unit === 'ms' ? [[name, []]] : []))),
})

const addTo = (total: Amounts, { counts, times }: Sums): void => {
  for (const [name, count] of Object.entries(counts)) total.counts[name] = (total.counts[name] ?? 0) + count
  for (const [name, list] of Object.entries(times)) for (const ms of list) total.times[name]?.push(ms)
}

const figuresOf = (measures: ReadonlyArray<Measure>, sums: Sums): Figures =>
  Object.fromEntries(measures.map((measure) => [measure.name, figureOf(measure, sums)]))

const figureOf = (measure: Measure, { counts, times }: Sums): Figure => {
  switch (measure.unit) {
    case 'count':
      return counts[measure.name] ?? 0
    case 'ms':
      return medianOf(times[measure.name] ?? [])
    case 'share':
      return shareOf(counts[measure.of] ?? 0, counts[measure.over] ?? 0, measure.end)
  }
}

/** The median; for an even number, the mean of the two in the middle; null if there are no values. */
export const medianOf = (values: ReadonlyArray<number>): Figure => {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

const shareOf = (part: number, whole: number, end: 'low' | 'high' | undefined): Figure => {
  if (whole === 0) return null
  return end === undefined
    ? part / whole
    : confidenceSequence({ successes: part, failures: whole - part })[end]
}

/** Compares lists of texts element by element, by their UTF-8 bytes. */
const compareLists = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): number => {
  for (const [i, text] of a.entries()) {
    const order = compareUtf8(text, b[i] ?? '')
    if (order !== 0) return order
  }
  return a.length - b.length
}
