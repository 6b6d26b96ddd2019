import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { asFailure, rowsOf } from '../../projection/duckdb.ts'
import { describeProjectionError, type ProjectionError, ProjectionFailure } from '../../projection/errors.ts'
import { accountsOf, type HistoryEvent, historyEvents } from '../../projection/events/read.ts'
import { typesSql } from '../../projection/events/types-sql.ts'
import type { Published } from '../../projection/published.ts'

export type ReportError =
  /** The projections end before the requested sequence. */
  { readonly kind: 'behind'; readonly sequence: number; readonly requested: number } | ProjectionError

export const describeReportError = (error: ReportError): string =>
  error.kind === 'behind'
    ? `the projections end at sequence ${error.sequence}, before ${error.requested}; run redress project first`
    : `${describeProjectionError(error)}; rebuild the projections with redress project --rebuild`

/** The publication of a ruleset version, with its sequence. */
export type Publication = {
  readonly sequence: number
  readonly event: StoredEvent<'ruleset.published.v1'>
}

type Reading = {
  /** The last event to read. */
  readonly sequence: number
  /** One account's events, in the order of the ledger. */
  readonly onAccount: (events: ReadonlyArray<HistoryEvent>) => void
  readonly onProgress?: (events: number, total: number) => void
}

/** The types that reports look at. */
const USED = `type IN (${typesSql({
  'flag.raised.v1': true,
  'flag.dismissed.v1': false,
  'content.evaluated.v1': true,
  'content.removed.v1': true,
  'account.deactivated.v1': true,
  'decision.changed.v1': true,
  'content.restored.v1': true,
  'account.reinstated.v1': true,
  'notice.received.v1': true,
  'order.received.v1': true,
  'notice.sent.v1': false,
  'appeal.filed.v1': true,
  'appeal.decided.v1': true,
  'ruleset.published.v1': true,
  'flag.rescored.v1': false,
  'decision.audited.v1': true,
  'reinstatement.declined.v1': false,
})})`

/** Reads the accounts from the published projections up to a sequence; returns the publications of rulesets. */
export const readAccounts = async (
  { connection, standing }: Pick<Published, 'connection' | 'standing'>,
  { sequence, onAccount, onProgress }: Reading,
): Promise<E.Either<ReportError, ReadonlyArray<Publication>>> => {
  if (sequence > standing.sequence) {
    return E.left({ kind: 'behind', sequence: standing.sequence, requested: sequence })
  }
  const where = `sequence <= ${sequence} AND ${USED}`
  try {
    const [counted] = await rowsOf(
      connection,
      `SELECT count(*)::DOUBLE FROM actions WHERE account_no IS NOT NULL AND ${where}`,
    )
    const total = Number(counted?.[0])
    let done = 0
    for await (const account of accountsOf(connection, { where })) {
      onAccount(account)
      done += account.length
      onProgress?.(done, total)
    }
    const publications: Publication[] = []
    const ofRulesets = `type = 'ruleset.published.v1' AND sequence <= ${sequence}`
    for await (const chunk of historyEvents(connection, 'actions', { where: ofRulesets })) {
      for (const { sequence: place, event } of chunk) {
        if (event.type === 'ruleset.published.v1') publications.push({ sequence: place, event })
      }
    }
    return E.right(publications)
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  }
}
