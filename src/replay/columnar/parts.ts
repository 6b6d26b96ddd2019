import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../../projection/duckdb.ts'
import { collectHistory, type EvidenceWanted } from '../model/collect.ts'
import type { History } from '../model/history.ts'
import type { Versions } from '../model/versions.ts'
import { happeningsSql, type NeededType, readHappenings } from './happenings.ts'

const FROM_ACTIONS = [
  'flag.raised.v1',
  'flag.rescored.v1',
  'flag.dismissed.v1',
  'account.deactivated.v1',
  'content.removed.v1',
  'decision.changed.v1',
  'account.reinstated.v1',
  'content.restored.v1',
  'appeal.filed.v1',
  'appeal.decided.v1',
] as const satisfies ReadonlyArray<NeededType>

/** A set of accounts that can be judged without the others: a condition on `account_no`, and about how many events they have. */
export type HistoryPart = { readonly where: string; readonly events: number }

/**
 * Divides the accounts that have events in `h_actions` or `h_fired` into parts of about `size` events: linked accounts
 * (`h_groups`) are in the same part.
 */
export const partsOf = async (
  connection: DuckDBConnection,
  size: number,
): Promise<ReadonlyArray<HistoryPart>> => {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE h_counts AS
      SELECT account_no, count(*)::BIGINT AS events
      FROM (SELECT account_no FROM h_actions UNION ALL SELECT account_no FROM h_fired)
      WHERE account_no IS NOT NULL GROUP BY account_no`,
  )
  const alone = await ranges(
    connection,
    `SELECT account_no AS key, events FROM h_counts WHERE account_no NOT IN (SELECT account_no FROM h_groups)`,
    size,
  )
  const linked = await ranges(
    connection,
    `SELECT group_no AS key, sum(events) AS events FROM h_counts JOIN h_groups USING (account_no) GROUP BY group_no`,
    size,
  )
  await connection.run('DROP TABLE h_counts')
  return [
    ...alone.map(({ first, last, events }) => ({
      where: `account_no BETWEEN ${first} AND ${last} AND account_no NOT IN (SELECT account_no FROM h_groups)`,
      events,
    })),
    ...linked.map(({ first, last, events }) => ({
      where: `account_no IN (SELECT account_no FROM h_groups WHERE group_no BETWEEN ${first} AND ${last})`,
      events,
    })),
  ]
}

const ranges = async (connection: DuckDBConnection, keys: string, size: number) => {
  const found = await rowsOf(
    connection,
    `SELECT min(key)::DOUBLE, max(key)::DOUBLE, sum(events)::DOUBLE
      FROM (SELECT key, events, sum(events) OVER (ORDER BY key) // ${size} AS part FROM (${keys}))
      GROUP BY part ORDER BY part`,
  )
  return found.map(([first, last, events]) => ({
    first: Number(first),
    last: Number(last),
    events: Number(events),
  }))
}

/** The events of a part as DuckDB returns them. */
type RawPart = ReadonlyArray<{ readonly type: NeededType; readonly texts: ReadonlyArray<string> }>

const rawPart = async (connection: DuckDBConnection, { where }: HistoryPart): Promise<RawPart> => {
  const counted = `${where} AND sequence NOT IN (SELECT sequence FROM h_reused)`
  const read = async (type: NeededType, from: string, condition: string) => {
    const rows = await rowsOf(connection, happeningsSql(type, from, condition))
    return { type, texts: rows.map(([text]) => String(text)) }
  }
  const raw = []
  for (const type of FROM_ACTIONS) raw.push(await read(type, 'h_actions', counted))
  raw.push(await read('content.evaluated.v1', 'h_fired', where))
  return raw
}

/** What a part's history shares with the whole. */
export type Whole = Pick<History, 'versions' | 'end' | 'events' | 'reusedIds' | 'withoutAccounts'>

/** The history of each part in turn. DuckDB reads the next one while the caller judges this one. */
export async function* historiesOf(
  connection: DuckDBConnection,
  parts: ReadonlyArray<HistoryPart>,
  wanted: EvidenceWanted,
  versions: Versions,
  whole: Whole,
): AsyncGenerator<{ readonly history: History; readonly events: number }> {
  const start = (index: number): Promise<RawPart> | undefined => {
    const part = parts[index]
    if (part === undefined) return undefined
    const reading = rawPart(connection, part)
    // It is awaited later: if it fails before that, the failure is not unhandled.
    reading.catch(() => {})
    return reading
  }
  let next = start(0)
  try {
    for (const [index, { events }] of parts.entries()) {
      const raw = (await next) ?? []
      next = start(index + 1)
      const collection = collectHistory(wanted, versions)
      for (const { type, texts } of raw) {
        for (const text of texts) readHappenings(type, text, collection.addPlaced)
      }
      yield { history: { ...collection.finish(new Map()), ...whole }, events }
    }
  } finally {
    // A caller that stops part-way may close the connection, which must not happen during a query.
    await next?.catch(() => {})
  }
}
