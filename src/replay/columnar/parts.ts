import type { DuckDBConnection } from '@duckdb/node-api'
import { rowsOf } from '../../projection/duckdb.ts'
import { collectHistory, type EvidenceWanted } from '../model/collect.ts'
import type { History } from '../model/history.ts'
import type { Versions } from '../model/versions.ts'
import { happeningsSql, type NeededType, neededType, readHappenings } from './happenings.ts'
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

/** Accounts that can be judged without the others: a range of `batch` in `h_batches`, and how many events they have. */
export type HistoryPart = { readonly first: number; readonly last: number; readonly events: number }

/**
 * Divides the accounts that have events in `h_actions` or `h_fired` into batches of about `batch` events, and these into parts
 * of about `size`: linked accounts (`h_groups`) are in the same batch. `among`: only the accounts in this table, in which no
 * group may be incomplete. Makes the temporary table `h_batches (account_no, events, batch)`.
 */
export const partsOf = async (
  connection: DuckDBConnection,
  { size, batch, among }: { readonly size: number; readonly batch: number; readonly among: string | null },
): Promise<ReadonlyArray<HistoryPart>> => {
  const chosen = among === null ? '' : `SEMI JOIN ${among} USING (account_no)`
  // Accounts of one group are peers in the window's order, so that they have the same sum.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE h_batches AS
      SELECT account_no, events, (sum(events) OVER (ORDER BY unit) // ${batch})::INTEGER AS batch
      FROM (SELECT account_no, count(*) AS events, coalesce(-1 - any_value(group_no), account_no) AS unit
        FROM (SELECT account_no FROM h_actions UNION ALL SELECT account_no FROM h_fired) ${chosen}
        LEFT JOIN h_groups USING (account_no)
        WHERE account_no IS NOT NULL GROUP BY account_no)`,
  )
  const found = await rowsOf(
    connection,
    `SELECT min(batch)::DOUBLE, max(batch)::DOUBLE, sum(events)::DOUBLE FROM h_batches
      GROUP BY batch // ${Math.max(1, Math.round(size / batch))} ORDER BY 1`,
  )
  return found.map(([first, last, events]) => ({
    first: Number(first),
    last: Number(last),
    events: Number(events),
  }))
}

/** The events of a part as DuckDB returns them: texts of each type, by batch. */
type RawPart = Map<number, { readonly type: NeededType; readonly text: string }[]>

/** Reads the whole history once: the accounts of a part are anywhere in it. */
const rawPart = async (connection: DuckDBConnection, { first, last }: HistoryPart): Promise<RawPart> => {
  const within = `batch BETWEEN ${first} AND ${last}`
  const counts = `${within} AND sequence NOT IN (SELECT sequence FROM h_reused)`
  const actions = happeningsSql(FROM_ACTIONS, 'h_actions JOIN h_batches USING (account_no)', counts, 'batch')
  const fired = happeningsSql(
    ['content.evaluated.v1'],
    'h_fired JOIN h_batches USING (account_no)',
    within,
    'batch',
  )
  const batches: RawPart = new Map()
  for (const [name, text, number] of await rowsOf(connection, `${actions} UNION ALL ${fired}`)) {
    const texts = batches.get(Number(number)) ?? []
    texts.push({ type: neededType(name), text: String(text) })
    batches.set(Number(number), texts)
  }
  return batches
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
