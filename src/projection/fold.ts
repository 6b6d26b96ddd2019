import type { DuckDBConnection } from '@duckdb/node-api'
import type { Projection, RulesetNamed, Subject, Value } from '../../projections/projection.ts'
import { type Account, foldPlaced } from '../domain/account.ts'
import type { StoredEvent } from '../domain/event.ts'
import { type PlacedEvent, placeInOrder } from '../domain/order.ts'
import { releaseMemory, type Workspace } from './duckdb.ts'
import { accountsOf, type HistoryEvent } from './events/read.ts'
import { addRow, mergeRows, type NewRows, newRows, stageRows } from './tables.ts'

/** A fold that threw: a bug in the projection, at this event. */
export type Poison = {
  readonly projection: string
  readonly sequence: number
  /** `source id` of the event. */
  readonly event: string
  readonly message: string
}

/** The characters of rows handed to DuckDB at once. */
const FULL = 4_000_000

/**
 * Folds the accounts in the temporary table `touched` again from the history and replaces their rows, in the caller's
 * transaction on `write`. A projection whose fold throws keeps its rows as they are; the others continue.
 */
export const foldTouched = async (
  { read, write, inBackground }: Pick<Workspace, 'read' | 'write' | 'inBackground'>,
  projections: ReadonlyArray<Projection>,
  rulesetNamed: RulesetNamed,
  onAccounts: (done: number) => void,
): Promise<ReadonlyArray<Poison>> => {
  const poisons = new Map<string, Poison>()
  let rows = emptyRows(projections)
  let done = 0
  let writing = Promise.resolve()

  /** Hands over the rows, and lets DuckDB write them while the next ones are made. */
  const flush = async (): Promise<void> => {
    await writing
    const full = rows
    rows = emptyRows(projections)
    writing = writeRows(write, full).then(() => releaseMemory(write))
    inBackground(writing)
    onAccounts(done)
  }

  for await (const account of accountsOf(read, { from: 'SEMI JOIN touched USING (account_no)' })) {
    const subject = subjectOf(orderedOf(account))
    for (const [projection, made] of rows) {
      if (poisons.has(projection.name)) continue
      const folded = fold(projection, subject, rulesetNamed)
      if (folded.kind === 'threw') {
        poisons.set(projection.name, poisonOf(projection, account, rulesetNamed, folded.message))
      } else {
        for (const row of folded.rows) addRow(made, row)
      }
    }
    done++
    if (sizeOf(rows) >= FULL) await flush()
  }
  await flush()
  await writing
  for (const projection of projections) await mergeRows(write, projection, !poisons.has(projection.name))
  return [...poisons.values()]
}

/** The new rows of each projection. */
type Made = ReadonlyMap<Projection, NewRows>

const emptyRows = (projections: ReadonlyArray<Projection>): Made =>
  new Map(projections.map((projection) => [projection, newRows(projection)]))

const sizeOf = (rows: Made): number => {
  let size = 0
  for (const made of rows.values()) size += made.size
  return size
}

const writeRows = async (write: DuckDBConnection, rows: Made): Promise<void> => {
  for (const [projection, made] of rows) await stageRows(write, projection, made)
}

/** What projections fold, from events in the order of replay. The record is made once, on first use. */
export const subjectOf = (ordered: ReadonlyArray<PlacedEvent>): Subject => {
  const events = ordered.map(({ event }) => event)
  let record: Account | null = null
  return {
    account: events[0]?.subject ?? '',
    events,
    get record() {
      record ??= foldPlaced(ordered)
      return record
    },
  }
}

/** An account's events in the order of replay, each once. */
export const orderedOf = (account: ReadonlyArray<HistoryEvent>): ReadonlyArray<PlacedEvent> =>
  placeInOrder(account.map(({ event }) => event))

type Folded =
  | { readonly kind: 'rows'; readonly rows: ReadonlyArray<Readonly<Record<string, Value>>> }
  | { readonly kind: 'threw'; readonly message: string }

const fold = (projection: Projection, subject: Subject, rulesetNamed: RulesetNamed): Folded => {
  try {
    const rows = projection.fold(subject, rulesetNamed)
    for (const row of rows) checkRow(projection, row)
    return { kind: 'rows', rows }
  } catch (error) {
    return { kind: 'threw', message: error instanceof Error ? error.message : String(error) }
  }
}

/** Checks at run time what the compiler checks, for a fold that evaded it. */
const checkRow = ({ columns }: Projection, row: object): void => {
  const wanted = Object.keys(columns)
  const made = Object.keys(row)
  const wrong =
    made.find((column) => !Object.hasOwn(columns, column)) ?? wanted.find((name) => !(name in row))
  if (wrong !== undefined) throw new TypeError(`its rows and its columns differ in ${wrong}`)
}

/** The first event at which the fold throws: without it, and the events after it, it does not. */
const poisonOf = (
  projection: Projection,
  account: ReadonlyArray<HistoryEvent>,
  rulesetNamed: RulesetNamed,
  message: string,
): Poison => {
  const ordered = orderedOf(account)
  const throwsBy = (count: number): boolean =>
    fold(projection, subjectOf(ordered.slice(0, count)), rulesetNamed).kind === 'threw'
  // Binary search between these two: an account may have very many events.
  let sound = 0
  let poisoned = ordered.length
  while (poisoned - sound > 1) {
    const middle = Math.floor((sound + poisoned) / 2)
    if (throwsBy(middle)) poisoned = middle
    else sound = middle
  }
  const event = ordered[poisoned - 1]?.event
  const sequence = account.find((one) => one.event === event)?.sequence ?? 0
  return { projection: projection.name, sequence, event: identityOf(event), message }
}

const identityOf = (event: StoredEvent | undefined): string =>
  event === undefined ? '' : `${event.source} ${event.id}`
