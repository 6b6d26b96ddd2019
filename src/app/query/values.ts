import {
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
  DuckDBVariantValue,
} from '@duckdb/node-api'
import { jsonText } from '../../foundation/text/json-text.ts'

/** A JSON value. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<Plain>
  | { readonly [name: string]: Plain }

/**
 * A DuckDB value as JSON. Instants are RFC 3339 in UTC. A number that JavaScript cannot represent exactly is a string of
 * its digits. Lists, structs and maps are nested; values without a JSON equivalent are DuckDB's text.
 */
export const plainValue = (value: DuckDBValue): Plain => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : String(value)
  if (value instanceof DuckDBDecimalValue)
    return isSafe(value.value) ? Number(value.toString()) : value.toString()
  if (value instanceof DuckDBTimestampTZValue) return instant(new DuckDBTimestampValue(value.micros))
  if (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  )
    return instant(value)
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return value.items.map(plainValue)
  if (value instanceof DuckDBStructValue) return objectOf(Object.entries(value.entries))
  if (value instanceof DuckDBMapValue)
    return objectOf(value.entries.map(({ key, value: item }) => [valueText(plainValue(key)), item]))
  if (value instanceof DuckDBUnionValue || value instanceof DuckDBVariantValue) return plainValue(value.value)
  return value.toString()
}

/** A plain value as text, for a cell. */
export const valueText = (value: Exclude<Plain, null> | null): string =>
  typeof value === 'string' ? value : value === null ? '' : jsonText(value)

const isSafe = (value: bigint): boolean =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)

/** `2025-04-28 10:19:43.8` becomes `2025-04-28T10:19:43.800Z`; infinity and years before Christ stay. */
const instant = (value: { readonly toString: () => string }): string => {
  const text = value.toString()
  const [, date, time, fraction = ''] = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?$/.exec(text) ?? []
  return date === undefined ? text : `${date}T${time}.${fraction.padEnd(3, '0')}Z`
}

/** From pairs and not by assignment, so that a name such as `__proto__` is not special. */
const objectOf = (pairs: ReadonlyArray<readonly [string, DuckDBValue]>): Plain =>
  Object.fromEntries(pairs.map(([name, item]) => [name, plainValue(item)]))
