import * as E from '#fp/Either'
import { compileDocuments } from '../../ledger/documents.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import { describeProjectionError } from '../../projection/errors.ts'
import type { ProjectionCursor } from '../../projection/progress.ts'
import { isOfLedger } from '../../projection/working-file.ts'
import { describeNotInSql } from '../../replay/columnar/fired.ts'
import type { ColumnarError, ColumnarOptions } from '../../replay/columnar/over-columns.ts'
import type { PlanStep } from '../../replay/columnar/plan.ts'
import type { ColumnarSource } from '../../replay/columnar/source.ts'
import type { Engine } from '../../replay/result/summary.ts'
import { type AppError, failed } from '../error.ts'
import { type ColumnsUnusable, columnsOrLedger } from './columns.ts'
import { type HistoryReading, noRules, type OnRead } from './load.ts'

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

/** What the columnar engine does for a use case: `Left` is why it cannot. */
type OverColumns<A> = (columns: Columns) => Promise<E.Either<AppError | ColumnsUnusable, A>>

/** Judges a history in columns where they were asked for and can be used, otherwise from the ledger. */
export const withEngine = async <A>(
  opened: OpenLedger,
  options: EngineOptions,
  overColumns: OverColumns<A>,
  overLedger: () => Promise<E.Either<AppError, A>>,
): Promise<E.Either<AppError, A>> => {
  // Only reading all of the ledger shows which accounts are incomplete.
  if (options.engine === 'reference' || options.withoutDamaged) return overLedger()
  const { data, full, onProgress, onRead, onStep } = options
  const { ledger, vault } = opened
  return columnsOrLedger(
    opened,
    options,
    async (source) => {
      const base = full
        ? null
        : { dataDir: data, isOfLedger: (cursor: ProjectionCursor) => isOfLedger(ledger, cursor) }
      const documents = (hashes: ReadonlySet<string>) => compileDocuments(vault, hashes)
      const judged = await overColumns({ source, options: { documents, base, onProgress, onStep } })
      if (E.isRight(judged)) onRead([])
      return judged
    },
    overLedger,
  )
}

/** Why columns could not be judged, as a use case's error or as a reason to read the ledger. */
export const columnsError = (error: ColumnarError): E.Either<AppError | ColumnsUnusable, never> => {
  switch (error.kind) {
    case 'no_rules_published':
      return noRules(error)
    case 'not_in_sql':
      return E.left({ kind: 'unusable', reason: describeNotInSql(error) })
    default:
      return failed(`${describeProjectionError(error)}; or read only the ledger`, 'engine')
  }
}
