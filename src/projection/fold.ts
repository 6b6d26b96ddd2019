import type { DuckDBConnection } from '@duckdb/node-api'
import type {
  AccountProjection,
  IncidentProjection,
  Projection,
  RulesetNamed,
  Subject,
  Value,
} from '../../projections/projection.ts'
import { type Account, foldPlaced } from '../domain/account.ts'
import type { StoredEvent } from '../domain/event.ts'
import { type PlacedEvent, placeInOrder } from '../domain/order.ts'
import { releaseMemory, type Workspace } from './duckdb.ts'
import { accountsOf, type HistoryEvent, incidentsOf } from './events/read.ts'
import { addRow, mergeRows, type NewRows, newRows, stageRows } from './tables.ts'
import { touchedOnly } from './touched.ts'

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
 * Folds the accounts and incidents that are touched, and how many of them there are, again from the history and replaces their
 * rows, in the caller's transaction on `write`. A projection whose fold throws keeps its rows as they are; the others continue.
 */
export const foldTouched = async (
  { read, write, inBackground }: Pick<Workspace, 'read' | 'write' | 'inBackground'>,
  touched: Readonly<Record<Projection['of'], number>>,
  projections: ReadonlyArray<Projection>,
  rulesetNamed: RulesetNamed,
  onAccounts: (done: number, total: number) => void,
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
    onAccounts(done, touched.account)
  }

  const add = async <P extends Projection>(
    of: ReadonlyArray<P>,
    history: FoldedHistory<P>,
  ): Promise<void> => {
    for (const projection of of) {
      if (poisons.has(projection.name)) continue
      const folded = fold(projection, history)
      const made = rows.get(projection)
      if (folded.kind === 'threw') {
        poisons.set(projection.name, poisonOf(projection, history, folded.message))
      } else if (made !== undefined) {
        for (const row of folded.rows) addRow(made, row)
      }
    }
    if (sizeOf(rows) >= FULL) await flush()
  }

  const ofAccounts = projections.filter((projection) => projection.of === 'account')
  if (touched.account > 0 && ofAccounts.length > 0) {
    for await (const account of accountsOf(read, { from: touchedOnly('account') })) {
      await add(ofAccounts, accountHistory(account, rulesetNamed))
      done++
    }
  }
  const ofIncidents = projections.filter((projection) => projection.of === 'incident')
  if (touched.incident > 0 && ofIncidents.length > 0) {
    for await (const incident of incidentsOf(read, { from: touchedOnly('incident') })) {
      await add(ofIncidents, incidentHistory(incident))
    }
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

type Rows = ReadonlyArray<Readonly<Record<string, Value>>>

/** What is on record about an account or an incident, for projections of it. */
type FoldedHistory<P> = {
  readonly recorded: ReadonlyArray<HistoryEvent>
  /** The events in the order of the fold. */
  readonly events: ReadonlyArray<StoredEvent>
  /** What a projection makes of the first `count` of these. */
  readonly rowsOf: (projection: P, count: number) => Rows
}

const accountHistory = (
  recorded: ReadonlyArray<HistoryEvent>,
  rulesetNamed: RulesetNamed,
): FoldedHistory<AccountProjection> => {
  const ordered = orderedOf(recorded)
  // One for all projections: its record is made once.
  const whole = subjectOf(ordered)
  return {
    recorded,
    events: whole.events,
    rowsOf: ({ fold }, count) =>
      fold(count === ordered.length ? whole : subjectOf(ordered.slice(0, count)), rulesetNamed),
  }
}

const incidentHistory = (recorded: ReadonlyArray<HistoryEvent>): FoldedHistory<IncidentProjection> => {
  const events = recorded.map(({ event }) => event)
  return { recorded, events, rowsOf: ({ fold }, count) => fold(events.slice(0, count)) }
}

type Folded =
  | { readonly kind: 'rows'; readonly rows: Rows }
  | { readonly kind: 'threw'; readonly message: string }

const fold = <P extends Projection>(
  projection: P,
  { events, rowsOf }: FoldedHistory<P>,
  count = events.length,
): Folded => {
  try {
    const rows = rowsOf(projection, count)
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
const poisonOf = <P extends Projection>(
  projection: P,
  history: FoldedHistory<P>,
  message: string,
): Poison => {
  // Binary search between these two: there may be very many events.
  let sound = 0
  let poisoned = history.events.length
  while (poisoned - sound > 1) {
    const middle = Math.floor((sound + poisoned) / 2)
    if (fold(projection, history, middle).kind === 'threw') poisoned = middle
    else sound = middle
  }
  const event = history.events[poisoned - 1]
  const sequence = history.recorded.find((one) => one.event === event)?.sequence ?? 0
  return { projection: projection.name, sequence, event: identityOf(event), message }
}

const identityOf = (event: StoredEvent | undefined): string =>
  event === undefined ? '' : `${event.source} ${event.id}`
