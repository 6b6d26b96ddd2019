import * as E from '#fp/Either'
import { describeSystemError, isSystemError } from '../../foundation/files/file-error.ts'
import { asFailure } from '../../projection/duckdb.ts'
import { describeProjectionError, ProjectionFailure } from '../../projection/errors.ts'
import type { ProjectionProgress } from '../../projection/published.ts'
import { type Exported, type ExportOptions, exportStatements } from '../../reports/statements/export.ts'
import { FolderError } from '../../reports/statements/folder.ts'
import { type AppError, failed } from '../error.ts'
import { periodError } from '../period.ts'
import { readingPublished } from '../published.ts'

export type StatementExportOptions = Omit<ExportOptions, 'at'> & {
  readonly data: string
  /** The history up to this sequence; null: as far as the projections go. */
  readonly at: number | null
  /** The memory limit of the database, such as `2GB`. */
  readonly memory: string
  /** Called with what the projections are as of, before anything is written. */
  readonly onOpen: (standing: ProjectionProgress) => void
}

/** Exports the statements of reasons that a folder does not contain yet. */
export const exportStatementsOfReasons = async ({
  data,
  at,
  memory,
  onOpen,
  ...options
}: StatementExportOptions): Promise<E.Either<AppError, Exported>> => {
  const error = periodError(options.from, options.to)
  if (error !== null) return E.left(error)
  return readingPublished({ data, memory }, async ({ connection, standing }) => {
    onOpen(standing)
    const { sequence } = standing
    if (at !== null && at > sequence) {
      return failed(`the projections end at sequence ${sequence}, before ${at}; run redress project first`)
    }
    try {
      return E.right(await exportStatements(connection, { ...options, at: at ?? sequence }))
    } catch (error) {
      return failed(describeFailure(error))
    }
  })
}

/** Why an export failed; rethrows bugs. */
const describeFailure = (error: unknown): string => {
  if (error instanceof FolderError) return error.message
  if (isSystemError(error)) return describeSystemError(error)
  const failure = asFailure(error)
  if (!(failure instanceof ProjectionFailure)) throw failure
  const { error: cause } = failure
  return cause.kind === 'failed' ? `could not export: ${cause.message}` : describeProjectionError(cause)
}
