import * as E from '#fp/Either'
import { signalSql } from '../../../projection/events/signals.ts'
import type { Correction } from '../../correction/correction.ts'
import { collectReplay, type Replay, type Window } from '../../result/replay.ts'
import type { NotInSql } from '../fired.ts'
import { eachPart, type Judging } from '../judge-columns.ts'
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
  const { connection, signalColumns } = judging.source
  const { versions } = judging.whole
  const selected = await selectTouched(connection, { correction, versions, signal: signalSql(signalColumns) })
  if (E.isLeft(selected)) return selected
  for (const { what, sql, accounts } of selected.right) {
    judging.onStep({ what, found: accounts, unit: 'account', sql })
  }
  await addChangedSince(judging, base.origin)
  const isTouched = await touchedAccounts(connection)
  const collection = collectReplay(correction, window)
  const judged = await eachPart(judging, correction, TOUCHED, ({ history }) => collection.add(history))
  if (E.isLeft(judged)) return judged
  const kept = keptOf(base, isTouched, window)
  const found = kept.runs.reduce((sum, { from, to }) => sum + to - from, 0)
  judging.onStep({ what: 'rows taken from the base', found, unit: 'row', sql: null })
  return E.right(collection.finish(judging.whole, kept))
}
