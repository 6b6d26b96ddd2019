import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { sqlText } from '../../foundation/sql.ts'
import type { LedgerError } from '../../ledger/port.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { type Correction, rulesetIdOf } from '../correction/correction.ts'
import { collectHistory } from '../model/collect.ts'
import { withoutEnd } from '../model/end.ts'
import type { History, VersionOnRecord } from '../model/history.ts'
import { checkRules, type NoRulesPublished } from '../reference/judging-rules.ts'
import { happeningsSql, readHappenings } from './happenings.ts'
import { linkAccounts } from './links.ts'
import { findReusedIds, type ReusedEvent } from './reused-ids.ts'
import type { ColumnarSource } from './source.ts'

/** The compiled documents with these hashes. */
export type CompileDocuments = (
  hashes: ReadonlySet<string>,
) => Promise<E.Either<LedgerError, ReadonlyMap<string, Ruleset>>>

/** What the history of a part shares with the whole. */
export type Whole = Pick<History, 'versions' | 'end' | 'events' | 'reusedIds' | 'withoutAccounts'>

/** What links accounts, and which events do not count: what takes longest to find. */
export type FoundLinks = {
  readonly groups: ReadonlyArray<readonly [accountNo: number, groupNo: number]>
  readonly reused: ReadonlyArray<ReusedEvent>
}

/** Finds the links in a history, and makes the temporary table `h_groups` (see `linkAccounts`). */
export const findLinks = async (connection: DuckDBConnection): Promise<FoundLinks> => {
  await linkAccounts(connection)
  const rows = await rowsOf(connection, 'SELECT account_no, group_no FROM h_groups')
  const groups = rows.map(([account, group]) => [Number(account), Number(group)] as const)
  return { groups, reused: await findReusedIds(connection) }
}

/** Makes the temporary table `h_groups` from links that were found before. */
export const restoreLinks = async (connection: DuckDBConnection, { groups }: FoundLinks): Promise<void> => {
  await connection.run('CREATE OR REPLACE TEMP TABLE h_groups (account_no INTEGER, group_no INTEGER)')
  if (groups.length === 0) return
  const [accounts, numbers] = [0, 1].map((column) => groups.map((pair) => pair[column]).join(','))
  await connection.run(
    `INSERT INTO h_groups SELECT unnest(string_split($1, ','))::INTEGER, unnest(string_split($2, ','))::INTEGER`,
    [accounts ?? '', numbers ?? ''],
  )
}

/** Finds out what the parts of a history share, and makes the temporary table `h_reused`: the events that do not count. */
export const findWhole = async (
  { connection, events }: ColumnarSource,
  versions: Whole['versions'],
  { reused }: FoundLinks,
): Promise<Whole> => {
  await leaveOut(connection, reused)
  return {
    versions,
    reusedIds: reused.map((event) => event.reused),
    end: await historyEnd(connection),
    events: events.actions + events.evidence,
    withoutAccounts: [],
  }
}

/** Makes the temporary table of the events that do not count. */
const leaveOut = async (connection: DuckDBConnection, events: ReadonlyArray<ReusedEvent>): Promise<void> => {
  await connection.run('CREATE OR REPLACE TEMP TABLE h_reused (sequence BIGINT)')
  if (events.length === 0) return
  const sequences = events.map(({ sequence }) => sequence).join(',')
  await connection.run("INSERT INTO h_reused SELECT unnest(string_split($1, ','))::BIGINT", [sequences])
}

/** The published versions of the ruleset's id, if they are enough for a correction. */
export const versionsFor = async (
  connection: DuckDBConnection,
  correction: Pick<Correction, 'rules'>,
  documents: CompileDocuments,
): Promise<E.Either<LedgerError | NoRulesPublished, ReadonlyArray<VersionOnRecord>>> => {
  const versions = await publishedVersions(connection, rulesetIdOf(correction), documents)
  if (E.isLeft(versions)) return versions
  return E.map(() => versions.right)(checkRules(correction, { versions: versions.right }))
}

/** The published versions of a ruleset's id; null: of all. By effectiveFrom. */
export const publishedVersions = async (
  connection: DuckDBConnection,
  rulesetId: string | null,
  documents: CompileDocuments,
): Promise<E.Either<LedgerError, ReadonlyArray<VersionOnRecord>>> => {
  const collection = collectHistory({ rulesetId, needsVersions: false, keepsEvaluation: () => false })
  const type = 'ruleset.published.v1'
  const chosen = rulesetId === null ? 'true' : `ruleset = ${sqlText(rulesetId)}`
  const rows = await rowsOf(connection, happeningsSql([type], 'h_actions', chosen))
  for (const [, text] of rows) readHappenings(type, String(text), collection.addPlaced)
  return E.map((compiled: ReadonlyMap<string, Ruleset>) => collection.finish(compiled).versions)(
    await documents(collection.documentsNeeded()),
  )
}

/** The latest occurredAt, in ms; null: there are no events. */
export const historyEnd = async (connection: DuckDBConnection): Promise<number | null> => {
  const [row] = await rowsOf(
    connection,
    `SELECT epoch_ms(max(occurred_at))::DOUBLE
      FROM (SELECT max(occurred_at) AS occurred_at FROM h_evaluations
        UNION ALL SELECT max(occurred_at) FROM h_actions WHERE type NOT IN (${[...withoutEnd].map(sqlText).join(', ')}))`,
  )
  return row?.[0] == null ? null : Number(row[0])
}
