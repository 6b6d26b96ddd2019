import * as E from '#fp/Either'
import { projections } from '../../projections/index.ts'
import { openExisting } from '../ledger/open.ts'
import { describeProjectionError, type ProjectionError } from '../projection/errors.ts'
import { type Projected, project, type Watch } from '../projection/project.ts'
import { type AppError, failed } from './error.ts'
import { ledgerResult } from './results.ts'
import type { LedgerPlace } from './stores.ts'

type ProjectOptions = LedgerPlace & {
  /** Keep following the ledger until the signal. */
  readonly follow: boolean
  /** Rebuild everything from the whole history. */
  readonly rebuild: boolean
  /** Leave out the accounts whose streams were deleted or truncated. */
  readonly withoutDamaged: boolean
  /** Stops the work; what was published before stays. */
  readonly signal: AbortSignal
  /** Called once the ledger is open, before the work starts. */
  readonly onOpen: () => void
  readonly watch: Watch
}

/** Updates the projections from the ledger, and publishes them. */
export const projectLedger = async ({
  data,
  ledger: cluster,
  onOpen,
  ...options
}: ProjectOptions): Promise<E.Either<AppError, Projected>> => {
  const opened = ledgerResult(await openExisting(data, { cluster, acceptDamaged: options.withoutDamaged }))
  if (E.isLeft(opened)) return opened
  onOpen()
  const done = await project(data, opened.right, projections, options).finally(opened.right.close)
  return E.isLeft(done) ? projectError(done.left) : done
}

const projectError = (error: ProjectionError): E.Either<AppError, never> =>
  error.kind === 'stream_damaged'
    ? failed(`${describeProjectionError(error)}; or leave out their accounts`, 'withoutDamaged')
    : failed(describeProjectionError(error))
