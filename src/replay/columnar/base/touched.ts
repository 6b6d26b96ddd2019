import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../../../projection/duckdb.ts'
import type { Judging } from '../judge-columns.ts'
import type { BaseOrigin } from './base.ts'

/** The temporary table of the accounts that are judged again. */
export const TOUCHED = 'h_touched'

/**
 * Adds to `h_touched` the accounts of which anything may have changed since a base: those with later events, those whose
 * restriction has ended since, and whoever is linked to them.
 */
export const addChangedSince = async (
  { source, whole }: Judging,
  { cursor, end }: BaseOrigin,
): Promise<void> => {
  if (source.sequence === cursor.sequence) return
  const { connection } = source
  const ended =
    end === null || whole.end === null
      ? 'false'
      : `until > epoch_ms(${end}) AND until <= epoch_ms(${whole.end})`
  await connection.run(
    `INSERT INTO ${TOUCHED}
      SELECT account_no FROM h_actions WHERE account_no IS NOT NULL AND (sequence > ${cursor.sequence} OR ${ended})
      UNION SELECT account_no FROM h_evidence WHERE sequence > ${cursor.sequence}`,
  )
  await connection.run(
    `INSERT INTO ${TOUCHED} SELECT account_no FROM h_groups WHERE group_no IN
      (SELECT group_no FROM h_groups SEMI JOIN ${TOUCHED} USING (account_no))`,
  )
}

/** Whether an account is in `h_touched`, by its number. */
export const touchedAccounts = async (
  connection: DuckDBConnection,
): Promise<(accountNo: number) => boolean> => {
  const [highest] = await rowsOf(connection, `SELECT coalesce(max(account_no), 0) FROM ${TOUCHED}`)
  const isTouched = new Uint8Array(Number(highest?.[0]) + 1)
  const [accounts = []] = await (await connection.run(`SELECT account_no FROM ${TOUCHED}`)).getColumns()
  for (const account of accounts) isTouched[Number(account)] = 1
  return (accountNo) => isTouched[accountNo] === 1
}
