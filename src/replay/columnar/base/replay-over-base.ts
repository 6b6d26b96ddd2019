import * as E from '#fp/Either'
import { signalSql } from '../../../projection/events/signals.ts'
import type { Correction, Corrections } from '../../correction/correction.ts'
import { collectReplay, type Kept, type Replay, type Window } from '../../result/replay.ts'
import type { NotInSql } from '../fired.ts'
import { BATCH, eachPart, type Judging } from '../judge-columns.ts'
import type { PartHistory } from '../parts.ts'
import { selectTouched } from '../selection.ts'
import type { Base } from './base.ts'
import { keptOf } from './kept.ts'
import { addChangedSince, TOUCHED, touchedAccounts } from './touched.ts'

/** Judges the accounts that a correction can touch, and takes all other rows from the base. */
export const replayOverBase = async (
  judging: Judging,
  base: Base,
  correction: Correction,
  window: Window,
): Promise<E.Either<NotInSql, Replay>> => {
  const collection = collectReplay(correction, window)
  const touching = { corrections: [correction], window, batch: BATCH } as const
  const kept = await eachTouchedPart(judging, base, touching, ({ history }) => collection.add(history))
  return E.isLeft(kept) ? kept : E.right(collection.finish(judging.whole, kept.right))
}

/** What touches accounts, which rows are reported, and how many events are handed over at a time (see `Among`). */
type Touching = {
  readonly corrections: Corrections
  readonly window: Window
  readonly batch: number
}

/**
 * Hands over the histories of the accounts that any of some corrections can touch, as `eachPart` does, and returns the
 * rows of all others.
 */
export const eachTouchedPart = async (
  judging: Judging,
  base: Base,
  { corrections, window, batch }: Touching,
  onPart: (part: PartHistory) => void,
): Promise<E.Either<NotInSql, Kept>> => {
  const { connection, signalColumns } = judging.source
  const { versions } = judging.whole
  const signal = signalSql(signalColumns)
  const selected = await selectTouched(connection, { corrections, versions, signal })
  if (E.isLeft(selected)) return selected
  for (const { what, sql, accounts } of selected.right) {
    judging.onStep({ what, found: accounts, unit: 'account', sql })
  }
  await addChangedSince(judging, base.origin)
  const isTouched = await touchedAccounts(connection)
  const judged = await eachPart(judging, corrections, { table: TOUCHED, batch }, onPart)
  if (E.isLeft(judged)) return judged
  const kept = keptOf(base, isTouched, window)
  const found = kept.runs.reduce((sum, { from, to }) => sum + to - from, 0)
  judging.onStep({ what: 'rows taken from the base', found, unit: 'row', sql: null })
  return E.right(kept)
}
