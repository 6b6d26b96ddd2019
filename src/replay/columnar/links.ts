import type { DuckDBConnection } from '@duckdb/node-api'
import { definitionOf, eventTypes } from '../../domain/event.ts'
import { sqlText } from '../../foundation/sql.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import { unionFind } from './union-find.ts'

/** The accounts of a history that cannot be judged alone. */
export type Links = {
  readonly groups: number
  /** The number of accounts in these groups. */
  readonly accounts: number
}

/** The types of events that change nothing, such as the notices of decisions: a third of what names one. */
const INFORMING = eventTypes
  .filter((type) => definitionOf(type).onlyInforms)
  .map(sqlText)
  .join(', ')

/**
 * What an event can refer to on another account. A decision's fate is told by whatever names it, on any account; and of
 * several things with one id only the first counts. What names a flag counts only on the flag's own account, except that a
 * decision rests on the decisions that a ground exists because of, whoever's flag it is. The letters keep ids of different
 * kinds apart.
 */
const MENTIONS = `
  SELECT account_no, hash('d', decision_id) AS mentioned FROM h_actions
    WHERE decision_id IS NOT NULL AND type NOT IN (${INFORMING})
  UNION ALL
  SELECT account_no, hash('d', unnest(decision_ids)) FROM h_actions WHERE decision_ids IS NOT NULL
  UNION ALL
  SELECT account_no, hash('d', unnest(because_of)) FROM h_actions WHERE because_of IS NOT NULL
  UNION ALL
  SELECT account_no, hash('a', appeal_id) FROM h_actions
    WHERE appeal_id IS NOT NULL AND type NOT IN (${INFORMING})
  UNION ALL
  SELECT account_no, hash('f', flag_id) FROM h_actions WHERE type = 'flag.raised.v1'
  UNION ALL
  SELECT account_no, hash('f', flag_id)
    FROM (SELECT account_no, unnest(grounds) AS flag_id FROM h_actions WHERE grounds IS NOT NULL)
    SEMI JOIN (SELECT flag_id FROM h_actions WHERE because_of IS NOT NULL) USING (flag_id)`

/**
 * Finds the accounts that must be judged together, directly or through others, because their events mention the same
 * decision, appeal or flag. Makes the temporary table `h_groups (account_no, group_no)`, with groups numbered from 0; an
 * account that is not in it can be judged alone. Ids are compared by their hashes: a collision only makes a group larger.
 * Takes 1.4 s of a core for 20 million events.
 */
export const linkAccounts = async (connection: DuckDBConnection): Promise<Links> => {
  // The first account that mentions something, with each other one.
  const pairs = await connection.run(`WITH
    mentions AS MATERIALIZED (${MENTIONS}),
    shared AS (SELECT mentioned, min(account_no) AS first FROM mentions
      GROUP BY mentioned HAVING min(account_no) <> max(account_no))
    SELECT DISTINCT first, account_no FROM mentions JOIN shared USING (mentioned) WHERE account_no <> first`)
  const [firsts = [], others = []] = await pairs.getColumns()
  const [highest] = await rowsOf(connection, 'SELECT coalesce(max(account_no), 0) FROM h_actions')
  const accounts = Number(highest?.[0]) + 1
  const sets = unionFind(accounts)
  firsts.forEach((first, i) => {
    sets.join(Number(first), Number(others[i]))
  })

  await connection.run('CREATE OR REPLACE TEMP TABLE h_groups (account_no INTEGER, group_no INTEGER)')
  const groupOf = new Int32Array(accounts).fill(-1)
  let groups = 0
  let linked = 0
  const appender = await connection.createAppender('h_groups', null, 'temp')
  const append = (account: number, group: number): void => {
    appender.appendInteger(account)
    appender.appendInteger(group)
    appender.endRow()
    linked++
  }
  for (let account = 0; account < accounts; account++) {
    const first = sets.find(account)
    if (first === account) continue
    let group = groupOf[first] ?? -1
    if (group === -1) {
      group = groups++
      groupOf[first] = group
      append(first, group)
    }
    append(account, group)
  }
  appender.closeSync()
  return { groups, accounts: linked }
}
