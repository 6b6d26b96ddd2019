import {
  DuckDBArrayType,
  type DuckDBConnection,
  DuckDBDecimalType,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api'
import { sqlName } from '../../foundation/sql.ts'

/** A column and its type in Parquet. */
export type PortableColumn = { readonly name: string; readonly type: string }

/** The columns of a table or view, in types that Parquet has and every engine reads. */
export const portableColumns = async (
  connection: DuckDBConnection,
  table: string,
): Promise<ReadonlyArray<PortableColumn>> => {
  const statement = await connection.prepare(`FROM ${table}`)
  try {
    return Array.from({ length: statement.columnCount }, (_, i) => ({
      name: statement.columnName(i),
      type: portable(statement.columnType(i)),
    }))
  } finally {
    statement.destroySync()
  }
}

/** The select list that casts the columns to these types. */
export const castTo = (columns: ReadonlyArray<PortableColumn>): string =>
  columns.map(({ name, type }) => `${sqlName(name)}::${type} AS ${sqlName(name)}`).join(', ')

/**
 * The Parquet type for a DuckDB type. DuckDB would write a HUGEINT, the type of every sum, as a floating-point number; a
 * BIGINT is exact, and a value that does not fit is an error.
 */
const portable = (type: DuckDBType): string => {
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType)
    return `${portable(type.valueType)}[]`
  if (type instanceof DuckDBMapType) return `MAP(${portable(type.keyType)}, ${portable(type.valueType)})`
  if (type instanceof DuckDBStructType) {
    const fields = type.entryNames.map((name, i) => {
      const entry = type.entryTypes[i]
      return `${sqlName(name)} ${entry === undefined ? 'VARCHAR' : portable(entry)}`
    })
    return `STRUCT(${fields.join(', ')})`
  }
  if (type instanceof DuckDBDecimalType) return `DECIMAL(${type.width}, ${type.scale})`
  return simple[type.typeId] ?? 'VARCHAR'
}

/** All other types, such as ENUM, UUID and INTERVAL, become text. */
const simple: { readonly [id in DuckDBTypeId]?: string } = {
  [DuckDBTypeId.BOOLEAN]: 'BOOLEAN',
  [DuckDBTypeId.TINYINT]: 'INTEGER',
  [DuckDBTypeId.SMALLINT]: 'INTEGER',
  [DuckDBTypeId.INTEGER]: 'INTEGER',
  [DuckDBTypeId.BIGINT]: 'BIGINT',
  [DuckDBTypeId.HUGEINT]: 'BIGINT',
  [DuckDBTypeId.UTINYINT]: 'INTEGER',
  [DuckDBTypeId.USMALLINT]: 'INTEGER',
  [DuckDBTypeId.UINTEGER]: 'BIGINT',
  [DuckDBTypeId.UBIGINT]: 'DECIMAL(20, 0)',
  [DuckDBTypeId.FLOAT]: 'FLOAT',
  [DuckDBTypeId.DOUBLE]: 'DOUBLE',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIMESTAMP]: 'TIMESTAMP',
  [DuckDBTypeId.TIMESTAMP_S]: 'TIMESTAMP',
  [DuckDBTypeId.TIMESTAMP_MS]: 'TIMESTAMP',
  [DuckDBTypeId.TIMESTAMP_NS]: 'TIMESTAMP',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP',
  [DuckDBTypeId.BLOB]: 'BLOB',
}
