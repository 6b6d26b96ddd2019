import * as E from '#fp/Either'
import { projections } from '../../projections/index.ts'
import { openExisting } from '../ledger/open.ts'
import { describeLedgerError } from '../ledger/port.ts'
import { describeProjectionError, type ProjectionError } from '../projection/errors.ts'
import { type Projected, project, type Watch } from '../projection/project.ts'
import { type AppError, failed } from './error.ts'
import type { LedgerPlace } from './stores.ts'

type ProjectOptions = LedgerPlace & {
  /** Go on with what comes later, until the signal. */
  readonly follow: boolean
  /** Make everything again from the whole history. */
  readonly rebuild: boolean
  /** Leave out the accounts whose streams somebody deleted or cut. */
  readonly withoutDamaged: boolean
  /** Ends the work; what was published before stays. */
  readonly signal: AbortSignal
  /** Called when the ledger is open and the work begins. */
  readonly onOpen: () => void
  readonly watch: Watch
}

/** Brings the projections up to what the ledger holds, and publishes them. */
export const projectLedger = async ({
  data,
  ledger: cluster,
  onOpen,
  ...options
}: ProjectOptions): Promise<E.Either<AppError, Projected>> => {
  const opened = await openExisting(data, { cluster, acceptDamaged: options.withoutDamaged })
  if (E.isLeft(opened)) return failed(describeLedgerError(opened.left))
  onOpen()
  const done = await project(data, opened.right, projections, options).finally(opened.right.close)
  return E.isLeft(done) ? failed(describe(done.left)) : done
}

const describe = (error: ProjectionError): string =>
  error.kind === 'stream_damaged'
    ? `${describeProjectionError(error)}; or go on without their accounts with --without-damaged`
    : describeProjectionError(error)
