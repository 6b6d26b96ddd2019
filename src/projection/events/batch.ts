import type { StoredEvent } from '../../domain/event.ts'
import { accountNamed } from '../../domain/stream.ts'
import { memo } from '../../foundation/memo.ts'
import type { SequencedEvent } from '../../ledger/port.ts'
import type { DecodedEvent } from '../../ledger/read.ts'
import { Numbers } from '../rows/buffer.ts'
import { GrowingRows, type StatementRows } from '../rows/growing.ts'
import { type EventTable, tableOfType } from './columns.ts'
import { ACCOUNT_NO, type FilledColumn, rowFiller } from './row.ts'
import type { SignalColumn } from './signals.ts'

/** Events on their way into the history's tables, as DuckDB reads them. */
export type EventBatch = {
  readonly add: (events: ReadonlyArray<DecodedEvent<SequencedEvent>>) => void
  readonly size: () => number
  readonly isFull: () => boolean
  readonly last: () => DecodedEvent<SequencedEvent> | null
  readonly publications: ReadonlyArray<StoredEvent<'ruleset.published.v1'>>
  /** Each account, in the order in which the ledger first saw it. */
  readonly accounts: ReadonlyMap<string, unknown>
  /** The rows of a table, whose accounts have these numbers. To be called once. */
  readonly rowsOf: (table: EventTable, numbers: ReadonlyMap<string, number>) => StatementRows<FilledColumn>
}

/** The characters of a full batch's texts; a last page may exceed it. */
const FULL = 8_000_000

const NO_SIGNALS: ReadonlyArray<SignalColumn> = []

/** A batch whose rows have columns for these signals. */
export const eventBatch = (signals: ReadonlyArray<SignalColumn> = NO_SIGNALS): EventBatch => {
  const fillers = fillersFor(signals)
  const rows = {
    actions: new GrowingRows(fillers.actions.columns),
    evidence: new GrowingRows(fillers.evidence.columns),
  }
  const accounts = new Map<string, number>()
  const publications: StoredEvent<'ruleset.published.v1'>[] = []
  let size = 0
  let characters = 0
  let last: DecodedEvent<SequencedEvent> | null = null

  const numberOf = (account: string | null): number => {
    if (account === null) return NONE
    const known = accounts.get(account) ?? accounts.size
    if (known === accounts.size) accounts.set(account, known)
    return known
  }

  return {
    // Laid out at once: the garbage collector would keep moving a batch of small objects.
    add: (events) => {
      for (const { recorded, event } of events) {
        if (event.type === 'ruleset.published.v1') publications.push(event)
        const table = tableOfType(event.type)
        const row = rows[table].add()
        fillers[table].fill(rows[table].values, row, recorded, event, numberOf(accountNamed(event)))
        characters += recorded.canonical.length
      }
      size += events.length
      last = events.at(-1) ?? last
    },
    size: () => size,
    isFull: () => characters >= FULL,
    last: () => last,
    publications,
    accounts,
    rowsOf: (table, numbers) => {
      const numberOfNth = [...accounts.keys()].map((account) => numbers.get(account) ?? NONE)
      for (const { buffer } of rows[table].buffers) {
        const column = buffer.columns[ACCOUNT_NO]
        if (column instanceof Numbers) column.replace((nth) => numberOfNth[nth] ?? NONE)
      }
      return rows[table]
    },
  }
}

/** The number of no account. */
const NONE = -1

/** Their code is generated, once for the same list of signals. */
const fillersFor = memo((signals: ReadonlyArray<SignalColumn>) => ({
  actions: rowFiller('actions', signals),
  evidence: rowFiller('evidence', signals),
}))
