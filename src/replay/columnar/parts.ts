import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../../projection/duckdb.ts'
import { collectHistory, type EvidenceWanted } from '../model/collect.ts'
import type { History } from '../model/history.ts'
import type { Versions } from '../model/versions.ts'
import { happeningsSql, type NeededType, readHappenings } from './happenings.ts'
import type { Whole } from './whole.ts'

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

/** Accounts that can be judged without the others: a condition on `account_no`, and about how many events they have. */
export type HistoryPart = {
  readonly where: string
  /** Divides them further: an expression over `account_no`. */
  readonly batch: string
  readonly events: number
}

/**
 * The events of a batch, about. They are in memory as objects, which cost the garbage collector little if they are few; a
 * query costs as much for few as for many.
 */
const BATCH = 3_000

/**
 * Divides the accounts that have events in `h_actions` or `h_fired` into parts of about `size` events: linked accounts
 * (`h_groups`) are in the same part. `among`: only the accounts in this table, in which no group may be incomplete.
 */
export const partsOf = async (
  connection: DuckDBConnection,
  { size, among }: { readonly size: number; readonly among: string | null },
): Promise<ReadonlyArray<HistoryPart>> => {
  const chosen = among === null ? 'true' : `account_no IN (SELECT account_no FROM ${among})`
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE h_counts AS
      SELECT account_no, count(*)::BIGINT AS events
      FROM (SELECT account_no FROM h_actions UNION ALL SELECT account_no FROM h_fired)
      WHERE account_no IS NOT NULL AND ${chosen} GROUP BY account_no`,
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
      where: `account_no BETWEEN ${first} AND ${last} AND account_no NOT IN (SELECT account_no FROM h_groups)
        AND ${chosen}`,
      batch: `(account_no - ${first}) // ${Math.max(1, Math.ceil(((last - first + 1) * BATCH) / events))}`,
      events,
    })),
    ...linked.map(({ first, last, events }) => ({
      where: `account_no IN (SELECT account_no FROM h_groups WHERE group_no BETWEEN ${first} AND ${last})
        AND ${chosen}`,
      batch: '0',
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

/** The events of a part as DuckDB returns them: texts of each type, by batch. */
type RawPart = Map<number, { readonly type: NeededType; readonly text: string }[]>

const rawPart = async (
  connection: DuckDBConnection,
  { where, batch }: HistoryPart,
  needed: NeededTypes,
): Promise<RawPart> => {
  const batches: RawPart = new Map()
  for (const [type, from, condition] of needed) {
    const rows = await rowsOf(connection, happeningsSql(type, from, `${where} AND ${condition}`, batch))
    for (const [text, number] of rows) {
      const texts = batches.get(Number(number)) ?? []
      texts.push({ type, text: String(text) })
      batches.set(Number(number), texts)
    }
  }
  return batches
}

/** The types of events that occur, with where they are read from. */
type NeededTypes = ReadonlyArray<readonly [type: NeededType, from: string, where: string]>

const neededTypes = async (connection: DuckDBConnection): Promise<NeededTypes> => {
  const counts = 'sequence NOT IN (SELECT sequence FROM h_reused)'
  const rows = await rowsOf(connection, 'SELECT DISTINCT type::VARCHAR FROM h_actions')
  const occurring = new Set(rows.map(([type]) => String(type)))
  return [
    ...FROM_ACTIONS.filter((type) => occurring.has(type)).map((type) => [type, 'h_actions', counts] as const),
    ['content.evaluated.v1', 'h_fired', 'true'],
  ]
}

/** The history of some accounts that can be judged without the others, and the number of each. */
export type PartHistory = { readonly history: History; readonly numberOf: (account: string) => number }

/**
 * The histories in each part in turn, one for each batch of it, each with the share of all events that are done with it.
 * DuckDB reads the next part while the caller judges this one.
 */
export async function* historiesOf(
  connection: DuckDBConnection,
  parts: ReadonlyArray<HistoryPart>,
  wanted: EvidenceWanted,
  versions: Versions,
  whole: Whole,
): AsyncGenerator<PartHistory & { readonly events: number }> {
  const needed = await neededTypes(connection)
  const start = (index: number): Promise<RawPart> | undefined => {
    const part = parts[index]
    if (part === undefined) return undefined
    const reading = rawPart(connection, part, needed)
    // It is awaited later: if it fails before that, the failure is not unhandled.
    reading.catch(() => {})
    return reading
  }
  let next = start(0)
  try {
    for (const [index, { events }] of parts.entries()) {
      const batches = (await next) ?? new Map()
      next = start(index + 1)
      for (const [number, texts] of batches) {
        const collection = collectHistory(wanted, versions)
        const numbers = new Map<string, number>()
        for (const { type, text } of texts) {
          readHappenings(type, text, (happening, place, accountNo) => {
            collection.addPlaced(happening, place)
            numbers.set(place.subject, accountNo)
          })
        }
        batches.delete(number)
        const numberOf = (account: string): number => numbers.get(account) ?? 0
        const history = { ...collection.finish(new Map()), ...whole }
        yield { history, numberOf, events: batches.size === 0 ? events : 0 }
      }
    }
  } finally {
    // A caller that stops part-way may close the connection, which must not happen during a query.
    await next?.catch(() => {})
  }
}
