import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import type { LedgerError } from '../../ledger/port.ts'
import { asFailure, rowsOf } from '../../projection/duckdb.ts'
import { type ProjectionError, ProjectionFailure } from '../../projection/errors.ts'
import { type Correction, rulesetIdOf } from '../correction/correction.ts'
import type { NoRulesPublished } from '../reference/judging-rules.ts'
import { collectReplay, type Replay, type Window } from '../result/replay.ts'
import type { SummarySource } from '../result/summary.ts'
import type { OpenBase } from './base/base-file.ts'
import { type BasePlace, currentBase, keptBase } from './base/keep-base.ts'
import { replayOverBase } from './base/replay-over-base.ts'
import type { NotInSql } from './fired.ts'
import { eachPart, type Judging } from './judge-columns.ts'
import type { PlanStep } from './plan.ts'
import type { ColumnarSource } from './source.ts'
import {
  type CompileDocuments,
  type FoundLinks,
  findLinks,
  findWhole,
  restoreLinks,
  versionsFor,
} from './whole.ts'

export type ColumnarOptions = {
  readonly correction: Correction
  readonly window: Window
  readonly documents: CompileDocuments
  /** Where the base is kept, so that only what the correction can touch is judged; null: everything is judged. */
  readonly base: BasePlace | null
  /** About how many events are judged at a time, and are in memory as objects. */
  readonly partSize?: number
  /** Called periodically with how many events are judged, and the total. */
  readonly onProgress?: (done: number, total: number) => void
  /** Called after each step of judging. */
  readonly onStep?: (step: PlanStep) => void
}

/** DuckDB reads the whole table for each part, since accounts are spread over it. */
const PART = 1_500_000
const ignore = (): void => {}

/** Why a replay cannot be made from columns. */
export type ColumnarError = LedgerError | ProjectionError | NoRulesPublished | NotInSql

/** A replay, and what its summary says of the history. Its rows can be read until it is closed. */
export type ColumnarReplay = {
  readonly result: Replay
  readonly history: SummarySource['history']
  readonly close: () => void
}

/**
 * Replays a history from its columns: the same result as that of the reference, which reads the ledger. Actions are judged in
 * parts, by the same code; evidence on which nothing fired is read in SQL, and only where a rule of B fires does it leave it.
 */
export const replayColumns = async (
  source: ColumnarSource,
  {
    correction,
    window,
    documents,
    base: place,
    onProgress = ignore,
    onStep = ignore,
    partSize = PART,
  }: ColumnarOptions,
): Promise<E.Either<ColumnarError, ColumnarReplay>> => {
  const { connection } = source
  let open: OpenBase | null = null
  try {
    const versions = await versionsFor(connection, correction, documents)
    if (E.isLeft(versions)) return versions
    const rulesetId = rulesetIdOf(correction)
    // Without any published version, there are no rules as they were.
    const basePlace = versions.right.length === 0 ? null : place
    const kept =
      basePlace === null ? E.right(null) : await keptBase(source, rulesetId, versions.right, basePlace)
    if (E.isLeft(kept)) return kept
    open = kept.right
    const links = await linksIn(source, open)
    const whole = await findWhole(source, versions.right, links)
    const judging = { source, whole, partSize, onProgress, onStep }
    if (basePlace !== null) {
      const current = await currentBase(judging, open, rulesetId, links, basePlace)
      if (E.isLeft(current)) return current
      open = current.right
    }
    const result =
      open === null
        ? await replayAll(judging, correction, window)
        : await replayOverBase(judging, open, correction, window)
    if (E.isLeft(result)) return result
    const flags = await recordedAmong(connection, listedFlags(correction))
    const close = open?.close ?? (() => {})
    open = null
    return E.right({ result: result.right, history: { ...whole, flags }, close })
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  } finally {
    open?.close()
  }
}

/** The links in a history: from the base if it goes as far. */
const linksIn = async (source: ColumnarSource, base: OpenBase | null): Promise<FoundLinks> => {
  if (base?.origin.cursor.sequence !== source.sequence) return findLinks(source.connection)
  await restoreLinks(source.connection, base.links)
  return base.links
}

const replayAll = async (judging: Judging, correction: Correction, window: Window) => {
  const collection = collectReplay(correction, window)
  const judged = await eachPart(judging, correction, null, ({ history }) => collection.add(history))
  return E.isLeft(judged) ? judged : E.right(collection.finish(judging.whole))
}

const listedFlags = ({ withdrawals }: Correction): ReadonlyArray<string> =>
  withdrawals.flatMap(({ of }) => (of.kind === 'flags' ? [...of.flagIds] : []))

/** Those of some flags that are in the history. */
const recordedAmong = async (
  connection: DuckDBConnection,
  flagIds: ReadonlyArray<string>,
): Promise<ReadonlySet<string>> => {
  if (flagIds.length === 0) return new Set()
  const rows = await rowsOf(
    connection,
    `SELECT DISTINCT flag_id FROM h_actions
      SEMI JOIN (SELECT unnest(string_split($1, chr(10))) AS flag_id) USING (flag_id)
      WHERE type = 'flag.raised.v1'`,
    [flagIds.join('\n')],
  )
  return new Set(rows.map(([flagId]) => String(flagId)))
}
