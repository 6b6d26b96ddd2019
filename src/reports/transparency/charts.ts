import { BarChart, type BarSeriesOption } from 'echarts/charts'
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
} from 'echarts/components'
import { type ComposeOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { safeText } from '../../foundation/safe-text.ts'
import type { Section } from './figures.ts'
import type { ReportSection } from './report.ts'
import { wordsOf } from './show.ts'

use([BarChart, GridComponent, LegendComponent, SVGRenderer])

type ChartOption = ComposeOption<BarSeriesOption | GridComponentOption | LegendComponentOption>

const WIDTH = 720
const BAR = 28
/** So many bars are drawn; the rest are in the table. */
const MOST_BARS = 15
const NAME_LENGTH = 24
/** Okabe and Ito's colours that differ for the colour-blind, darkest first: they differ in grey as well. */
const COLOURS = ['#0072b2', '#e69f00', '#56b4e9', '#d55e00']
const TEXT = { color: '#1a1a1a', fontSize: 13, fontFamily: 'sans-serif' }

/** A chart's bars, the longest first: a name, and a count for each of the chart's measures. */
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
  // Every quarter is drawn, in the order of time.
  if (by === 'quarter') return { measures, bars, leftOut: 0 }
  const sorted = bars.toSorted((a, b) => longest(b.counts) - longest(a.counts))
  return { measures, bars: sorted.slice(0, MOST_BARS), leftOut: Math.max(0, sorted.length - MOST_BARS) }
}

const longest = (counts: ReadonlyArray<number>): number => counts.reduce((sum, n) => sum + n, 0)

/**
 * Horizontal bars, those of several measures one behind the other, as SVG; the same bytes for the same figures. `titleId`
 * is of the element that names the chart, `description` (escaped for XML) says what it shows.
 */
export const chartSvg = ({ measures, bars }: Bars, titleId: string, description: string): string => {
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: bars.length * BAR * (isStacked(measures) ? 1 : 1.5) + 80,
  })
  try {
    const option: ChartOption = {
      animation: false,
      color: COLOURS,
      textStyle: TEXT,
      legend: { top: 0, left: 0, textStyle: TEXT, data: measures.map((measure) => wordsOf(measure)) },
      grid: { top: 36, left: 8, right: 48, bottom: 8, outerBoundsMode: 'same' },
      xAxis: {
        type: 'value',
        minInterval: 1,
        axisLabel: TEXT,
        splitLine: { lineStyle: { color: '#d0d0d0' } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        axisLabel: { ...TEXT, interval: 0 },
        axisLine: { show: false },
        axisTick: { show: false },
        data: bars.map(({ name }) => measurable(shortened(safeText(name)))),
      },
      series: measures.map((measure, i) => ({
        type: 'bar',
        name: wordsOf(measure),
        ...(isStacked(measures) ? { stack: 'all' } : {}),
        silent: true,
        emphasis: { disabled: true },
        itemStyle: { borderColor: '#ffffff', borderWidth: 1 },
        ...(isStacked(measures)
          ? {}
          : { label: { show: true, position: 'right', formatter: labelText, ...TEXT } }),
        data: bars.map(({ counts }) => counts[i] ?? 0),
      })),
    }
    chart.setOption(option)
    return standalone(chart.renderToSVGString(), titleId, description)
  } finally {
    chart.dispose()
  }
}

const labelText = ({ value }: { readonly value: unknown }): string => Number(value).toLocaleString('en-US')

/** What was received and what was acted on is one a part of the other: those stand beside each other. */
const isStacked = (measures: ReadonlyArray<string>): boolean => !measures.includes('received')

const shortened = (name: string): string => {
  const characters = [...name]
  return characters.length > NAME_LENGTH ? `${characters.slice(0, NAME_LENGTH - 1).join('')}\u2026` : name
}

/**
 * A label that the chart's library can measure: it keeps widths in a plain object by their text, so for `__proto__` it
 * would write into what all objects of the process inherit, and for `constructor` into what makes them.
 */
const measurable = (label: string): string => (label in Object.prototype ? `${label}\u00a0` : label)

/**
 * An SVG to stand in a page that has others: without what a script in the page would need, which is numbered through
 * the life of the process, and with the title by which a screen reader calls it.
 */
const standalone = (svg: string, titleId: string, description: string): string =>
  svg
    .replaceAll(/ (?:class="zr[^"]*"|ecmeta_[a-z_]+="[^"]*")/g, '')
    .replace(/<style\s*>.*?<\/style>\s*/s, '')
    .replace(
      /<svg ([^>]*)>/,
      (_, attributes: string) =>
        `<svg role="img" aria-labelledby="${titleId}" aria-describedby="${titleId}-shows" ${attributes}>\n<desc id="${titleId}-shows">${description}</desc>`,
    )
