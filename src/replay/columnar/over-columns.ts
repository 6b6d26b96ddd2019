import * as E from '#fp/Either'
import type { LedgerError } from '../../ledger/port.ts'
import { asFailure } from '../../projection/duckdb.ts'
import { type ProjectionError, ProjectionFailure } from '../../projection/errors.ts'
import { type Correction, rulesetIdOf } from '../correction/correction.ts'
import type { History } from '../model/history.ts'
import type { NoRulesPublished } from '../reference/judging-rules.ts'
import type { OpenBase } from './base/base-file.ts'
import { type BasePlace, currentBase, keptBase } from './base/keep-base.ts'
import type { NotInSql } from './fired.ts'
import type { Judging } from './judge-columns.ts'
import type { PlanStep } from './plan.ts'
import type { ColumnarSource } from './source.ts'
import {
  type CompileDocuments,
  type FoundLinks,
  findLinks,
  findWhole,
  historyEnd,
  publishedVersions,
  restoreLinks,
  versionsFor,
} from './whole.ts'

export type ColumnarOptions = {
  readonly documents: CompileDocuments
  /** Where the base is kept, so that only what a correction can touch is judged; null: everything is judged. */
  readonly base: BasePlace | null
  /** About how many events are judged at a time, and are in memory as objects. */
  readonly partSize?: number
  /** Called periodically with how many events are judged, and the total. */
  readonly onProgress?: (done: number, total: number) => void
  /** Called after each step of judging. */
  readonly onStep?: (step: PlanStep) => void
}

/** DuckDB reads the whole table for each part, since accounts are spread over it; what a part takes in memory grows with it. */
const PART = 500_000
const ignore = (): void => {}

/** Why columns cannot be judged. */
export type ColumnarError = LedgerError | ProjectionError | NoRulesPublished | NotInSql

/** What was found, and how to close the base that it may still read. */
export type OverColumns<A> = { readonly found: A; readonly close: () => void }

/**
 * Prepares a history in columns to be judged under corrections with these rules, and brings the base forward. `use` judges
 * over the base; null: everything must be judged.
 */
export const overColumns = async <A>(
  source: ColumnarSource,
  correction: Pick<Correction, 'rules'>,
  { documents, base: place, onProgress = ignore, onStep = ignore, partSize = PART }: ColumnarOptions,
  use: (judging: Judging, base: OpenBase | null) => Promise<E.Either<NotInSql, A>>,
): Promise<E.Either<ColumnarError, OverColumns<A>>> => {
  let open: OpenBase | null = null
  return catching(async (): Promise<E.Either<ColumnarError, OverColumns<A>>> => {
    const versions = await versionsFor(source.connection, correction, documents)
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
    const found = await use(judging, open)
    if (E.isLeft(found)) return found
    const close = open?.close ?? (() => {})
    open = null
    return E.right({ found: found.right, close })
  }).finally(() => open?.close())
}

/** The published versions of all rulesets in a history, and its end. */
export const publishedColumns = (
  { connection }: ColumnarSource,
  documents: CompileDocuments,
): Promise<E.Either<ColumnarError, Pick<History, 'versions' | 'end'>>> =>
  catching(async () => {
    const versions = await publishedVersions(connection, null, documents)
    return E.isLeft(versions)
      ? versions
      : E.right({ versions: versions.right, end: await historyEnd(connection) })
  })

/** Work on columns; what DuckDB throws becomes its error. */
const catching = async <A>(
  work: () => Promise<E.Either<ColumnarError, A>>,
): Promise<E.Either<ColumnarError, A>> => {
  try {
    return await work()
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  }
}

/** The links in a history: from the base if it goes as far. */
const linksIn = async (source: ColumnarSource, base: OpenBase | null): Promise<FoundLinks> => {
  if (base?.origin.cursor.sequence !== source.sequence) return findLinks(source.connection)
  await restoreLinks(source.connection, base.links)
  return base.links
}
