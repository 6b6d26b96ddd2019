import type { DuckDBConnection } from '@duckdb/node-api'
import type { SignalSql } from '../../../replay/columnar/selection/conditions.ts'
import type { Question, RehearsalWindow } from '../rehearsal.ts'
import type { RulePair } from '../rule-pairs.ts'
import type { Conditions } from './conditions.ts'

/** What the queries need to know. */
export type Looking = {
  readonly connection: DuckDBConnection
  readonly question: Question
  readonly window: RehearsalWindow
  readonly pairs: ReadonlyArray<RulePair>
  readonly conditions: Conditions
  readonly signal: SignalSql
}

/** That a flag is the first with its id: see `findRepeated`. */
export const FLAGS =
  "h_actions WHERE type = 'flag.raised.v1' AND sequence NOT IN (SELECT sequence FROM r_repeated)"
export const EVALUATIONS = 'h_evidence WHERE true'

export const inWindowSql = ({ from, to }: RehearsalWindow): string =>
  `occurred_at BETWEEN epoch_ms(${from}) AND epoch_ms(${to})`

/** Where evidence of each kind is, with the conditions over it. */
export const sourcesOf = ({ conditions: { onFlag, onEvidence } }: Pick<Looking, 'conditions'>) =>
  [
    { kind: 'flag', from: `${FLAGS} AND detector_kind <> 'human'`, written: onFlag },
    { kind: 'evaluation', from: EVALUATIONS, written: onEvidence },
  ] as const

/** Makes the table `r_repeated`: the flags of which an earlier one has the same id, which do not count. */
export const findRepeated = async (connection: DuckDBConnection): Promise<void> => {
  const flags = "h_actions WHERE type = 'flag.raised.v1'"
  // By hash first: nearly all ids are unique, and a table of their texts would be many times as large.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_repeated AS SELECT sequence FROM ${flags} AND hash(flag_id) IN
        (SELECT hash(flag_id) AS hashed FROM ${flags} GROUP BY hashed HAVING count(*) > 1)
      QUALIFY row_number() OVER (PARTITION BY flag_id ORDER BY occurred_at, occurred_ns, source, id, account) > 1`,
  )
}
