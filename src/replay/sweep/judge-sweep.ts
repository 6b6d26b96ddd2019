import { correctionOfRules } from '../correction/correction.ts'
import type { History } from '../model/history.ts'
import { judgeHistory } from '../reference/judge-history.ts'
import { rowClasses } from '../result/counts.ts'
import { isInside, type Window } from '../result/replay.ts'
import type { Row } from '../result/rows.ts'
import { runsAlike } from './alike.ts'
import type { Sweep } from './sweep.ts'

/** How many rows of each class a replay reports. */
export type ClassCounts = Readonly<Record<Row['class'], number>>

/** Rows that are of the same class. */
type Same = Pick<Row, 'class'>

/** Counts what a replay of each step of a sweep reports, over parts of a history that can be judged without each other. */
export const collectSweep = ({ steps, expression }: Sweep, window: Window) => {
  const rulesets = steps.map(({ ruleset }) => ruleset)
  const rules = rulesets.flatMap((ruleset) => ruleset.rules.filter(({ id }) => id === expression.rule))
  const corrections = rulesets.map(correctionOfRules)
  const counts = steps.map(noRows)

  /** Judges a part once for all steps that read it alike. */
  const add = (part: History): void => {
    for (const { from, to } of runsAlike(part, { rulesets, rules })) {
      const correction = corrections[from]
      if (correction === undefined) continue
      const { byDecision, missed } = judgeHistory(part, correction)
      const found = noRows()
      for (const { decision, class: cls } of byDecision.values()) {
        if (isInside(decision.place.at, window)) found[cls]++
      }
      for (const { place } of missed.values()) if (isInside(place.at, window)) found.missed++
      for (const those of counts.slice(from, to)) {
        for (const cls of rowClasses) those[cls] += found[cls]
      }
    }
  }

  /** The counts by step; `kept`: rows that every step has besides. */
  const finish = (kept: Iterable<readonly [row: Same, rows: number]> = []): ReadonlyArray<ClassCounts> => {
    for (const [row, rows] of kept) {
      for (const those of counts) those[row.class] += rows
    }
    return counts
  }
  return { add, finish }
}

const noRows = (): Record<Row['class'], number> => ({
  wrongful: 0,
  unexplained_wrongful: 0,
  excessive: 0,
  lenient: 0,
  upheld: 0,
  unexplained_upheld: 0,
  indeterminate: 0,
  unreproducible: 0,
  missed: 0,
})
