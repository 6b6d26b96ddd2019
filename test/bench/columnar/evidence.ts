import { sqlName } from '../../../src/foundation/sql.ts'
import { modelSql, scannerSql } from './flags.ts'
import { accountSql } from './ids.ts'
import { faulty, period } from './rulesets.ts'
import {
  DAY,
  type Generation,
  MINUTE,
  nanosSql,
  SECOND,
  seenSql,
  signalColumns,
  signalsJson,
} from './stage.ts'

/** The evaluations from one to another (exclusive), and when each happens: in order, some in the same millisecond. */
export const evaluationTimes = (
  { draws }: Generation,
  evaluations: number,
  { from, to }: { readonly from: number; readonly to: number },
): string => `SELECT (${period.from} + floor((e + ${draws.share('e', 1)}) * ${(period.to - period.from) / evaluations}::DOUBLE))::BIGINT AS moment, i
  FROM (SELECT i, i - (i > ${from} AND ${draws.chance('i', 19, 25)})::BIGINT AS e FROM range(${from}, ${to}) r (i))`

/**
 * Inserts the evaluations among `slots` (i: which one, from 0; null: an action), on which no rule of the day fired.
 * Accounts are first seen in the order of their numbers; old ones are evaluated most, some thousands of times.
 */
export const insertEvidence = async (generation: Generation, evaluations: number): Promise<void> => {
  const { connection, draws, accounts } = generation
  const seen = (i: string): string => seenSql(accounts, `((${i}) / ${evaluations}::DOUBLE)`)
  const isScanner = "detector = 'scanner'"
  const values = {
    account_age_days: `CASE WHEN ${isScanner} THEN ${part('b', 0, 2000)} END`,
    adult_score: `CASE WHEN ${isScanner} THEN CASE
      WHEN ${part('b', 1, 10)} > 0 OR moment BETWEEN ${faulty.from} AND ${faulty.to} THEN 1 + ${part('b', 2, 499)}
      WHEN is_drawn THEN 500 + ${part('b', 2, 500)} ELSE 500 + ${part('b', 2, 300)} END END`,
    duplicate_count: `CASE WHEN ${isScanner} THEN CASE WHEN ${part('b', 3, 20)} > 0 THEN 0 ELSE ${part('c', 0, 25)} END END`,
    hash_distance: `CASE WHEN detector = 'phash' THEN 9 + ${part('b', 0, 40)} END`,
    is_illustration: `CASE WHEN ${isScanner} AND ${part('c', 1, 50)} > 0 THEN is_drawn END`,
    link_count: `CASE WHEN ${isScanner} THEN CASE WHEN ${part('c', 2, 50)} = 0 THEN 12 + ${part('c', 3, 29)} ELSE ${part('c', 3, 12)} END END`,
    nudity_score: `CASE WHEN detector = 'nudity-net' THEN CASE WHEN ${part('b', 1, 20)} = 0 THEN 700 + ${part('b', 2, 200)} ELSE 1 + ${part('b', 2, 600)} END END`,
  }
  await connection.run(
    'SET VARIABLE score_digits = (SELECT list((n / 1000.0::DOUBLE)::VARCHAR ORDER BY n) FROM range(1, 1000) r (n))',
  )
  const names = Object.fromEntries(Object.keys(values).map((name) => [name, name]))
  // Scores are thousandths. Their digits are looked up: to write a DOUBLE takes DuckDB several times as long.
  const digits = (score: string): string => `getvariable('score_digits')[${score}]`
  const written = { ...names, adult_score: digits('adult_score'), nudity_score: digits('nudity_score') }
  const typed = {
    ...names,
    adult_score: 'adult_score / 1000.0::DOUBLE',
    nudity_score: 'nudity_score / 1000.0::DOUBLE',
  }
  const columns: Readonly<Record<string, string>> = {
    type: "'content.evaluated.v1'",
    sequence: 'sequence',
    account: accountSql('account_no'),
    account_no: 'account_no::INTEGER',
    occurred_at: 'epoch_ms(moment)',
    occurred_ns: nanosSql(draws, 'i'),
    recorded_at: 'epoch_ms(moment + 250)',
    source: "'/services/detection/' || CASE detector WHEN 'phash' THEN 'hashes' ELSE detector END",
    id: "'e-' || i",
    content_kind: `CASE WHEN ${part('a', 0, 100)} < 93 THEN 'pin' WHEN i % 2 = 0 THEN 'board' ELSE 'comment' END`,
    content_id: '(900000000000 + i)::VARCHAR',
    content_created_at: `epoch_ms(moment - CASE WHEN ${part('a', 1, 20)} < 3 THEN ${DAY} + ${part('a', 2, 300)} * ${DAY}::BIGINT ELSE ${SECOND} + ${part('a', 2, MINUTE)} END)`,
    detector_kind: `CASE detector WHEN 'nudity-net' THEN 'model' WHEN 'phash' THEN 'hash_match' ELSE 'rule' END`,
    detector: 'detector',
    detector_version: `CASE detector WHEN 'nudity-net' THEN ${modelSql('moment')} WHEN 'phash' THEN '1.9' ELSE ${scannerSql('moment')} END`,
    signals: `(${signalsJson(written)})::JSON`,
    ...signalColumns(generation, typed),
  }
  const selected = Object.entries(columns).map(([name, value]) => `${value} AS ${sqlName(name)}`)
  const found = Object.entries(values).map(([name, value]) => `${value} AS ${name}`)
  await connection.run(`INSERT INTO evidence BY NAME SELECT ${selected.join(', ')} FROM (SELECT *, ${found.join(', ')} FROM (
    SELECT *, ${part('c', 1, 100)} < 28 AS is_drawn,
      CASE WHEN ${part('a', 3, 100)} < 30 THEN 'nudity-net' WHEN ${part('a', 3, 100)} < 33 THEN 'phash' ELSE 'scanner' END AS detector,
      CASE WHEN ${seen('i + 1')} > ${seen('i')} THEN ${seen('i + 1')}
        ELSE 1 + floor(greatest(0, ${seen('i')} - 1) * pow(${draws.share('i', 17)}, 1.8))::BIGINT END AS account_no
    FROM (SELECT *, ${draws.bits('i', 2)} AS a, ${draws.bits('i', 3)} AS b, ${draws.bits('i', 4)} AS c FROM slots WHERE i IS NOT NULL)))`)
}

/** A whole number from 0 to `n` - 1 from one of four parts of 64 random bits: a hash for each would take most of the time. */
const part = (bits: string, which: 0 | 1 | 2 | 3, n: number): string =>
  `((((${bits} >> ${16 * which}) & 65535)::BIGINT * ${n}) >> 16)`
