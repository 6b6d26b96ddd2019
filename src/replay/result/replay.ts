import { comparePlaces, type Place } from '../../domain/order.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Correction } from '../correction/correction.ts'
import type { History } from '../model/history.ts'
import { judgeHistory } from '../reference/judge-history.ts'
import { type Blame, collectBlame } from './blame.ts'
import { type Counts, collectCounts } from './counts.ts'
import { digestOf } from './digest.ts'
import { removedContent, type ToDo } from './lists.ts'
import { collectRescoreList, type RescoreList } from './rescore-list.ts'
import { type RestingElsewhere, restingElsewhere } from './resting-elsewhere.ts'
import { collectRows, type RowList } from './row-list.ts'
import { rowOfDecision, rowOfMissed } from './rows.ts'
import { collectWarnings, type Warning } from './warnings.ts'

/** Which rows are reported: decided (or missed) in [`from`, `to`) (ms); null: no limit. */
export type Window = { readonly from: number | null; readonly to: number | null }

/** The result of a replay. */
export type Replay = {
  /** The reported rows: decisions in order, then missed accounts by id. */
  readonly rows: RowList
  /** Of the rows: those with a remedy, in order. */
  readonly toDo: ReadonlyArray<ToDo>
  readonly counts: Counts
  readonly blame: ReadonlyArray<Blame>
  readonly restingElsewhere: ReadonlyArray<RestingElsewhere>
  readonly warnings: ReadonlyArray<Warning>
  /** Published versions of the ruleset's id, by effectiveFrom. */
  readonly inForce: ReadonlyArray<Ruleset>
  /** What rescorings would settle. */
  readonly rescore: RescoreList
  readonly digest: string
}

/** Replays a history under a correction and reports what is in the window. Pure. */
export const replay = (
  history: History,
  correction: Correction,
  window: Window = { from: null, to: null },
): Replay => {
  const parts = collectReplay(correction, window)
  parts.add(history)
  return parts.finish(history)
}

/**
 * Replays a history in parts: of accounts that can be judged without the others. The result does not depend on how it was
 * divided.
 */
export const collectReplay = (correction: Correction, window: Window) => {
  const rows = collectRows()
  const counts = collectCounts()
  const blame = collectBlame()
  const warnings = collectWarnings(correction)
  const rescore = collectRescoreList(correction)
  const toDo: (ToDo & { readonly place: Place })[] = []
  const resting: RestingElsewhere[] = []

  const add = (part: History): void => {
    const findings = judgeHistory(part, correction)
    const { byDecision, missed, context } = findings
    const reported = [...byDecision.values()].filter(({ decision }) => isInside(decision.place.at, window))
    for (const judgement of reported) {
      const { decision } = judgement
      const row = rowOfDecision(judgement, findings)
      rows.add(row, decision.place)
      counts.add(row)
      if (row.remedy !== 'none') toDo.push({ row, content: removedContent(decision), place: decision.place })
    }
    for (const found of missed.values()) {
      if (!isInside(found.place.at, window)) continue
      const row = rowOfMissed(found)
      rows.add(row, found.place)
      counts.add(row)
    }
    blame.add(reported, context)
    warnings.add(part)
    rescore.add(reported, context)
    for (const found of restingElsewhere(findings)) {
      if (isInside(found.decision.place.at, window)) resting.push(found)
    }
  }

  const finish = ({ versions, withoutAccounts }: Pick<History, 'versions' | 'withoutAccounts'>): Replay => {
    const list = rows.finish()
    const inForce = versions.map(({ ruleset }) => ruleset)
    return {
      rows: list,
      toDo: toDo.sort((a, b) => comparePlaces(a.place, b.place)),
      counts: counts.finish(),
      blame: blame.finish(),
      restingElsewhere: resting.sort((a, b) => comparePlaces(a.decision.place, b.decision.place)),
      warnings: warnings.finish(),
      inForce,
      rescore: rescore.finish(),
      digest: digestOf(correction, inForce, list, withoutAccounts),
    }
  }
  return { add, finish }
}

const isInside = (at: number, { from, to }: Window): boolean =>
  (from === null || at >= from) && (to === null || at < to)
