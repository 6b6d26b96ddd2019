import { LineChart, type LineSeriesOption } from 'echarts/charts'
import {
  GridComponent,
  type GridComponentOption,
  MarkLineComponent,
  type MarkLineComponentOption,
} from 'echarts/components'
import { type ComposeOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { withoutHooks } from '../../foundation/text/svg.ts'
import { classesShown, type SweepReport } from './report.ts'

use([LineChart, GridComponent, MarkLineComponent, SVGRenderer])

type ChartOption = ComposeOption<LineSeriesOption | GridComponentOption | MarkLineComponentOption>

const WIDTH = 720
const PANEL = 130
const [TOP, BOTTOM, LEFT, RIGHT] = [34, 14, 90, 60]
/** Below the last panel: the thresholds, and what they are compared with. */
const FOOT = 40
const TEXT = { color: '#222222', fontSize: 13, fontFamily: 'sans-serif' }
const LINE = '#0072b2'
const MARK = '#d55e00'

/**
 * A sweep as SVG, a panel for each class, over the same thresholds; each has its own scale, because upheld decisions are far
 * more than others. The same bytes for the same report.
 */
export const sweepSvg = (report: SweepReport): string => {
  const classes = classesShown(report)
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: classes.length * PANEL + FOOT,
  })
  try {
    chart.setOption(optionOf(report, classes))
    // The ids of clip paths have a number that grows with the life of the process.
    return `${withoutHooks(chart.renderToSVGString()).replaceAll(/\bzr\d+-/g, '')}\n`
  } finally {
    chart.dispose()
  }
}

const optionOf = (
  { rule, comparison, steps }: SweepReport,
  classes: ReturnType<typeof classesShown>,
): ChartOption => {
  const current = steps.find(({ isCurrent }) => isCurrent)?.threshold ?? ''
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: TEXT,
    grid: classes.map((_, panel) => ({
      top: panel * PANEL + TOP,
      height: PANEL - TOP - BOTTOM,
      left: LEFT,
      right: RIGHT,
      outerBoundsMode: 'none',
    })),
    xAxis: classes.map((_, panel) => {
      const isLast = panel === classes.length - 1
      return {
        gridIndex: panel,
        type: 'value',
        min: 'dataMin',
        max: 'dataMax',
        axisLabel: { ...TEXT, show: isLast },
        axisTick: { show: isLast },
        splitLine: { show: false },
        ...(isLast
          ? { name: `${rule}: ${comparison}`, nameLocation: 'middle', nameGap: 28, nameTextStyle: TEXT }
          : {}),
      }
    }),
    yAxis: classes.map((cls, panel) => ({
      gridIndex: panel,
      type: 'value',
      min: 0,
      minInterval: 1,
      splitNumber: 2,
      name: cls,
      nameTextStyle: { ...TEXT, fontWeight: 'bold', align: 'left' },
      axisLabel: TEXT,
      splitLine: { lineStyle: { color: '#dddddd' } },
    })),
    series: classes.map((cls, panel) => ({
      type: 'line',
      xAxisIndex: panel,
      yAxisIndex: panel,
      // A count holds up to the next threshold that was tried.
      step: 'end',
      silent: true,
      symbol: 'none',
      lineStyle: { color: LINE, width: 2 },
      data: steps.map(({ threshold, classes: counts }) => [Number(threshold), counts[cls]]),
      markLine: {
        silent: true,
        symbol: 'none',
        lineStyle: { color: MARK, type: 'dashed' },
        label: { ...TEXT, color: MARK, show: panel === 0, formatter: `now ${current}` },
        data: [{ xAxis: Number(current) }],
      },
    })),
  }
}
