import * as E from '#fp/Either'
import type { Correction } from '../../replay/correction/correction.ts'
import type { Blame } from '../../replay/result/blame.ts'
import { replay, type Window } from '../../replay/result/replay.ts'
import { type Summary, summarize } from '../../replay/result/summary.ts'
import { type ListFormat, writeResult } from '../../replay/result/write.ts'
import { type AppError, failed } from '../error.ts'
import { periodError } from '../period.ts'
import { loadForReplay, type OnRead, type ReplayLoadOptions } from './load.ts'

export type ReplayOptions = ReplayLoadOptions & {
  readonly correction: Correction
  /** Which decisions are reported; all of them are judged. */
  readonly window: Window
  /** The folder for the result, created if missing. */
  readonly folder: string
  /** The format of its lists. */
  readonly format: ListFormat
  readonly onRead: OnRead
}

/** The figures of a replay; the lists are in the folder. */
export type Replayed = { readonly summary: Summary; readonly blame: ReadonlyArray<Blame> }

/** Judges every recorded decision again under a correction, and writes the result into a folder. */
export const replayLedger = async ({
  window,
  folder,
  format,
  onRead,
  ...reading
}: ReplayOptions): Promise<E.Either<AppError, Replayed>> => {
  const error = periodError(window.from, window.to)
  if (error !== null) return E.left(error)
  const loaded = await loadForReplay(reading)
  if (E.isLeft(loaded)) return loaded
  const { history, sequence, leftOut, cut } = loaded.right
  onRead(cut)
  const { correction } = reading
  const result = replay(history, correction, window)
  const summary = summarize(result, { history, correction, window, sequence, damaged: leftOut.damaged })
  const written = await writeResult(folder, { result, summary }, format)
  return E.isLeft(written) ? failed(written.left.message) : E.right({ summary, blame: result.blame })
}
