import * as E from '#fp/Either'
import { conditionSql } from '../../../rulesets/sql/condition-sql.ts'
import type { Withdrawal } from '../../correction/correction.ts'
import type { NotInSql } from '../fired.ts'
import { withinSql } from '../spans.ts'
import type { Search } from './compared.ts'
import { flagColumns, type SignalSql } from './conditions.ts'

/** Queries for the accounts of flags that withdrawals with a condition take in, or may take in. */
export const flagsWithdrawnWhere = (
  withdrawals: ReadonlyArray<Withdrawal>,
  signal: SignalSql,
): E.Either<NotInSql, Search> => {
  const queries: string[] = []
  for (const { id, of, from, to } of withdrawals) {
    if (of.kind !== 'where') continue
    const condition = conditionSql(of.when, of.signals, flagColumns(signal))
    if (E.isLeft(condition)) {
      return E.left({ kind: 'not_in_sql', of: `withdrawal ${id}`, reason: condition.left })
    }
    queries.push(`SELECT account_no FROM h_actions
      WHERE type = 'flag.raised.v1' AND ${withinSql([{ from, until: to }])} AND (${condition.right}) IS NOT FALSE`)
  }
  return E.right({ queries })
}

/** The ids of the flags that withdrawals list, in the window of their withdrawal or not. */
export const flagsListed = (withdrawals: ReadonlyArray<Withdrawal>): ReadonlySet<string> =>
  new Set(withdrawals.flatMap(({ of }) => (of.kind === 'flags' ? [...of.flagIds] : [])))
