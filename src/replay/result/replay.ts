import { comparePlaces } from '../../domain/order.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Correction } from '../correction/correction.ts'
import type { History } from '../model/history.ts'
import { falseStrikesIn, type IsSuspected } from '../reference/false-strikes.ts'
import { type Blame, collectBlame } from './blame.ts'
import { type Counted, type Counts, collectCounts } from './counts.ts'
import { digestOf } from './digest.ts'
import { type JudgedRow, judgePart } from './judge-part.ts'
import type { ToDo } from './lists.ts'
import { collectRescoreList, type RescoreList } from './rescore-list.ts'
import type { RestingElsewhere } from './resting-elsewhere.ts'
import { mergeRuns, type RowList, type RowRun, rowListOf } from './row-list.ts'
import { collectRows } from './sorted-rows.ts'
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
  /** False strikes that still count, of the flags that were suspected, in any order. They may be void once rows are reversed. */
  readonly falseStrikes: ReadonlyArray<FalseStrike>
  readonly warnings: ReadonlyArray<Warning>
  /** Published versions of the ruleset's id, by effectiveFrom. */
  readonly inForce: ReadonlyArray<Ruleset>
  /** What rescorings would settle. */
  readonly rescore: RescoreList
  readonly digest: string
}

/** A flag that still counts although it is false. */
type FalseStrike = {
  readonly account: string
  readonly flagId: string
  /** The decisions that it exists because of. */
  readonly becauseOf: ReadonlyArray<string>
}

/** Replays a history under a correction and reports what is in the window. Pure. */
export const replay = (
  history: History,
  correction: Correction,
  window: Window = { from: null, to: null },
  isSuspected: IsSuspected | null = null,
): Replay => {
  const parts = collectReplay(correction, window, isSuspected)
  parts.add(history)
  return parts.finish(history)
}

/** What is reported besides what is judged here. */
export type Kept = {
  /** Sorted rows. */
  readonly runs: ReadonlyArray<RowRun>
  readonly counted: Iterable<readonly [row: Counted, rows: number]>
  /** Of those rows, the ones that have a remedy or causes. */
  readonly noted: () => Iterable<JudgedRow>
  readonly resting: ReadonlyArray<RestingElsewhere>
}

const nothingKept: Kept = { runs: [], counted: [], noted: () => [], resting: [] }

/**
 * Replays a history in parts: of accounts that can be judged without the others. The result does not depend on how it was
 * divided. False strikes are those of `isSuspected`; null: none are looked for.
 */
export const collectReplay = (
  correction: Correction,
  window: Window,
  isSuspected: IsSuspected | null = null,
) => {
  const rows = collectRows()
  const counts = collectCounts()
  const blame = collectBlame()
  const warnings = collectWarnings(correction)
  const rescore = collectRescoreList(correction)
  const toDo: JudgedRow[] = []
  const resting: RestingElsewhere[] = []
  const falseStrikes: FalseStrike[] = []

  const note = (judged: JudgedRow): void => {
    const { row, place, causes } = judged
    if (row.remedy !== 'none') toDo.push(judged)
    if (causes.length > 0) blame.add(causes, place.at)
  }
  const add = (part: History): void => {
    const judged = judgePart(part, correction)
    for (const each of judged.rows) {
      if (!isInside(each.place.at, window)) continue
      rows.add(each.row, each.place)
      counts.add(each.row)
      note(each)
    }
    for (const found of judged.resting) {
      if (isInside(found.decision.place.at, window)) resting.push(found)
    }
    if (isSuspected !== null) {
      const standing = falseStrikesIn(judged.context, isSuspected)
      for (const { account, data } of standing) {
        falseStrikes.push({ account, flagId: data.flagId, becauseOf: data.becauseOf ?? [] })
      }
    }
    warnings.add(part)
    const reported = judged.judgements.filter(({ decision }) => isInside(decision.place.at, window))
    rescore.add(reported, judged.context)
  }

  const finish = (
    { versions, withoutAccounts }: Pick<History, 'versions' | 'withoutAccounts'>,
    kept = nothingKept,
  ): Replay => {
    for (const [row, number] of kept.counted) counts.add(row, number)
    for (const each of kept.noted()) note(each)
    const list = rowListOf(mergeRuns(kept.runs, rows.finish().rows))
    const inForce = versions.map(({ ruleset }) => ruleset)
    return {
      rows: list,
      toDo: toDo.sort((a, b) => comparePlaces(a.place, b.place)),
      counts: counts.finish(),
      blame: blame.finish(),
      restingElsewhere: [...resting, ...kept.resting].sort((a, b) =>
        comparePlaces(a.decision.place, b.decision.place),
      ),
      falseStrikes,
      warnings: warnings.finish(),
      inForce,
      rescore: rescore.finish(),
      digest: digestOf(correction, inForce, list, withoutAccounts),
    }
  }
  return { add, finish }
}

export const isInside = (at: number, { from, to }: Window): boolean =>
  (from === null || at >= from) && (to === null || at < to)
