import { countOf } from '../../foundation/text/count-of.ts'
import { meaningOf } from '../../replay/result/meanings.ts'
import { classesShown, type ReportedStep, type SweepReport } from '../../replay/sweep/report.ts'
import { format, type TableColumn, table } from '../table.ts'
import { leftOutLines, rulesName, windowLines } from './report.ts'
import { plotLines } from './sweep-plot.ts'

/** A sweep for people: what was tried, a table and a plot of at most `width` columns. */
export const sweepLines = (report: SweepReport, width: number): ReadonlyArray<string> => {
  const { ruleset, rule, comparison, steps } = report
  const classes = classesShown(report)
  const columns: ReadonlyArray<TableColumn<ReportedStep>> = [
    { title: '', cell: ({ isCurrent }) => (isCurrent ? 'now' : '') },
    { title: 'threshold', align: 'right', cell: ({ threshold }) => threshold },
    ...classes.map(
      (cls): TableColumn<ReportedStep> => ({
        title: cls,
        align: 'right',
        cell: (step) => step.classes[cls],
      }),
    ),
  ]
  const at = steps.findIndex(({ isCurrent }) => isCurrent)
  return [
    `Sweep of ${rulesName(ruleset)}, ledger at sequence ${format(report.sequence)}`,
    `${rule}: ${comparison} each threshold`,
    ...windowLines(report.window),
    '',
    `${countOf(report.decisions, 'decision')} judged at each`,
    ...table(columns, steps, 2),
    '',
    ...classes.map((cls) => `  ${cls}: ${meaningOf(cls)}`),
    '',
    ...plotLines(
      classes.map((cls) => ({ title: cls, values: steps.map((step) => step.classes[cls]) })),
      {
        first: steps[0]?.threshold ?? '',
        last: steps.at(-1)?.threshold ?? '',
        marked: `now ${steps[at]?.threshold ?? ''}`,
        at,
      },
      width,
    ),
    ...leftOutLines(report.leftOut),
  ]
}
