import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { decodeStored } from '../../../src/domain/decode.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import { rowsOf } from '../../../src/projection/duckdb.ts'
import { actionColumns, evidenceColumns } from '../../../src/projection/events/columns.ts'
import { dataReader } from '../../../src/projection/events/data-of-columns.ts'

/** The events of a generated history, from its columns, in the order of the ledger; each is checked by its codec. */
export const eventsOf = async (connection: DuckDBConnection): Promise<ReadonlyArray<StoredEvent>> => {
  const events: { readonly sequence: number; readonly event: StoredEvent }[] = []
  for (const [table, columns] of [
    ['actions', actionColumns],
    ['evidence', evidenceColumns],
  ] as const) {
    const { selected, dataOf } = dataReader(columns)
    const rows = await rowsOf(
      connection,
      `SELECT sequence::DOUBLE, type::VARCHAR, account, epoch_ms(occurred_at)::DOUBLE, occurred_ns,
        epoch_ms(recorded_at)::DOUBLE, source, id, signals, ${table === 'actions' ? 'until_lifted' : 'NULL'}, ${selected.join(', ')}
        FROM ${table}`,
    )
    for (const [sequence, type, account, at, ns, recordedAt, source, id, signals, lifted, ...row] of rows) {
      const data = {
        ...dataOf(row),
        ...(signals === null ? {} : { signals: JSON.parse(String(signals)) }),
        ...(lifted === true ? { until: null } : {}),
      }
      const json = {
        specversion: '1.0',
        id,
        source,
        type,
        subject: account ?? rulesetOf(data),
        time: timeOf(Number(at), Number(ns)),
        recordedat: formatInstant(Number(recordedAt)),
        data,
      }
      const event = decodeStored(json)
      if (E.isLeft(event)) throw new Error(`${JSON.stringify(json)}: ${JSON.stringify(event.left)}`)
      events.push({ sequence: Number(sequence), event: event.right })
    }
  }
  return events.sort((a, b) => a.sequence - b.sequence).map(({ event }) => event)
}

const rulesetOf = (data: Readonly<Record<string, unknown>>): unknown => Object(data.ruleset).id

/** The time as a service writes it whose clock has nanoseconds. */
const timeOf = (ms: number, ns: number): string => {
  const time = formatInstant(ms)
  return ns === 0 ? time : `${time.slice(0, -1)}${String(ns).padStart(6, '0')}Z`
}
