import { BarChart, type BarSeriesOption } from 'echarts/charts'
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
} from 'echarts/components'
import { type ComposeOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { greatest } from '../../../foundation/extremes.ts'
import { safeText } from '../../../foundation/text/safe-text.ts'
import { withoutHooks } from '../../../foundation/text/svg.ts'
import { widthOf } from '../../../foundation/text/text-width.ts'
import type { Section } from '../figures.ts'
import type { ReportSection } from '../report.ts'
import { wordsOf } from './show.ts'

use([BarChart, GridComponent, LegendComponent, SVGRenderer])

type ChartOption = ComposeOption<BarSeriesOption | GridComponentOption | LegendComponentOption>

const WIDTH = 720
const BAR = 28
/** At most this many bars are drawn; the rest are in the table. */
const MOST_BARS = 15
const NAME_LENGTH = 24
/** Okabe and Ito's colours, which the colour-blind can tell apart, darkest first: they also differ in grey. */
const COLOURS = ['#0072b2', '#e69f00', '#56b4e9', '#d55e00']
const FONT_SIZE = 13
/** In the page's own colours, light or dark as the reader has set. */
const TEXT = { color: 'currentColor', fontSize: FONT_SIZE, fontFamily: 'sans-serif' }
const PAPER = 'Canvas'
const LINE = '#88888866'
/** Between a text and what is next to it. */
const GAP = 8

/** A chart's bars, longest first: a name, and a count for each of the chart's measures. */
export type Bars = {
  readonly measures: ReadonlyArray<string>
  readonly bars: ReadonlyArray<{ readonly name: string; readonly counts: ReadonlyArray<number> }>
  readonly leftOut: number
}

/** Sums a section's rows by the dimension that its chart shows. */
export const barsOf = ({ rows }: ReportSection, { by, measures }: Section['chart']): Bars => {
  const sums = new Map<string, ReadonlyArray<number>>()
  for (const { dimensions, figures } of rows) {
    const name = dimensions[by] ?? ''
    const known = sums.get(name)
    sums.set(
      name,
      measures.map((measure, i) => (known?.[i] ?? 0) + (figures[measure] ?? 0)),
    )
  }
  const bars = Array.from(sums, ([name, counts]) => ({ name, counts }))
  // Every quarter is drawn, in chronological order.
  if (by === 'quarter') return { measures, bars, leftOut: 0 }
  const sorted = bars.toSorted((a, b) => sumOf(b.counts) - sumOf(a.counts))
  return { measures, bars: sorted.slice(0, MOST_BARS), leftOut: Math.max(0, sorted.length - MOST_BARS) }
}

const sumOf = (counts: ReadonlyArray<number>): number => counts.reduce((sum, n) => sum + n, 0)

/**
 * Horizontal bars as SVG, several measures stacked; the same bytes for the same figures. `titleId` is the id of the
 * element that names the chart, `description` (escaped for XML) says what it shows.
 */
export const chartSvg = ({ measures, bars }: Bars, titleId: string, description: string): string => {
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: bars.length * BAR * (isStacked(measures) ? 1 : 1.5) + 80,
  })
  const titles = measures.map((measure) => wordsOf(measure))
  const names = bars.map(({ name }) => measurable(shortened(safeText(name))))
  const counts = bars.flatMap((bar) => bar.counts).map(labelText)
  try {
    const option: ChartOption = {
      animation: false,
      color: COLOURS,
      textStyle: TEXT,
      // ECharts assumes a narrow font: in a wide one the legend's texts would overlap.
      legend: { top: 0, left: 0, itemGap: Math.ceil(widest(titles) / 3), textStyle: TEXT, data: titles },
      grid: {
        top: 36,
        left: 2 * GAP + widest(names),
        right: 2 * GAP + widest(counts),
        bottom: 28,
        outerBoundsMode: 'none',
      },
      xAxis: {
        type: 'value',
        minInterval: 1,
        splitNumber: 4,
        axisLabel: TEXT,
        splitLine: { lineStyle: { color: LINE } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        axisLabel: { ...TEXT, interval: 0 },
        axisLine: { show: false },
        axisTick: { show: false },
        data: names,
      },
      series: measures.map((measure, i) => ({
        type: 'bar',
        name: wordsOf(measure),
        ...(isStacked(measures) ? { stack: 'all' } : {}),
        silent: true,
        emphasis: { disabled: true },
        itemStyle: { borderColor: PAPER, borderWidth: 1 },
        ...(isStacked(measures)
          ? {}
          : {
              label: {
                show: true,
                position: 'right',
                formatter: ({ value }) => labelText(Number(value)),
                ...TEXT,
              },
            }),
        data: bars.map(({ counts }) => counts[i] ?? 0),
      })),
    }
    chart.setOption(option)
    return standalone(chart.renderToSVGString(), titleId, description)
  } finally {
    chart.dispose()
  }
}

const labelText = (value: number): string => value.toLocaleString('en-US')

/** What was acted on is part of what was received, so these two are drawn side by side. */
const isStacked = (measures: ReadonlyArray<string>): boolean => !measures.includes('received')

/**
 * The greatest width of some texts in the widest fonts that browsers use for sans-serif: the font is not known in
 * advance, and a text that is too wide would be clipped.
 */
const widest = (texts: ReadonlyArray<string>): number =>
  Math.ceil(
    greatest([0, ...texts.map((text) => [...text].reduce((sum, each) => sum + emsOf(each), 0))]) * FONT_SIZE,
  )

const emsOf = (character: string): number =>
  /[ijlIftr.,:;!|'()[\]-]/.test(character)
    ? 0.45
    : /[a-ln-vx-z0-9_ ]/.test(character)
      ? 0.65
      : /[A-LN-VX-Z]/.test(character)
        ? 0.8
        : // Also m, w and the characters of wide scripts.
          Math.max(1, 0.6 * widthOf(character))

const shortened = (name: string): string => {
  const characters = [...name]
  return characters.length > NAME_LENGTH ? `${characters.slice(0, NAME_LENGTH - 1).join('')}\u2026` : name
}

/**
 * A label that the chart library can measure safely: it caches widths in a plain object by text, so `__proto__` would
 * pollute the prototype of all objects in the process, and `constructor` their constructor.
 */
const measurable = (label: string): string => (label in Object.prototype ? `${label}\u00a0` : label)

/** An SVG for a page that has others, with the title that a screen reader announces. */
const standalone = (svg: string, titleId: string, description: string): string =>
  withoutHooks(svg).replace(
    /<svg ([^>]*)>/,
    (_, attributes: string) =>
      `<svg role="img" aria-labelledby="${titleId}" aria-describedby="${titleId}-shows" ${attributes}>\n<desc id="${titleId}-shows">${description}</desc>`,
  )
