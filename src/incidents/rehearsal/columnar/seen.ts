import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../../../projection/duckdb.ts'
import type { SignalSql } from '../../../replay/columnar/selection/conditions.ts'
import type { Ruleset } from '../../../rulesets/ruleset.ts'
import { ACCOUNT_AGE, ageBandSql, ageType } from '../account-age.ts'
import type { Question, RehearsalWindow } from '../rehearsal.ts'
import type { RulePair } from '../rule-pairs.ts'
import { asColumns, type Conditions, truthSql } from './conditions.ts'

/** What the queries below need to know. */
export type Looking = {
  readonly connection: DuckDBConnection
  readonly question: Question
  readonly window: RehearsalWindow
  readonly pairs: ReadonlyArray<RulePair>
  readonly conditions: Conditions
  readonly signal: SignalSql
}

export const FLAGS = "h_actions WHERE type = 'flag.raised.v1'"

/** Evidence of both kinds, with the conditions over it. */
const sources = ({ onFlag, onEvidence }: Conditions) => [
  { kind: 'flag', from: `${FLAGS} AND detector_kind <> 'human' AND ${IS_FIRST}`, conditions: onFlag },
  { kind: 'evaluation', from: 'h_evidence WHERE true', conditions: onEvidence },
]

/** That a flag is the first with its id. */
export const IS_FIRST = 'sequence NOT IN (SELECT sequence FROM r_repeated)'

/** Makes the table `r_repeated`: the flags of which an earlier one has the same id, which do not count. */
export const findRepeated = async (connection: DuckDBConnection): Promise<void> => {
  // By hash first: nearly all ids are unique, and a table of their texts would be many times as large.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE r_repeated AS SELECT sequence FROM ${FLAGS} AND hash(flag_id) IN
        (SELECT hash(flag_id) AS hashed FROM ${FLAGS} GROUP BY hashed HAVING count(*) > 1)
      QUALIFY row_number() OVER (PARTITION BY flag_id ORDER BY occurred_at, occurred_ns, source, id, account) > 1`,
  )
}

export const withinSql = ({ from, to }: RehearsalWindow): string =>
  `occurred_at BETWEEN epoch_ms(${from}) AND epoch_ms(${to})`

/** What is counted of all evidence in the window, whether a rule fires on it or not. */
export type Totals = {
  readonly flags: number
  readonly evaluations: number
  /** By rule: how often neither version fires, and one is unknown. */
  readonly unknown: ReadonlyArray<number>
  /** By signal that the new version declares: how often it has no value that fits. */
  readonly lacking: ReadonlyArray<number>
}

export const countAll = async (looking: Looking): Promise<Totals> => {
  const { connection, question, window, pairs, conditions, signal } = looking
  const signals = [...question.next.signals].map(
    ([name, type], place) => `${signal(name, type)} AS s${place}`,
  )
  const figures = [
    'count(*)',
    ...pairs.map((pair) => {
      const { was, now } = truthSql(pair, conditions)
      return `count(*) FILTER (${was} IS NOT TRUE AND ${now} IS NOT TRUE AND (${was} IS NULL OR ${now} IS NULL))`
    }),
    ...signals.map((_, place) => `count(*) - count(s${place})`),
  ]
  const counted: number[][] = []
  for (const { from, conditions: written } of sources(conditions)) {
    const columns = [...asColumns(written), ...signals, 'true AS present']
    const [row = []] = await rowsOf(
      connection,
      `SELECT ${figures.map((figure) => `(${figure})::DOUBLE`).join(', ')}
        FROM (SELECT ${columns.join(', ')} FROM ${from} AND ${withinSql(window)})`,
    )
    counted.push(row.map(Number))
  }
  const [flags = [], evaluations = []] = counted
  const sums = flags.map((number, place) => number + (evaluations[place] ?? 0)).slice(1)
  return {
    flags: flags[0] ?? 0,
    evaluations: evaluations[0] ?? 0,
    unknown: sums.slice(0, pairs.length),
    lacking: sums.slice(pairs.length),
  }
}

/** What `r_seen` has of evidence besides its truths. */
export const SEEN_COLUMNS = [
  'sequence',
  'account_no',
  'occurred_at',
  'occurred_ns',
  'source',
  'id',
  'content_kind',
  'content_id',
  'detector_kind::VARCHAR AS detector_kind',
  'detector',
  'detector_version',
]

/** Makes the table `r_seen`: the evidence in the window on which a rule of either version fires, and with which truths. */
export const findSeen = async ({
  connection,
  question: { old, next },
  window,
  conditions,
  signal,
}: Looking): Promise<void> => {
  const queries = sources(conditions).map(({ kind, from, conditions: written }) => {
    const columns = [...SEEN_COLUMNS, `${ageOf(old, next, signal)} AS age`, `'${kind}' AS kind`]
    return `SELECT ${[...columns, ...asColumns(written)].join(', ')} FROM ${from}
      AND ${withinSql(window)} AND ${anyOf(written)}`
  })
  await connection.run(`CREATE OR REPLACE TEMP TABLE r_seen AS ${queries.join(' UNION ALL ')}`)
}

/** That one of some conditions is true. */
export const anyOf = (conditions: ReadonlyArray<string>): string =>
  conditions.length === 0 ? 'false' : `(${conditions.map((condition) => `(${condition})`).join(' OR ')})`

const ageOf = (old: Ruleset | null, next: Ruleset, signal: SignalSql): string => {
  const type = ageType(old, next)
  return type === null ? 'NULL' : ageBandSql(signal(ACCOUNT_AGE, type))
}
