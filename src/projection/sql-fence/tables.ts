import { call } from './calls.ts'
import {
  alwaysRefused,
  type Check,
  empty,
  fields,
  isObject,
  many,
  type NodeShape,
  nodeText,
  oneOfValues,
  optional,
  unknownPiece,
  variant,
  withoutNodes,
} from './check.ts'
import type { ExpressionChecks } from './expressions.ts'
import { refuseTable, refuseTableFunction, type Scope } from './scope.ts'
import { value } from './values.ts'

/** How much of a table is sampled. */
export const sample = optional(
  fields<Scope>({
    sample_size: value,
    is_percentage: withoutNodes,
    method: withoutNodes,
    seed: withoutNodes,
  }),
)

const ref = (shape: NodeShape<Scope>): Check<Scope> =>
  fields<Scope>({ type: withoutNodes, alias: withoutNodes, sample, ...shape })

const baseTable = ref({
  catalog_name: withoutNodes,
  schema_name: withoutNodes,
  table_name: withoutNodes,
  column_name_alias: withoutNodes,
  at_clause: optional(alwaysRefused('AT (...) cannot be used here: a table has no versions')),
})

/** DuckDB's lists of tables, by the names that its grammar gives them. */
const shown = oneOfValues('"tables"', '__show_tables_expanded')

const show = (shape: NodeShape<Scope>): Check<Scope> =>
  ref({ show_type: withoutNodes, catalog_name: oneOfValues(''), schema_name: oneOfValues(''), ...shape })

type Parts = ExpressionChecks & {
  /** A query in the FROM. */
  readonly statement: Check<Scope>
  /** A query that is described. */
  readonly queryNode: Check<Scope>
}

/** The check of what a query reads from: a table, or tables joined. */
export const tableCheck = ({
  expressions,
  maybe,
  functionShape,
  statement,
  queryNode,
}: Parts): Check<Scope> => {
  const table: Check<Scope> = (piece, scope) => tables(piece, scope)

  const pivot = fields<Scope>({
    pivot_expressions: expressions,
    unpivot_names: withoutNodes,
    entries: many(fields<Scope>({ values: many(value), star_expr: maybe, alias: withoutNodes })),
    pivot_enum: oneOfValues(''),
  })

  const shows = variant<Scope>('show_type', {
    DESCRIBE: show({ table_name: oneOfValues(''), query: queryNode }),
    SUMMARY: show({ table_name: oneOfValues(''), query: queryNode }),
    SHOW_UNQUALIFIED: show({ table_name: shown, query: oneOfValues(null) }),
    SHOW_FROM: show({
      table_name: oneOfValues(''),
      query: oneOfValues(null),
      schema_name: oneOfValues('main'),
    }),
  })

  const tables = variant<Scope>('type', {
    BASE_TABLE: (piece, scope) =>
      baseTable(piece, scope) ??
      (isObject(piece)
        ? refuseTable(
            scope,
            nodeText(piece.catalog_name),
            nodeText(piece.schema_name),
            nodeText(piece.table_name),
          )
        : unknownPiece(piece)),
    EMPTY: ref({}),
    EXPRESSION_LIST: ref({ expected_names: withoutNodes, expected_types: empty, values: many(expressions) }),
    JOIN: ref({
      left: table,
      right: table,
      condition: maybe,
      join_type: withoutNodes,
      ref_type: withoutNodes,
      using_columns: withoutNodes,
      delim_flipped: oneOfValues(false),
      duplicate_eliminated_columns: empty,
    }),
    PIVOT: ref({
      source: table,
      aggregates: expressions,
      unpivot_names: withoutNodes,
      pivots: many(pivot),
      groups: withoutNodes,
      column_name_alias: withoutNodes,
      include_nulls: withoutNodes,
    }),
    SHOW_REF: shows,
    SUBQUERY: ref({ subquery: statement, column_name_alias: withoutNodes }),
    TABLE_FUNCTION: ref({
      function: call(functionShape, refuseTableFunction),
      column_name_alias: withoutNodes,
      with_ordinality: withoutNodes,
    }),
  })

  return table
}
