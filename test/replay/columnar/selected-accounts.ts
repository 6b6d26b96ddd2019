import type { IncomingEvent } from '../../../src/domain/event.ts'
import { rowsOf } from '../../../src/projection/duckdb.ts'
import { signalSql } from '../../../src/projection/events/signals.ts'
import { linkAccounts } from '../../../src/replay/columnar/links.ts'
import { type SelectionStep, selectTouched } from '../../../src/replay/columnar/selection.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import { historyOf } from '../histories.ts'
import { unwrap } from '../ledgers.ts'
import type { HistoryViews } from './history-views.ts'

/** The accounts that a correction selects of a history, by name. */
export const selectedAccounts = async (
  { take, connection }: HistoryViews,
  events: ReadonlyArray<IncomingEvent>,
  correction: Correction,
): Promise<{ readonly accounts: ReadonlySet<string>; readonly steps: ReadonlyArray<SelectionStep> }> => {
  await take(events)
  await linkAccounts(connection)
  const { versions } = historyOf(events, correction)
  const steps = unwrap(
    await selectTouched(connection, { corrections: [correction], versions, signal: signalSql([]) }),
  )
  const rows = await rowsOf(connection, 'SELECT account FROM h_touched JOIN h_accounts USING (account_no)')
  return { steps, accounts: new Set(rows.map(([account]) => String(account))) }
}
