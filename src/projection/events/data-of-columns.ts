import { DuckDBListValue } from '@duckdb/node-api'
import type { ColumnKind, DataColumn } from '../../domain/definition/columns.ts'
import { formatInstant } from '../../domain/time.ts'
import { sqlName } from '../../foundation/sql.ts'

/** How `data` is read back from columns: what to select, and the `data` of a row with those values in that order. */
export type DataReader = {
  readonly selected: ReadonlyArray<string>
  /** null: no column has a value. Instants are in UTC to the millisecond. */
  readonly dataOf: (row: ReadonlyArray<unknown>) => Readonly<Record<string, unknown>> | null
}

/** Reads every field that has a column; a field whose column is null is left out. */
export const dataReader = (columns: ReadonlyArray<DataColumn>): DataReader => {
  const fields: Fields = new Map()
  columns.forEach(({ path, kind }, index) => {
    const steps = path.split('.')
    const last = steps.pop() ?? path
    let at = fields
    for (const step of steps) {
      const inner = at.get(step)
      const next: Fields = inner instanceof Map ? inner : new Map()
      at.set(step, next)
      at = next
    }
    at.set(last, { index, read: readAs(kind) })
  })
  return {
    selected: columns.map(({ name, kind }) => selectedAs(kind)(sqlName(name))),
    dataOf: (row) => objectOf(fields, row),
  }
}

/** Fields by name: the column of each, or the fields inside it. */
type Fields = Map<string, Leaf | Fields>
type Leaf = { readonly index: number; readonly read: (value: unknown) => unknown }

const objectOf = (fields: Fields, row: ReadonlyArray<unknown>): Record<string, unknown> | null => {
  let object: Record<string, unknown> | null = null
  for (const [name, field] of fields) {
    let value: unknown
    if (field instanceof Map) value = objectOf(field, row)
    else {
      const held = row[field.index] ?? null
      value = held === null ? null : field.read(held)
    }
    if (value === null) continue
    object ??= {}
    object[name] = value
  }
  return object
}

const selectedAs = (kind: ColumnKind): ((column: string) => string) => {
  if (kind === 'instant') return (column) => `epoch_ms(${column})::DOUBLE`
  return typeof kind === 'object' ? (column) => `${column}::VARCHAR` : (column) => column
}

const readAs = (kind: ColumnKind): Leaf['read'] => {
  switch (kind) {
    case 'instant':
      return (value) => formatInstant(Number(value))
    case 'texts':
      return (value) => (value instanceof DuckDBListValue ? value.items : value)
    default:
      return (value) => value
  }
}
