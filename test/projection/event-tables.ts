import canonicalize from 'canonicalize'
import type { StoredEvent } from '../../src/domain/event.ts'
import { streamOf } from '../../src/domain/stream.ts'
import {
  formatInstant,
  formatInstantWithNanos,
  nanosWithinMs,
  parseInstant,
  type Timestamp,
} from '../../src/domain/time.ts'
import type { Position } from '../../src/ledger/port.ts'
import type { Workspace } from '../../src/projection/duckdb.ts'
import { eventBatch } from '../../src/projection/events/batch.ts'
import { evidenceColumns, tableOfType } from '../../src/projection/events/columns.ts'
import { insertEvents } from '../../src/projection/events/insert.ts'
import { historyEvents } from '../../src/projection/events/read.ts'
import type { SignalColumn } from '../../src/projection/events/signals.ts'
import { withValue } from '../domain/samples.ts'

/**
 * Inserts events into an emptied history, as a ledger would provide them. `known`: the signals that had columns when the
 * events were gathered.
 */
export const takeEvents = async (
  workspace: Workspace,
  events: ReadonlyArray<StoredEvent>,
  signals: ReadonlyArray<SignalColumn> = [],
  known: ReadonlyArray<SignalColumn> = signals,
): Promise<void> => {
  for (const table of ['actions', 'evidence', 'account_ids'])
    await workspace.write.run(`DELETE FROM ${table}`)
  const batch = eventBatch(known)
  batch.add(
    events.map((event, i) => ({
      event,
      recorded: {
        stream: streamOf(event),
        revision: 0,
        sequence: i + 1,
        // Cast: nothing looks at it here.
        position: String(i) as Position,
        canonical: canonicalize(event) ?? '',
        leafHash: '',
      },
    })),
  )
  const { evidence } = await insertEvents(workspace, batch, signals, new Map(), Promise.resolve())
  await evidence
}

export const readEvents = async (workspace: Workspace): Promise<ReadonlyArray<StoredEvent>> => {
  const found: { readonly sequence: number; readonly event: StoredEvent }[] = []
  for (const table of ['actions', 'evidence'] as const) {
    for await (const chunk of historyEvents(workspace.read, table, {})) found.push(...chunk)
  }
  return found.sort((a, b) => a.sequence - b.sequence).map(({ event }) => event)
}

export const inUtc = (time: string): string => formatInstant(parseInstant(time) ?? Number.NaN)

/** When an event occurred: in UTC to the nanosecond. */
export const occurredInUtc = (time: Timestamp): Timestamp =>
  formatInstantWithNanos(parseInstant(time) ?? Number.NaN, nanosWithinMs(time))

/** What the history keeps of an event: all of it; or the relevant part of evidence, with times in UTC. */
export const kept = (event: StoredEvent): unknown => {
  if (tableOfType(event.type) === 'actions') return event
  const { specversion, id, source, type, subject, time, recordedat, backfill, data } = event
  let same: Readonly<Record<string, unknown>> = {
    ...{
      specversion,
      id,
      source,
      type,
      subject,
      time: occurredInUtc(time),
      recordedat: inUtc(recordedat),
      ...(backfill === undefined ? {} : { backfill }),
      data,
    },
  }
  for (const { path, kind } of evidenceColumns) {
    if (kind !== 'instant') continue
    const steps = path.split('.')
    const value = steps.reduce<unknown>((at, step) => Object(at)[step], data)
    if (value !== undefined) same = withValue(same, ['data', ...steps], inUtc(String(value)))
  }
  return same
}
