import * as E from '#fp/Either'
import type { OpenLedger } from '../../ledger/open.ts'
import { type ColumnarSource, describeNoSource, openColumnarSource } from '../../replay/columnar/source.ts'
import type { AppError } from '../error.ts'
import { loadError } from './load.ts'

/** Columns cannot be used: the ledger must be read. */
export type ColumnsUnusable = { readonly kind: 'unusable'; readonly reason: string }

/** How columns are opened. */
export type ColumnsWanted = {
  /** The data folder, whose projections are read. */
  readonly data: string
  /** The history up to this sequence; null: all of it. */
  readonly at: number | null
  /** Called periodically with how many events are read, and the total. */
  readonly onProgress: (done: number, total: number) => void
  /** Called with the reason when the ledger must be read instead of columns. */
  readonly onReference: (reason: string) => void
}

/**
 * Reads a history from the projections' columns, with what the ledger has recorded since; or, where they cannot be used, from
 * the ledger alone.
 */
export const columnsOrLedger = async <A>(
  opened: Pick<OpenLedger, 'ledger'>,
  wanted: ColumnsWanted,
  overColumns: (source: ColumnarSource) => Promise<E.Either<AppError | ColumnsUnusable, A>>,
  overLedger: () => Promise<E.Either<AppError, A>>,
): Promise<E.Either<AppError, A>> => {
  const found = await fromColumns(opened, wanted, overColumns)
  if (E.isRight(found)) return found
  if (found.left.kind !== 'unusable') return E.left(found.left)
  wanted.onReference(found.left.reason)
  return overLedger()
}

const fromColumns = async <A>(
  { ledger }: Pick<OpenLedger, 'ledger'>,
  { data, at, onProgress }: ColumnsWanted,
  overColumns: (source: ColumnarSource) => Promise<E.Either<AppError | ColumnsUnusable, A>>,
): Promise<E.Either<AppError | ColumnsUnusable, A>> => {
  const source = await openColumnarSource(data, ledger, { at, onProgress })
  if (E.isLeft(source)) {
    return source.left.kind === 'no_such_sequence'
      ? loadError(source.left)
      : E.left({ kind: 'unusable', reason: describeNoSource(source.left) })
  }
  try {
    return await overColumns(source.right)
  } finally {
    source.right.close()
  }
}
