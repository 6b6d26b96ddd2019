import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { rowsOf } from '../../projection/duckdb.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Corrections } from '../correction/correction.ts'
import type { History } from '../model/history.ts'
import { indexVersions } from '../model/versions.ts'
import type { NotInSql } from './fired.ts'
import type { Compared, Search } from './selection/compared.ts'
import { ruleConditions, type SignalSql } from './selection/conditions.ts'
import { decisionsJudgedDifferently } from './selection/decisions.ts'
import { flagsOfRenamedRules, flagsReadDifferently } from './selection/flags.ts'
import { missedByOtherPolicies, withEnoughStrikes } from './selection/missed.ts'
import { readReferences } from './selection/references.ts'
import { evidenceSeenDifferently } from './selection/sightings.ts'
import { flagsListed, flagsWithdrawnWhere } from './selection/withdrawn.ts'
import { allSpans } from './spans.ts'

/** Why some accounts are selected. */
export type SelectionStep = {
  /** What they have. */
  readonly what: string
  /** The query that found them; `$1`: flag ids, one per line. */
  readonly sql: string
  /** How many accounts it added. */
  readonly accounts: number
}

type Selecting = {
  readonly corrections: Corrections
  /** The published versions of the corrections' ruleset id; there must be one. */
  readonly versions: History['versions']
  readonly signal: SignalSql
}

/**
 * Selects the accounts that any of some corrections can touch: all for which a replay might report anything else than under
 * the rules as they were and the evidence as recorded (rows, what to do, blame, decisions under other rulesets, flags to
 * rescore, warnings), with those that must be judged together with them (`h_groups`), and others besides. Makes the temporary
 * table `h_touched (account_no)`.
 */
export const selectTouched = async (
  connection: DuckDBConnection,
  { corrections, versions, signal }: Selecting,
): Promise<E.Either<NotInSql, ReadonlyArray<SelectionStep>>> => {
  const withdrawals = corrections.flatMap((correction) => correction.withdrawals)
  await connection.run('CREATE OR REPLACE TEMP TABLE h_touched (account_no INTEGER)')
  const steps: SelectionStep[] = []
  const select = async (what: string, { queries, onlyIfAny }: Search, listed?: string): Promise<void> => {
    if (queries.length === 0 || !(await isAny(connection, onlyIfAny))) return
    const sql = queries.join(' UNION ALL ')
    const [row] = await rowsOf(
      connection,
      `INSERT INTO h_touched SELECT DISTINCT account_no FROM (${sql})
        WHERE account_no NOT IN (SELECT account_no FROM h_touched)`,
      listed === undefined ? undefined : [listed],
    )
    steps.push({ what, sql, accounts: Number(row?.[0]) })
  }

  const rulesets = corrections.flatMap(({ rules }) => (rules.kind === 'corrected' ? [rules.ruleset] : []))
  const added = await selectByRules(connection, rulesets, { versions, signal }, select)
  if (E.isLeft(added)) return added
  const withdrawn = flagsWithdrawnWhere(withdrawals, signal)
  if (E.isLeft(withdrawn)) return withdrawn
  await select('flags that a withdrawal may cover', withdrawn.right)
  const listed = flagsListed(withdrawals)
  if (listed.size > 0)
    await select('flags that a withdrawal lists', { queries: [LISTED] }, [...listed].join('\n'))
  if (corrections.some(({ rescored }) => rescored === 'use'))
    await select('rescored flags', { queries: [RESCORED] })
  if (steps.some(({ accounts }) => accounts > 0))
    await select('accounts linked with those', { queries: [LINKED] })
  return E.right(steps)
}

const LISTED = `SELECT account_no FROM h_actions
  SEMI JOIN (SELECT unnest(string_split($1, chr(10))) AS flag_id) USING (flag_id) WHERE type = 'flag.raised.v1'`
const RESCORED = "SELECT account_no FROM h_actions WHERE type = 'flag.rescored.v1'"
const LINKED = `SELECT account_no FROM h_groups
  WHERE group_no IN (SELECT group_no FROM h_groups SEMI JOIN h_touched USING (account_no))`

const EVERYTHING = `SELECT account_no FROM h_actions WHERE account_no IS NOT NULL
  UNION ALL SELECT account_no FROM h_evidence`
/** DuckDB takes 3 ms to plan a query for a condition. Rules that changed so often select most accounts anyway. */
const MANY = 500

const isAny = async (connection: DuckDBConnection, queries: Search['onlyIfAny']): Promise<boolean> => {
  if (queries === undefined) return true
  const rows = await rowsOf(connection, `SELECT 1 FROM (${queries.join(' UNION ALL ')}) LIMIT 1`)
  return rows.length > 0
}

type Select = (what: string, search: Search) => Promise<void>

/** Selects what any of some corrected rulesets may judge differently. */
const selectByRules = async (
  connection: DuckDBConnection,
  rulesets: ReadonlyArray<Ruleset>,
  { versions, signal }: Omit<Selecting, 'corrections'>,
  select: Select,
): Promise<E.Either<NotInSql, void>> => {
  const [anyRuleset] = rulesets
  if (anyRuleset === undefined) return E.right(undefined)
  const published = versions.map(({ ruleset }) => ruleset)
  const conditions = ruleConditions([...rulesets, ...published], signal)
  if (E.isLeft(conditions)) return conditions
  if (conditions.right.size > MANY) {
    await select('everything: there are too many conditions to compare', { queries: [EVERYTHING] })
    return E.right(undefined)
  }
  const references = await readReferences(connection, anyRuleset.id)
  const shared = {
    published,
    correctedAny: rulesets,
    versions: indexVersions(versions),
    spans: allSpans(versions),
    conditions: conditions.right,
  }
  const each = (search: (compared: Compared) => Search): Search =>
    anyOf(rulesets.map((corrected) => search({ corrected, ...shared })))
  await select(
    'flags that the rules read differently',
    each((compared) => flagsReadDifferently(references, compared)),
  )
  await select(
    'decisions that other policies judge, or that had no version',
    each((compared) => decisionsJudgedDifferently(references, compared)),
  )
  await select('enough strikes while other policies were in force', each(missedByOtherPolicies))
  await select(
    'enough strikes, and evidence in which the rules see something else',
    each((compared) => withEnoughStrikes(evidenceSeenDifferently(compared), compared)),
  )
  await select(
    'enough strikes, and a flag of a renamed rule with evidence on which it fires',
    each((compared) => withEnoughStrikes(flagsOfRenamedRules(references, compared), compared)),
  )
  return E.right(undefined)
}

/** What any of some searches finds; most of what rulesets have in common is searched for once. */
const anyOf = (searches: ReadonlyArray<Search>): Search => ({
  queries: distinct(searches.map(({ queries }) => queries)),
  ...(searches.every(({ onlyIfAny }) => onlyIfAny !== undefined)
    ? { onlyIfAny: distinct(searches.map(({ onlyIfAny = [] }) => onlyIfAny)) }
    : {}),
})

const distinct = (lists: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => [
  ...new Set(lists.flat()),
]
