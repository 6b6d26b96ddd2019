import * as E from '#fp/Either'
import type { Correction } from '../../replay/correction/correction.ts'
import { replay, type Window } from '../../replay/result/replay.ts'
import type { RescoreList } from '../../replay/result/rescore-list.ts'
import type { AppError } from '../error.ts'
import { periodError } from '../period.ts'
import { loadForReplay, type OnRead, type ReplayLoadOptions } from '../replay/load.ts'

export type RescoreListOptions = ReplayLoadOptions & {
  readonly correction: Correction
  /** Which decisions are reported: only what they wait for is listed. */
  readonly window: Window
  readonly onRead: OnRead
}

/** What a detector must look at again, and the ledger's sequence that was read up to. */
export type RescoreListing = { readonly sequence: number; readonly list: RescoreList }

/** Lists the flags that a correction leaves unknown and that a rescoring can settle. */
export const listForRescoring = async ({
  window,
  onRead,
  ...reading
}: RescoreListOptions): Promise<E.Either<AppError, RescoreListing>> => {
  const error = periodError(window.from, window.to)
  if (error !== null) return E.left(error)
  const loaded = await loadForReplay(reading)
  if (E.isLeft(loaded)) return loaded
  const { history, sequence, cut } = loaded.right
  onRead(cut)
  return E.right({ sequence, list: replay(history, reading.correction, window).rescore })
}
