import * as E from '#fp/Either'
import { compileDocuments } from '../../ledger/documents.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import { describeProjectionError } from '../../projection/errors.ts'
import type { ProjectionCursor } from '../../projection/progress.ts'
import { isOfLedger } from '../../projection/working-file.ts'
import { describeNotInSql } from '../../replay/columnar/fired.ts'
import type { PlanStep } from '../../replay/columnar/plan.ts'
import { type ColumnarError, replayColumns } from '../../replay/columnar/replay-columns.ts'
import { describeNoSource, openColumnarSource } from '../../replay/columnar/source.ts'
import type { Correction } from '../../replay/correction/correction.ts'
import type { Blame } from '../../replay/result/blame.ts'
import { type Replay, replay, type Window } from '../../replay/result/replay.ts'
import { type Engine, type Summary, type SummarySource, summarize } from '../../replay/result/summary.ts'
import { type ListFormat, writeResult } from '../../replay/result/write.ts'
import { type AppError, failed } from '../error.ts'
import { periodError } from '../period.ts'
import { fileResult } from '../results.ts'
import {
  loadError,
  loadFrom,
  noRules,
  type OnRead,
  openingForReplay,
  type ReplayLoadOptions,
} from './load.ts'

export type ReplayOptions = ReplayLoadOptions & {
  readonly correction: Correction
  /** `columnar` reads the projections, where they can be used; `reference` reads the ledger alone. The result is the same. */
  readonly engine: Engine
  /** Judge everything, although the columnar engine need only judge what the correction can touch. */
  readonly full: boolean
  /** Which decisions are reported; all of them are judged. */
  readonly window: Window
  /** The folder for the result, created if missing. */
  readonly folder: string
  /** The format of its lists. */
  readonly format: ListFormat
  readonly onRead: OnRead
  /** Called with the reason when the ledger must be read, although the columnar engine was asked for. */
  readonly onReference: (reason: string) => void
  /** Called after each step of the columnar engine. */
  readonly onStep: (step: PlanStep) => void
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

const judgeIn = async (opened: OpenLedger, options: ReplayOptions): Promise<E.Either<AppError, Judged>> => {
  // Only reading all of the ledger shows which accounts are incomplete.
  if (options.engine === 'columnar' && !options.withoutDamaged) {
    const judged = await fromColumns(opened, options)
    if (E.isLeft(judged)) return judged
    if (judged.right.kind === 'judged') return E.right(judged.right)
    options.onReference(judged.right.reason)
  }
  return fromLedger(opened, options)
}

const fromLedger = async (
  opened: OpenLedger,
  options: ReplayOptions,
): Promise<E.Either<AppError, Judged>> => {
  const loaded = await loadFrom(opened, options)
  if (E.isLeft(loaded)) return loaded
  const { history, sequence, leftOut, cut } = loaded.right
  options.onRead(cut)
  return E.right({
    result: replay(history, options.correction, options.window),
    source: { engine: 'reference', history, sequence, damaged: leftOut.damaged },
    close: () => {},
  })
}

type FromColumns =
  | ({ readonly kind: 'judged' } & Judged)
  /** The ledger must be read. */
  | { readonly kind: 'unusable'; readonly reason: string }

const fromColumns = async (
  { ledger, vault }: OpenLedger,
  { data, correction, window, full, at, onProgress, onRead, onStep }: ReplayOptions,
): Promise<E.Either<AppError, FromColumns>> => {
  const opened = await openColumnarSource(data, ledger, { at, onProgress })
  if (E.isLeft(opened)) {
    return opened.left.kind === 'no_such_sequence'
      ? loadError(opened.left)
      : E.right({ kind: 'unusable', reason: describeNoSource(opened.left) })
  }
  const source = opened.right
  try {
    const base = full
      ? null
      : { dataDir: data, isOfLedger: (cursor: ProjectionCursor) => isOfLedger(ledger, cursor) }
    const documents = (hashes: ReadonlySet<string>) => compileDocuments(vault, hashes)
    const judged = await replayColumns(source, {
      ...{ correction, window, documents, base, onProgress, onStep },
    })
    if (E.isLeft(judged)) return columnsError(judged.left)
    onRead([])
    const { result, history, close } = judged.right
    const { sequence } = source
    return E.right({ kind: 'judged', result, source: { engine: 'columnar', history, sequence }, close })
  } finally {
    source.close()
  }
}

const columnsError = (error: ColumnarError): E.Either<AppError, FromColumns> => {
  switch (error.kind) {
    case 'no_rules_published':
      return noRules(error)
    case 'not_in_sql':
      return E.right({ kind: 'unusable', reason: describeNotInSql(error) })
    default:
      return failed(`${describeProjectionError(error)}; or read only the ledger`, 'engine')
  }
}
