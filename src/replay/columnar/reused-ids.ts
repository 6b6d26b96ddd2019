import { type DuckDBConnection, listValue } from '@duckdb/node-api'
import { definitionOf, type EventType, eventTypes } from '../../domain/event.ts'
import { sqlText } from '../../foundation/sql.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import type { ReusedId } from '../model/history.ts'

/** An event that does not count, because an earlier one has its id. */
export type ReusedEvent = { readonly sequence: number; readonly reused: ReusedId }

/** What each kind of id is in a row of `h_actions`, and which events give it to something. */
const KINDS: Readonly<
  Record<ReusedId['kind'], { readonly types: ReadonlyArray<EventType>; readonly id: string }>
> = {
  flag: { types: ['flag.raised.v1'], id: 'flag_id' },
  decision: { types: ['account.deactivated.v1', 'content.removed.v1'], id: 'decision_id' },
  'appeal filing': { types: ['appeal.filed.v1'], id: 'appeal_id' },
  'appeal answer': { types: ['appeal.decided.v1'], id: 'appeal_id' },
  'ruleset version': { types: ['ruleset.published.v1'], id: "ruleset || ' ' || ruleset_version" },
}

const kindNames = Object.keys(KINDS) as ReadonlyArray<ReusedId['kind']>

/** A query for each thing that has an id: some columns of its event, its kind and its id. */
const named = (columns: string): string =>
  kindNames
    .map((kind) => {
      const { types, id } = KINDS[kind]
      const isOne = types.map((type) => `type = ${sqlText(type)}`).join(' OR ')
      return `SELECT ${columns}, ${sqlText(kind)} AS kind, ${id} AS named FROM h_actions WHERE ${isOne}`
    })
    .join(' UNION ALL ')

/** The rank of an event in SQL. */
export const RANK = `CASE type ${eventTypes
  .map((type) => `WHEN ${sqlText(type)} THEN ${definitionOf(type).rank}`)
  .join(' ')} END`

/** The subject of an event: the account, or the id of the ruleset that was published. */
const SUBJECT = 'coalesce(account, ruleset)'

/**
 * The events of which an earlier one (in the order of replay) has the same id, in the order in which the summary lists
 * them. DuckDB compares texts by their bytes, as `comparePlaces` does.
 */
export const findReusedIds = async (connection: DuckDBConnection): Promise<ReadonlyArray<ReusedEvent>> => {
  // By hash first: nearly all ids are unique, and a table of their texts would be many times as large.
  const repeated = await rowsOf(
    connection,
    `SELECT hash(kind, named) AS hashed FROM (${named('sequence')}) GROUP BY hashed HAVING count(*) > 1`,
  )
  if (repeated.length === 0) return []
  const rows = await rowsOf(
    connection,
    `WITH candidates AS (
        SELECT c.*, ${RANK} AS rank, ${SUBJECT} AS subject, occurred_at, occurred_ns, source, id
        FROM (SELECT * FROM (${named('sequence')})
          WHERE hash(kind, named) IN (SELECT unnest($1::UBIGINT[]))) c
        JOIN h_actions USING (sequence))
    SELECT sequence::DOUBLE, kind, named, subject, epoch_ms(occurred_at)::DOUBLE, source, id
    FROM candidates
    QUALIFY row_number() OVER (PARTITION BY kind, named
      ORDER BY occurred_at, occurred_ns, rank, source, id, subject) > 1
    ORDER BY occurred_at, source, id, subject, kind`,
    [listValue(repeated.map(([hashed]) => BigInt(String(hashed))))],
  )
  return rows.map(([sequence, kind, named, account, occurredAt, source, eventId]) => ({
    sequence: Number(sequence),
    reused: {
      // Cast: the query writes the names of the kinds.
      kind: String(kind) as ReusedId['kind'],
      id: String(named),
      account: String(account),
      occurredAt: Number(occurredAt),
      source: String(source),
      eventId: String(eventId),
    },
  }))
}
