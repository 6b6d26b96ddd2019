import type { DuckDBConnection } from '@duckdb/node-api'
import { RANK } from '../../../replay/columnar/reused-ids.ts'

/** The place of an event in the order of replay, as one value: DuckDB compares the fields of a struct in turn. */
const PLACE = `{ms: epoch_ms(occurred_at), ns: occurred_ns, rank: ${RANK}, source: source, id: id, account: account}`

/**
 * Makes the table `r_voids (flag_id, void_ms, void_ns)`: when each flag in `r_counted` was voided first, as `indexVoidings` finds it. Of
 * several decisions or answers with one id only the first counts.
 */
export const findVoids = async (connection: DuckDBConnection): Promise<void> => {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_ids AS SELECT DISTINCT flag_id, account_no FROM r_counted WHERE flag_id IS NOT NULL`,
  )
  // By whom the decisions are named that those flags are grounds of.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_grounds AS
      WITH named AS (SELECT sequence, decision_id, account_no, unnest(grounds) AS flag_id
        FROM h_actions WHERE grounds IS NOT NULL),
      mine AS (SELECT DISTINCT sequence, decision_id, flag_id FROM named SEMI JOIN r_ids USING (flag_id, account_no)),
      first AS (SELECT arg_min(sequence, ${PLACE}) AS sequence FROM h_actions
        WHERE grounds IS NOT NULL AND decision_id IN (SELECT decision_id FROM mine) GROUP BY decision_id)
      SELECT decision_id, flag_id FROM mine SEMI JOIN first USING (sequence)`,
  )
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_voids AS
      WITH dismissed AS (SELECT flag_id, account_no, ${PLACE} AS v FROM h_actions WHERE type = 'flag.dismissed.v1'),
      listed AS (SELECT unnest(flags_voided) AS flag_id, account_no, ${PLACE} AS v
        FROM h_actions WHERE flags_voided IS NOT NULL AND type IN ('content.restored.v1', 'account.reinstated.v1')),
      reversed AS (SELECT unnest(decision_ids) AS decision_id, ${PLACE} AS v
        FROM h_actions WHERE decision_ids IS NOT NULL AND flags_voided IS NULL AND reason <> 'expiry'),
      answers AS (SELECT * FROM h_actions WHERE type = 'appeal.decided.v1'),
      asked AS (SELECT appeal_id FROM answers WHERE decision_id IN (SELECT decision_id FROM r_grounds)),
      answered AS (SELECT min_by({decision_id: decision_id, outcome: outcome}, ${PLACE}) AS said, min(${PLACE}) AS v
        FROM answers WHERE appeal_id IN (FROM asked) GROUP BY appeal_id),
      won AS (SELECT said.decision_id AS decision_id, v FROM answered WHERE said.outcome = 'reversed'),
      voided AS (
        SELECT flag_id, v FROM dismissed SEMI JOIN r_ids USING (flag_id, account_no)
        UNION ALL SELECT flag_id, v FROM listed SEMI JOIN r_ids USING (flag_id, account_no)
        UNION ALL SELECT flag_id, v FROM r_grounds JOIN reversed USING (decision_id)
        UNION ALL SELECT flag_id, v FROM r_grounds JOIN won USING (decision_id))
      SELECT flag_id, min(v).ms AS void_ms, min(v).ns AS void_ns FROM voided GROUP BY flag_id`,
  )
}
