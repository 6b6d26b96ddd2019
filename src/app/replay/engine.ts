import * as E from '#fp/Either'
import { compileDocuments } from '../../ledger/documents.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import { describeProjectionError } from '../../projection/errors.ts'
import type { ProjectionCursor } from '../../projection/progress.ts'
import { isOfLedger } from '../../projection/working-file.ts'
import { describeNotInSql } from '../../replay/columnar/fired.ts'
import type { ColumnarError, ColumnarOptions } from '../../replay/columnar/over-columns.ts'
import type { PlanStep } from '../../replay/columnar/plan.ts'
import { type ColumnarSource, describeNoSource, openColumnarSource } from '../../replay/columnar/source.ts'
import type { Engine } from '../../replay/result/summary.ts'
import { type AppError, failed } from '../error.ts'
import { type HistoryReading, loadError, noRules, type OnRead } from './load.ts'

/** How a history is read, and what is told about it. */
export type EngineOptions = HistoryReading & {
  /** `columnar` reads the projections, where they can be used; `reference` reads the ledger alone. The result is the same. */
  readonly engine: Engine
  /** Judge everything, although the columnar engine need only judge what a correction can touch. */
  readonly full: boolean
  readonly onRead: OnRead
  /** Called with the reason when the ledger must be read, although the columnar engine was asked for. */
  readonly onReference: (reason: string) => void
  /** Called after each step of the columnar engine. */
  readonly onStep: (step: PlanStep) => void
}

/** A history in columns, and how to judge it. */
type Columns = { readonly source: ColumnarSource; readonly options: ColumnarOptions }

/** Columns cannot be judged: the ledger must be read. */
type Unusable = { readonly kind: 'unusable'; readonly reason: string }

/** What the columnar engine does for a use case: `Left` is why it cannot. */
type OverColumns<A> = (columns: Columns) => Promise<E.Either<AppError | Unusable, A>>

/** Judges a history in columns where they were asked for and can be used, otherwise from the ledger. */
export const withEngine = async <A>(
  opened: OpenLedger,
  options: EngineOptions,
  overColumns: OverColumns<A>,
  overLedger: () => Promise<E.Either<AppError, A>>,
): Promise<E.Either<AppError, A>> => {
  // Only reading all of the ledger shows which accounts are incomplete.
  if (options.engine === 'reference' || options.withoutDamaged) return overLedger()
  const judged = await withColumns(opened, options, overColumns)
  if (E.isRight(judged)) return judged
  if (judged.left.kind !== 'unusable') return E.left(judged.left)
  options.onReference(judged.left.reason)
  return overLedger()
}

const withColumns = async <A>(
  { ledger, vault }: OpenLedger,
  { data, full, at, onProgress, onRead, onStep }: EngineOptions,
  overColumns: OverColumns<A>,
): Promise<E.Either<AppError | Unusable, A>> => {
  const opened = await openColumnarSource(data, ledger, { at, onProgress })
  if (E.isLeft(opened)) {
    return opened.left.kind === 'no_such_sequence'
      ? loadError(opened.left)
      : E.left({ kind: 'unusable', reason: describeNoSource(opened.left) })
  }
  const source = opened.right
  try {
    const base = full
      ? null
      : { dataDir: data, isOfLedger: (cursor: ProjectionCursor) => isOfLedger(ledger, cursor) }
    const documents = (hashes: ReadonlySet<string>) => compileDocuments(vault, hashes)
    const judged = await overColumns({ source, options: { documents, base, onProgress, onStep } })
    if (E.isRight(judged)) onRead([])
    return judged
  } finally {
    source.close()
  }
}

/** Why columns could not be judged, as a use case's error or as a reason to read the ledger. */
export const columnsError = (error: ColumnarError): E.Either<AppError | Unusable, never> => {
  switch (error.kind) {
    case 'no_rules_published':
      return noRules(error)
    case 'not_in_sql':
      return E.left({ kind: 'unusable', reason: describeNotInSql(error) })
    default:
      return failed(`${describeProjectionError(error)}; or read only the ledger`, 'engine')
  }
}
