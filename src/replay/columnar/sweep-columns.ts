import * as E from '#fp/Either'
import type { Window } from '../result/replay.ts'
import { type ClassCounts, collectSweep } from '../sweep/judge-sweep.ts'
import { outermost, type Sweep } from '../sweep/sweep.ts'
import { eachTouchedPart } from './base/replay-over-base.ts'
import { eachPart } from './judge-columns.ts'
import { type ColumnarError, type ColumnarOptions, overColumns } from './over-columns.ts'
import type { PartHistory } from './parts.ts'
import type { ColumnarSource } from './source.ts'
import type { Whole } from './whole.ts'

/** What a sweep counts at each step, and the history that it judged. */
export type SweptColumns = { readonly counts: ReadonlyArray<ClassCounts>; readonly history: Whole }

/** Judges a history in columns under each step of a sweep; it is read once, and memory does not grow with the steps. */
export const sweepColumns = async (
  source: ColumnarSource,
  { sweep, window, ...options }: ColumnarOptions & { readonly sweep: Sweep; readonly window: Window },
): Promise<E.Either<ColumnarError, SweptColumns>> => {
  const corrections = outermost(sweep)
  const [first] = corrections
  // The fewer events a history has, the more steps read it alike.
  const batch = 1
  const swept = await overColumns(source, first, options, async (judging, base) => {
    const collection = collectSweep(sweep, window)
    const add = ({ history }: PartHistory): void => collection.add(history)
    const history = judging.whole
    if (base === null) {
      const judged = await eachPart(judging, corrections, { table: null, batch }, add)
      return E.isLeft(judged) ? judged : E.right({ counts: collection.finish(), history })
    }
    const kept = await eachTouchedPart(judging, base, { corrections, window, batch }, add)
    return E.isLeft(kept) ? kept : E.right({ counts: collection.finish(kept.right.counted), history })
  })
  if (E.isLeft(swept)) return swept
  swept.right.close()
  return E.right(swept.right.found)
}
