import * as E from '#fp/Either'
import { rowsOf } from '../../projection/duckdb.ts'
import { DECISIONS_MADE } from '../../projection/events/types-sql.ts'
import type { PublishedError } from '../../projection/published.ts'
import { type AppError, failed, invalid, notFound } from '../error.ts'
import { readingPublished } from '../published.ts'

const MEMORY = '1GB'

/** Looks up a decision's account in the projections, which need not be up to date but must contain the decision. */
export const accountOfDecision = (data: string, decisionId: string): Promise<E.Either<AppError, string>> =>
  readingPublished(
    { data, memory: MEMORY },
    async ({ connection, standing }) => {
      const rows = await rowsOf(
        connection,
        `SELECT DISTINCT account FROM actions
          WHERE decision_id = $1 AND type IN (${DECISIONS_MADE}) ORDER BY account`,
        [decisionId],
      )
      const accounts = rows.map(([account]) => String(account))
      const [only, ...others] = accounts
      if (only === undefined) {
        return notFound(
          `the projections have no decision ${decisionId} as of sequence ${standing.sequence}; if it is newer, run redress project, or name its account`,
          'account',
        )
      }
      return others.length === 0
        ? E.right(only)
        : invalid(
            `several accounts have a decision ${decisionId}; choose one of ${accounts.join(', ')}`,
            'account',
          )
    },
    (error) =>
      failed(
        `cannot look up the account of the decision ${decisionId}: ${reasonOf(error)}; run redress project, or name the account`,
        'account',
      ),
  )

const reasonOf = (error: PublishedError): string =>
  error.kind === 'missing' ? `nothing is projected in ${error.dataDir} yet` : error.message
