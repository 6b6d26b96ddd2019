import type { ColumnKind, DataColumn } from '../../domain/definition/columns.ts'
import { eventTypes, type StoredEvent } from '../../domain/event.ts'
import { nanosWithinMs, parseInstant } from '../../domain/time.ts'
import { sqlName } from '../../foundation/sql.ts'
import type { SequencedEvent } from '../../ledger/port.ts'
import { type ColumnValues, Numbers, type RowColumn, type RowType, Texts } from '../rows/buffer.ts'
import { actionColumns, type EventTable, evidenceColumns } from './columns.ts'
import type { SignalColumn } from './signals.ts'

/** A column that JavaScript fills, and the SQL that makes the history's column of it. */
export type FilledColumn = RowColumn & { readonly sql: string }

/** Sets the value of a row; one that does not fit the column's type is left out. */
type SetValue = (values: ColumnValues | undefined, row: number, value: unknown) => void

/** A column for what is at a path of an event's `data`. */
type OfData = FilledColumn & { readonly path: ReadonlyArray<string>; readonly set: SetValue }

/** Fills the rows of a table of the history. */
export type RowFiller = {
  readonly columns: ReadonlyArray<FilledColumn>
  /** Fills one row. `account`: the number of the event's account among those of the batch; -1 if it has none. */
  readonly fill: (
    values: ReadonlyArray<ColumnValues>,
    row: number,
    recorded: SequencedEvent,
    event: StoredEvent,
    account: number,
  ) => void
}

/** Makes rows of events as they were decoded, so that none is parsed again; with a column for each signal given. */
export const rowFiller = (table: EventTable, signals: ReadonlyArray<SignalColumn>): RowFiller => {
  const ofData = [...OF_DATA[table], SIGNALS, ...signals.map(signalColumn)]
  const fillData = generated(ofData, ENVELOPE.length)
  if (table === 'evidence') {
    return {
      columns: [...ENVELOPE, ...ofData],
      fill: (values, row, recorded, event, account) => {
        fillEnvelope(values, row, recorded, event, account)
        fillData(values, row, event.data)
      },
    }
  }
  const after = ENVELOPE.length + ofData.length
  return {
    columns: [...ENVELOPE, ...ofData, UNTIL_LIFTED, EVENT],
    fill: (values, row, recorded, event, account) => {
      fillEnvelope(values, row, recorded, event, account)
      fillData(values, row, event.data)
      if (event.type === 'decision.changed.v1' && event.data.until !== undefined) {
        setBoolean(values[after], row, event.data.until === null)
      }
      setText(values[after + 1], row, recorded.canonical)
    },
  }
}

const filled = (name: string, type: RowType, sql: (name: string) => string = asIs): FilledColumn => ({
  name,
  type,
  sql: sql(sqlName(name)),
})
const asIs = (name: string): string => name
const asBigint = (name: string): string => `${name}::BIGINT`
/** From ms since the epoch. */
const asTimestamp = (name: string): string => `epoch_ms(${name}::BIGINT)`
const asTexts = (name: string): string => `from_json(${name}, '["VARCHAR"]')`

/** true: a changed decision has no end any more; false: it has another one; null: its end was not mentioned. */
const UNTIL_LIFTED = filled('until_lifted', 'boolean')
const EVENT = filled('event', 'json')
const ENVELOPE = [
  filled('type', { words: eventTypes }),
  filled('sequence', 'number', asBigint),
  filled('account', 'text'),
  filled('account_no', 'integer'),
  filled('occurred_at', 'number', asTimestamp),
  filled('occurred_ns', 'integer'),
  filled('recorded_at', 'number', asTimestamp),
  filled('backfill', 'boolean'),
  filled('source', 'text'),
  filled('id', 'text'),
]

/** The place of the column of accounts' numbers. */
export const ACCOUNT_NO = ENVELOPE.findIndex(({ name }) => name === 'account_no')

const numberOfType: ReadonlyMap<string, number> = new Map(eventTypes.map((type, i) => [type, i]))

const fillEnvelope: RowFiller['fill'] = (values, row, { sequence }, event, account) => {
  const [type, sequences, accounts, numbers, occurred, nanos, recordedAt, backfill, source, id] = values
  setNumber(type, row, numberOfType.get(event.type))
  setNumber(sequences, row, sequence)
  if (account >= 0) {
    setText(accounts, row, event.subject)
    setNumber(numbers, row, account)
  }
  setInstant(occurred, row, event.time)
  setNumber(nanos, row, nanosWithinMs(event.time))
  setInstant(recordedAt, row, event.recordedat)
  setBoolean(backfill, row, event.backfill)
  setText(source, row, event.source)
  setText(id, row, event.id)
}

const setText: SetValue = (values, row, value) => {
  if (typeof value === 'string' && values instanceof Texts) values.set(row, value)
}
const setNumber: SetValue = (values, row, value) => {
  // -0 becomes 0, as in canonical JSON.
  if (typeof value === 'number' && values instanceof Numbers) values.set(row, value + 0)
}
const setInteger: SetValue = (values, row, value) => {
  if (Number.isSafeInteger(value)) setNumber(values, row, value)
}
const setBoolean: SetValue = (values, row, value) => {
  if (typeof value === 'boolean') setNumber(values, row, value ? 1 : 0)
}
const setInstant: SetValue = (values, row, value) => {
  if (typeof value === 'string') setNumber(values, row, parseInstant(value))
}
const setJson: SetValue = (values, row, value) => setText(values, row, JSON.stringify(value))

/** Sets the number of a word among the words of a column. */
const setWord = (words: ReadonlyArray<string>): SetValue => {
  const numbers = new Map<unknown, number>(words.map((word, i) => [word, i]))
  return (values, row, value) => setNumber(values, row, numbers.get(value))
}

const fieldColumn = ({ name, path, kind }: DataColumn): OfData => ({
  ...byKind(name, kind),
  path: path.split('.'),
})

const byKind = (name: string, kind: ColumnKind): Omit<OfData, 'path'> => {
  if (typeof kind === 'object') return { ...filled(name, kind), set: setWord(kind.words) }
  switch (kind) {
    case 'text':
      return { ...filled(name, 'text'), set: setText }
    case 'texts':
      return { ...filled(name, 'json', asTexts), set: setJson }
    case 'boolean':
      return { ...filled(name, 'boolean'), set: setBoolean }
    case 'number':
      return { ...filled(name, 'number'), set: setNumber }
    case 'instant':
      return { ...filled(name, 'number', asTimestamp), set: setInstant }
  }
}

const SIGNALS: OfData = { ...filled('signals', 'json'), path: ['signals'], set: setJson }

/**
 * The column of a declared signal. A value that does not fit is missing, as in a replay (see
 * src/rulesets/cel/evaluate.ts). `int` accepts integers up to 2^53, however they were written.
 */
const signalColumn = ({ signal, type, column }: SignalColumn): OfData => {
  const path = ['signals', signal]
  switch (type) {
    case 'double':
      return { ...filled(column, 'number'), path, set: setNumber }
    case 'int':
      return { ...filled(column, 'number', asBigint), path, set: setInteger }
    case 'bool':
      return { ...filled(column, 'boolean'), path, set: setBoolean }
    default:
      return { ...filled(column, 'text'), path, set: setText }
  }
}

const OF_DATA: Readonly<Record<EventTable, ReadonlyArray<OfData>>> = {
  actions: actionColumns.map(fieldColumn),
  evidence: evidenceColumns.map(fieldColumn),
}

type FillData = (values: ReadonlyArray<ColumnValues>, row: number, data: unknown) => void

/**
 * Generates the filling of columns, numbered from `first`, from an event's `data`. Generated, because to read a field by a
 * name that is part of the code is faster than by a name in a variable (see src/domain/compiled/check.ts), and objects
 * that an event does not have are skipped with all their fields.
 */
const generated = (columns: ReadonlyArray<OfData>, first: number): FillData => {
  const root: Fields = { columns: [], inner: new Map() }
  columns.forEach(({ path }, i) => {
    let at = root
    for (const step of path) {
      const inner = at.inner.get(step) ?? { columns: [], inner: new Map() }
      at.inner.set(step, inner)
      at = inner
    }
    at.columns.push(i)
  })
  let variables = 0
  const statements = (fields: Fields, value: string): string => {
    const sets = fields.columns.map((i) => `set${i}(values[${first + i}], row, ${value})`)
    const inner = [...fields.inner].map(([name, field]) => {
      const of = `v${variables++}`
      return `const ${of} = ${value}[${JSON.stringify(name)}]
        if (${of} !== undefined) { ${statements(field, of)} }`
    })
    return inner.length === 0
      ? sets.join('; ')
      : `${sets.join('; ')}; if (${value} !== null) { ${inner.join('\n')} }`
  }
  const source = `
    const [${columns.map((_, i) => `set${i}`).join(', ')}] = sets
    return (values, row, data) => { ${statements(root, 'data')} }`
  // Cast: the source is written just above. Names are all that is inserted.
  return new Function('sets', source)(columns.map(({ set }) => set)) as FillData
}

/** The columns of a value, and the fields inside it by name. */
type Fields = { readonly columns: number[]; readonly inner: Map<string, Fields> }
