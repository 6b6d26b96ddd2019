import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '../../../src/projection/duckdb.ts'
import {
  allowedFunctions,
  allowedTableFunctions,
  allowedTypes,
  namingFunctions,
} from '../../../src/projection/sql-fence/functions.ts'
import { folded } from '../../../src/projection/sql-fence/names.ts'

/** Functions that a query may not call, reviewed one by one; grouped by reason. */
const refused: Readonly<Record<string, RegExp>> = {
  'read files, or what another process holds':
    /^(?:glob|sniff_csv|read_\w+|parquet_\w+|arrow_scan\w*|seq_scan)$/,
  'take SQL or a plan as text': /^(?:query|query_table|sql_auto_complete|json_\w*sql|json_serialize_plan)$/,
  'take a table by its name': /^(?:histogram|histogram_values|summary)$/,
  'read catalogs, settings, the session':
    /^(?:duckdb_\w+|pragma_\w+|current_(?!date|local)\w+|session_user|user|in_search_path|getvariable|txid_current|which_secret|get_block_size)$/,
  'stand in for those of PostgreSQL':
    /^(?:pg_(?!typeof|size_pretty)\w+|has_\w+_privilege|inet_\w+|(?:col|obj|shobj)_description|map_to_pg_oid|format_pg_type|format_type)$/,
  'change something, or wait':
    /^(?:nextval|currval|setseed|sleep_ms|write_log|(?:force_)?checkpoint|(?:en|dis)able_\w+|truncate_duckdb_logs|check_peg_parser)$/,
  'read bytes as a value of the inside':
    /^(?:__internal_\w+|finalize|combine|variant_bytes_to_variant|variant_normalize|variant_to_parquet_variant|st_\w+|create_sort_key)$/,
  'tell or make types, for the inside':
    /^(?:cast_to_type|get_type|make_type|replace_type|vector_type|remap_struct|constant_or_null|stats|parse_duckdb_log_message)$/,
  'are called by COLLATE': /^icu_\w+$/,
  'make rows for tests, or out of nothing':
    /^(?:test_all_types|test_vector_types|repeat|repeat_row|pg_timezone_names|icu_calendar_names)$/,
}

describe('every function of the bundled DuckDB', () => {
  let all: ReadonlyArray<{ readonly name: string; readonly isTable: boolean }>
  let types: ReadonlyArray<string>
  beforeAll(async () => {
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    const rows = await rowsOf(
      connection,
      // A PRAGMA is a statement, which a query cannot contain.
      "SELECT DISTINCT function_name, function_type IN ('table', 'table_macro') FROM duckdb_functions() WHERE function_type <> 'pragma'",
    )
    all = rows.map(([name, isTable]) => ({ name: folded(String(name)), isTable: isTable === true }))
    types = (
      await rowsOf(connection, 'SELECT DISTINCT upper(type_name) AS t FROM duckdb_types() ORDER BY t')
    ).map(([name]) => String(name))
    connection.closeSync()
    instance.closeSync()
  })

  const isRefused = (name: string): boolean => Object.values(refused).some((pattern) => pattern.test(name))

  test('is allowed or refused: a new one must be reviewed', () => {
    const unknown = all.filter(
      ({ name, isTable }) =>
        !(isTable ? allowedTableFunctions : allowedFunctions).has(name) && !isRefused(name),
    )
    expect(unknown).toEqual([])
  })

  test('is not both', () => {
    const both = all.filter(
      ({ name, isTable }) =>
        (isTable ? allowedTableFunctions : allowedFunctions).has(name) &&
        isRefused(name) &&
        // A scalar and a table function may have the same name.
        !['repeat', 'histogram'].includes(name),
    )
    expect(both).toEqual([])
  })

  test('that is allowed exists: no name is on a list by mistake', () => {
    const names = new Set(all.map(({ name }) => name))
    expect(
      [...allowedFunctions].filter((name) => !names.has(name) && name !== 'unnest' && name !== '->'),
    ).toEqual([])
    expect([...allowedTableFunctions].filter((name) => !names.has(name))).toEqual([])
    expect([...namingFunctions].filter((name) => !allowedFunctions.has(name))).toEqual([])
  })

  test('has types that are all allowed, except GEOMETRY and TYPE', () => {
    expect(types.filter((name) => !allowedTypes.has(name))).toEqual(['GEOMETRY', 'TYPE'])
  })
})
