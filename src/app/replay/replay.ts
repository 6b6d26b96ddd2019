import * as E from '#fp/Either'
import type { OpenLedger } from '../../ledger/open.ts'
import { replayColumns } from '../../replay/columnar/replay-columns.ts'
import type { Correction } from '../../replay/correction/correction.ts'
import type { IsSuspected } from '../../replay/reference/false-strikes.ts'
import type { Blame } from '../../replay/result/blame.ts'
import { type Replay, replay, type Window } from '../../replay/result/replay.ts'
import { type Summary, type SummarySource, summarize } from '../../replay/result/summary.ts'
import { type ListFormat, writeResult } from '../../replay/result/write.ts'
import type { AppError } from '../error.ts'
import { periodError } from '../period.ts'
import { fileResult } from '../results.ts'
import { columnsError, type EngineOptions, withEngine } from './engine.ts'
import { loadFrom, openingForReplay } from './load.ts'

export type JudgeOptions = EngineOptions & {
  readonly correction: Correction
  /** Which decisions are reported; all of them are judged. */
  readonly window: Window
  /** Whose false strikes are looked for; null: nobody's. Otherwise everything is judged, as with `full`. */
  readonly isSuspected?: IsSuspected | null
}

export type ReplayOptions = JudgeOptions & {
  /** The folder for the result, created if missing. */
  readonly folder: string
  /** The format of its lists. */
  readonly format: ListFormat
}

/** The figures of a replay; the lists are in the folder. */
export type Replayed = { readonly summary: Summary; readonly blame: ReadonlyArray<Blame> }

/** Judges every recorded decision again under a correction, and writes the result into a folder. */
export const replayLedger = async (options: ReplayOptions): Promise<E.Either<AppError, Replayed>> => {
  const { window, folder, format, correction } = options
  const error = periodError(window.from, window.to)
  if (error !== null) return E.left(error)
  const judged = await openingForReplay(options, (opened) => judgeIn(opened, options))
  if (E.isLeft(judged)) return judged
  const { result, source, close } = judged.right
  const summary = summarize(result, { ...source, correction, window })
  const written = fileResult(await writeResult(folder, { result, summary }, format).finally(close))
  return E.isLeft(written) ? written : E.right({ summary, blame: result.blame })
}

/** A replay, whose rows can be read until it is closed, and what its summary says of where it comes from. */
type Judged = {
  readonly result: Replay
  readonly source: Omit<SummarySource, 'correction' | 'window'>
  readonly close: () => void
}

/** Judges a history in an open ledger; its rows can be read until it is closed. */
export const judgeIn = (opened: OpenLedger, options: JudgeOptions): Promise<E.Either<AppError, Judged>> =>
  withEngine<Judged>(
    opened,
    options,
    async ({ source, options: columnar }) => {
      const { correction, window, isSuspected = null } = options
      const judged = await replayColumns(source, { correction, window, isSuspected, ...columnar })
      if (E.isLeft(judged)) return columnsError(judged.left)
      const { result, history, close } = judged.right
      const { sequence } = source
      return E.right({ result, source: { engine: 'columnar', history, sequence }, close })
    },
    () => fromLedger(opened, options),
  )

const fromLedger = async (opened: OpenLedger, options: JudgeOptions): Promise<E.Either<AppError, Judged>> => {
  const loaded = await loadFrom(opened, options)
  if (E.isLeft(loaded)) return loaded
  const { history, sequence, leftOut, cut } = loaded.right
  options.onRead(cut)
  return E.right({
    result: replay(history, options.correction, options.window, options.isSuspected),
    source: { engine: 'reference', history, sequence, damaged: leftOut.damaged },
    close: () => {},
  })
}
