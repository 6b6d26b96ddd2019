import * as E from '#fp/Either'
import { type DueAudit, dueAudits } from '../../incidents/audit/due-audits.ts'
import { readProjectionCursor } from '../../projection/progress.ts'
import type { AppError } from '../error.ts'
import { readingPublished } from '../published.ts'

/** What is to be audited as far as the projections go. */
export type AuditList = {
  /** The last event that the projections have; 0: they have none. */
  readonly sequence: number
  readonly due: ReadonlyArray<DueAudit>
}

const MEMORY = '1GB'

/** Lists the decisions that reviewers are to audit. */
export const listAudits = (data: string): Promise<E.Either<AppError, AuditList>> =>
  readingPublished({ data, memory: MEMORY }, async ({ connection }) => {
    const cursor = await readProjectionCursor(connection)
    return E.right({ sequence: cursor?.sequence ?? 0, due: await dueAudits(connection) })
  })
