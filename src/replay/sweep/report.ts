import { formatInstant } from '../../domain/time.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import type { History } from '../model/history.ts'
import { rowClasses } from '../result/counts.ts'
import type { Window } from '../result/replay.ts'
import type { Row } from '../result/rows.ts'
import type { Engine } from '../result/summary.ts'
import type { ClassCounts } from './judge-sweep.ts'
import type { Sweep } from './sweep.ts'

/** What a sweep found. */
export type SweepReport = {
  /** The ruleset as it is; each step differs from it in the threshold only. */
  readonly ruleset: { readonly id: string; readonly version: string; readonly sha256: string }
  readonly rule: string
  /** What is compared: `signals.adult_score >=`. */
  readonly comparison: string
  readonly engine: Engine
  /** The ledger's sequence that the history was read up to. */
  readonly sequence: number
  /** The latest occurredAt of all events. */
  readonly end: string | null
  readonly window: { readonly from: string | null; readonly to: string | null }
  /** Decisions judged and counted at each step. */
  readonly decisions: number
  /** What was left out because its streams in the ledger are incomplete: nothing here is about these accounts. */
  readonly leftOut: {
    readonly accounts: ReadonlyArray<string>
    readonly streams: ReadonlyArray<DamagedStream>
  }
  /** By threshold, ascending. */
  readonly steps: ReadonlyArray<ReportedStep>
}

export type ReportedStep = {
  /** With all places after the point: `0.60`. */
  readonly threshold: string
  /** Whether it is the ruleset's own. */
  readonly isCurrent: boolean
  /** Decisions by class, and missed accounts. */
  readonly classes: ClassCounts
}

/** What a report was made from. */
export type SweepReportSource = {
  readonly sweep: Sweep
  /** By step. */
  readonly counts: ReadonlyArray<ClassCounts>
  readonly history: Pick<History, 'end' | 'withoutAccounts'>
  readonly window: Window
  readonly engine: Engine
  readonly sequence: number
  /** The streams that were left out. */
  readonly damaged?: ReadonlyArray<DamagedStream>
}

export const sweepReport = ({
  sweep: { ruleset, expression, steps },
  counts,
  history,
  window,
  engine,
  sequence,
  damaged = [],
}: SweepReportSource): SweepReport => {
  const { id, version, sha256 } = ruleset
  return {
    ruleset: { id, version, sha256 },
    rule: expression.rule,
    comparison: `signals.${expression.signal} ${expression.operator}`,
    ...{ engine, sequence },
    end: timeOf(history.end),
    window: { from: timeOf(window.from), to: timeOf(window.to) },
    decisions: decisionsIn(counts[0]),
    leftOut: { accounts: history.withoutAccounts, streams: damaged },
    steps: steps.flatMap(({ threshold, isCurrent }, index) => {
      const classes = counts[index]
      return classes === undefined ? [] : [{ threshold, isCurrent, classes }]
    }),
  }
}

const timeOf = (at: number | null): string | null => (at === null ? null : formatInstant(at))

const decisionsIn = (counts: ClassCounts | undefined): number =>
  counts === undefined ? 0 : rowClasses.reduce((sum, cls) => sum + (cls === 'missed' ? 0 : counts[cls]), 0)

/** The classes that people look for first. */
const SHOWN: ReadonlyArray<Row['class']> = ['upheld', 'wrongful', 'indeterminate', 'missed']

/** The classes to show to people: those, and all others that any step has. */
export const classesShown = ({ steps }: Pick<SweepReport, 'steps'>): ReadonlyArray<Row['class']> => [
  ...SHOWN,
  ...rowClasses.filter((cls) => !SHOWN.includes(cls) && steps.some(({ classes }) => classes[cls] > 0)),
]
