import type { DuckDBConnection } from '@duckdb/node-api'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import type { Position } from '../../../src/ledger/port.ts'
import { openWorkspace } from '../../../src/projection/duckdb.ts'
import { readSignalColumns } from '../../../src/projection/events/signals.ts'
import { createEventTables } from '../../../src/projection/events/tables.ts'
import type { ColumnarSource } from '../../../src/replay/columnar/source.ts'
import { takeEvents } from '../../projection/event-tables.ts'
import { storedEvents } from '../histories.ts'

/** A history in memory, with the views that a columnar source has. */
export type HistoryViews = {
  readonly connection: DuckDBConnection
  /** Replaces what the views show: these events, with sequences from 1. */
  readonly take: (events: ReadonlyArray<IncomingEvent>) => Promise<void>
  readonly close: () => Promise<void>
}

/** What the views show of some events, as a source. */
export const sourceOf = async (
  { connection }: HistoryViews,
  events: ReadonlyArray<IncomingEvent>,
): Promise<ColumnarSource> => ({
  connection,
  sequence: events.length,
  events: { actions: events.length, evidence: 0 },
  signalColumns: await readSignalColumns(connection),
  // Cast: any text is a position.
  projected: { sequence: events.length, position: 'p' as Position, leaf: `leaf ${events.length}` },
  close: () => {},
})

/** The views of a source, over tables that have the whole history; `until`: without what follows this sequence. */
export const createHistoryViews = async (connection: DuckDBConnection, until?: number): Promise<void> => {
  const upTo = until === undefined ? '' : ` WHERE sequence <= ${until}`
  for (const [view, rows] of [
    ['h_actions', `actions${upTo}`],
    ['h_evaluations', `evidence${upTo}`],
    ['h_evidence', 'h_evaluations WHERE shadow IS NOT TRUE'],
    ['h_accounts', 'account_ids'],
  ]) {
    await connection.run(`CREATE TEMP VIEW ${view} AS FROM ${rows}`)
  }
}

export const openHistoryViews = async (): Promise<HistoryViews> => {
  const workspace = await openWorkspace(':memory:')
  await createEventTables(workspace.write)
  await createHistoryViews(workspace.write)
  return {
    connection: workspace.write,
    take: (events) => takeEvents(workspace, storedEvents(events)),
    close: workspace.close,
  }
}
