import {
  type Check,
  empty,
  fields,
  first,
  isObject,
  many,
  type NodeShape,
  nodeText,
  oneOfValues,
  optional,
  type Refusal,
  unknownPiece,
  variant,
  withoutNodes,
} from './check.ts'
import { allowedFunctions, namingFunctions, typingFunctions } from './functions.ts'
import { folded } from './names.ts'
import {
  refuseFunction,
  refuseTable,
  refuseTableFunction,
  refuseWithName,
  type Scope,
  withName,
} from './scope.ts'
import { refuseStructure } from './structure.ts'
import { type, value } from './values.ts'

/** What a statement is not given: it is there or not. */
const refused =
  (why: Refusal): Check<Scope> =>
  () =>
    why

// ---- Expressions

const expression: Check<Scope> = (piece, scope) => expressions(piece, scope)
const many1 = many(expression)
const maybe = optional(expression)

const of = (shape: NodeShape<Scope>): Check<Scope> =>
  fields<Scope>({ class: withoutNodes, type: withoutNodes, alias: withoutNodes, ...shape })

const orders = many(fields<Scope>({ type: withoutNodes, null_order: withoutNodes, expression }))

/** A call, whose name is looked up by `refuse`. */
const call =
  (shape: Check<Scope>, refuse: (scope: Scope, name: string) => Refusal | null): Check<Scope> =>
  (piece, scope) =>
    isObject(piece)
      ? (refuse(scope, nodeText(piece.function_name)) ?? refuseNamed(piece) ?? shape(piece, scope))
      : unknownPiece(piece)

/** `list_aggregate(l, 'sum')` calls `sum`, `from_json(j, '"INT"')` makes an INT: the names have to stand there, as a text. */
const refuseNamed = (piece: { readonly [field: string]: unknown }): Refusal | null => {
  const name = nodeText(piece.function_name)
  const isNaming = namingFunctions.has(folded(name))
  if (!isNaming && !typingFunctions.has(folded(name))) return null
  const children = Array.isArray(piece.children) ? piece.children : []
  const argument: unknown = children[1]
  const constantOf = isObject(argument) && argument.class === 'CONSTANT' ? argument.value : undefined
  const named = isObject(constantOf) ? constantOf.value : undefined
  // With a schema it may be `l.list_aggregate('sum')`, or not: that only shows when it is bound. So does what a star becomes.
  if (piece.schema !== '' || typeof named !== 'string' || children.some(isSpread)) {
    return isNaming
      ? `${name}() needs the name of a function as a text: ${name}(list, 'sum')`
      : `${name}() needs the types as a text: ${name}(json, '{"score": "DOUBLE"}')`
  }
  if (!isNaming) return refuseStructure(named)
  return allowedFunctions.has(folded(named)) ? null : `the function ${named}() cannot be used here`
}

/** An argument that becomes several. */
const isSpread = (piece: unknown): boolean =>
  isObject(piece) && (piece.class === 'STAR' || piece.type === 'OPERATOR_UNPACK')

const functionShape = of({
  function_name: withoutNodes,
  schema: withoutNodes,
  catalog: withoutNodes,
  children: many1,
  filter: maybe,
  order_bys: (piece, scope) => optional(modifier)(piece, scope),
  distinct: withoutNodes,
  is_operator: withoutNodes,
  // An aggregate's raw state, which another function would believe.
  export_state: (piece) => (piece === false ? null : 'EXPORT_STATE cannot be used here'),
})

const windowShape = of({
  function_name: withoutNodes,
  schema: withoutNodes,
  catalog: withoutNodes,
  children: many1,
  partitions: many1,
  orders,
  start: withoutNodes,
  end: withoutNodes,
  start_expr: maybe,
  end_expr: maybe,
  offset_expr: maybe,
  default_expr: maybe,
  ignore_nulls: withoutNodes,
  filter_expr: maybe,
  exclude_clause: withoutNodes,
  distinct: withoutNodes,
  arg_orders: orders,
})

const column = fields<Scope>({
  catalog: withoutNodes,
  schema: withoutNodes,
  table: withoutNodes,
  column: withoutNodes,
})

const star = of({
  relation_name: withoutNodes,
  exclude_list: withoutNodes,
  replace_list: many(fields<Scope>({ key: withoutNodes, value: expression })),
  columns: withoutNodes,
  expr: maybe,
  qualified_exclude_list: many(column),
  rename_list: many(fields<Scope>({ key: column, value: withoutNodes })),
})

const operators = oneOfValues(
  'ARRAY_CONSTRUCTOR',
  'ARRAY_EXTRACT',
  'ARRAY_SLICE',
  'ARROW',
  'COMPARE_IN',
  'COMPARE_NOT_IN',
  'GROUPING_FUNCTION',
  'OPERATOR_COALESCE',
  'OPERATOR_IS_NOT_NULL',
  'OPERATOR_IS_NULL',
  'OPERATOR_NOT',
  'OPERATOR_TRY',
  'OPERATOR_UNPACK',
  'STRUCT_EXTRACT',
)

const expressions = variant<Scope>('class', {
  BETWEEN: of({ input: expression, lower: expression, upper: expression }),
  CASE: of({
    case_checks: many(fields<Scope>({ when_expr: expression, then_expr: expression })),
    else_expr: maybe,
  }),
  CAST: of({ child: expression, cast_type: type, try_cast: withoutNodes }),
  COLLATE: of({ child: expression, collation: withoutNodes }),
  COLUMN_REF: of({ column_names: withoutNodes }),
  COMPARISON: of({ left: expression, right: expression }),
  CONJUNCTION: of({ children: many1 }),
  CONSTANT: of({ value }),
  FUNCTION: call(functionShape, refuseFunction),
  LAMBDA: of({ lhs: expression, expr: expression }),
  OPERATOR: of({ type: operators, children: many1 }),
  PARAMETER: refused('there is no value for a parameter of the statement'),
  POSITIONAL_REFERENCE: of({ index: withoutNodes }),
  STAR: star,
  SUBQUERY: of({
    subquery_type: withoutNodes,
    subquery: (piece, scope) => statement(piece, scope),
    child: maybe,
    comparison_type: withoutNodes,
  }),
  WINDOW: call(windowShape, refuseFunction),
})

// ---- FROM

const sample = optional(
  fields<Scope>({
    sample_size: value,
    is_percentage: withoutNodes,
    method: withoutNodes,
    seed: withoutNodes,
  }),
)

const ref = (shape: NodeShape<Scope>): Check<Scope> =>
  fields<Scope>({ type: withoutNodes, alias: withoutNodes, sample, ...shape })

const table: Check<Scope> = (piece, scope) => tables(piece, scope)

const baseTable = ref({
  catalog_name: withoutNodes,
  schema_name: withoutNodes,
  table_name: withoutNodes,
  column_name_alias: withoutNodes,
  at_clause: optional(refused('AT (...) cannot be used here: a table has no versions')),
})

const pivot = fields<Scope>({
  pivot_expressions: many1,
  unpivot_names: withoutNodes,
  entries: many(fields<Scope>({ values: many(value), star_expr: maybe, alias: withoutNodes })),
  pivot_enum: oneOfValues(''),
})

/** DuckDB's own lists of what there is, in the names that its grammar gives them. */
const shown = oneOfValues('"tables"', '__show_tables_expanded')

const shows = variant<Scope>('show_type', {
  DESCRIBE: (piece, scope) => show({ table_name: oneOfValues(''), query: queryNode })(piece, scope),
  SUMMARY: (piece, scope) => show({ table_name: oneOfValues(''), query: queryNode })(piece, scope),
  SHOW_UNQUALIFIED: (piece, scope) => show({ table_name: shown, query: oneOfValues(null) })(piece, scope),
  SHOW_FROM: (piece, scope) =>
    show({ table_name: oneOfValues(''), query: oneOfValues(null), schema_name: oneOfValues('main') })(
      piece,
      scope,
    ),
})
const show = (shape: NodeShape<Scope>): Check<Scope> =>
  ref({ show_type: withoutNodes, catalog_name: oneOfValues(''), schema_name: oneOfValues(''), ...shape })

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
  EXPRESSION_LIST: ref({ expected_names: withoutNodes, expected_types: empty, values: many(many1) }),
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
    aggregates: many1,
    unpivot_names: withoutNodes,
    pivots: many(pivot),
    groups: withoutNodes,
    column_name_alias: withoutNodes,
    include_nulls: withoutNodes,
  }),
  SHOW_REF: shows,
  SUBQUERY: ref({ subquery: (piece, scope) => statement(piece, scope), column_name_alias: withoutNodes }),
  TABLE_FUNCTION: ref({
    function: call(functionShape, refuseTableFunction),
    column_name_alias: withoutNodes,
    with_ordinality: withoutNodes,
  }),
})

// ---- Queries

const modifier = variant<Scope>('type', {
  DISTINCT_MODIFIER: fields<Scope>({ type: withoutNodes, distinct_on_targets: many1 }),
  LIMIT_MODIFIER: fields<Scope>({ type: withoutNodes, limit: maybe, offset: maybe }),
  LIMIT_PERCENT_MODIFIER: fields<Scope>({ type: withoutNodes, limit: maybe, offset: maybe }),
  ORDER_MODIFIER: fields<Scope>({ type: withoutNodes, orders }),
})

/** A query, in which what its WITH names stands, each name for those after it. */
const queryNode: Check<Scope> = (piece, scope) => {
  if (!isObject(piece)) return unknownPiece(piece)
  const map = isObject(piece.cte_map) ? piece.cte_map.map : undefined
  if (!Array.isArray(map)) return unknownPiece('WITH')
  let inside = scope
  return (
    first(map, (entry) => {
      const name = isObject(entry) ? nodeText(entry.key) : ''
      const refusal = refuseWithName(name) ?? withEntry(entry, inside)
      inside = withName(inside, name)
      return refusal
    }) ?? queryNodes(piece, inside)
  )
}

const withEntry = fields<Scope>({
  key: withoutNodes,
  value: fields<Scope>({
    aliases: withoutNodes,
    query: (piece, scope) => statement(piece, scope),
    materialized: withoutNodes,
    key_targets: many1,
  }),
})

const query = (shape: NodeShape<Scope>): Check<Scope> =>
  fields<Scope>({
    type: withoutNodes,
    modifiers: many(modifier),
    // `queryNode` has looked into it.
    cte_map: fields<Scope>({ map: () => null }),
    ...shape,
  })

const recursive = query({
  cte_name: withoutNodes,
  union_all: withoutNodes,
  left: queryNode,
  right: () => null,
  aliases: withoutNodes,
  key_targets: many1,
})

const queryNodes = variant<Scope>('type', {
  RECURSIVE_CTE_NODE: (piece, scope) => {
    if (!isObject(piece)) return unknownPiece(piece)
    const name = nodeText(piece.cte_name)
    const inside = withName(scope, name)
    const recurring = new Set([...scope.recurring, folded(name)])
    return recursive(piece, scope) ?? queryNode(piece.right, { ...inside, recurring })
  },
  SELECT_NODE: query({
    select_list: many1,
    from_table: table,
    where_clause: maybe,
    group_expressions: many1,
    group_sets: withoutNodes,
    aggregate_handling: withoutNodes,
    having: maybe,
    sample,
    qualify: maybe,
  }),
  SET_OPERATION_NODE: query({
    setop_type: withoutNodes,
    left: queryNode,
    right: queryNode,
    setop_all: withoutNodes,
  }),
})

const statement = fields<Scope>({ node: queryNode, named_param_map: plainMap })

/** Names of parameters, which are refused where they stand. */
function plainMap(piece: unknown): Refusal | null {
  return Array.isArray(piece) ? null : unknownPiece(piece)
}

/** Why a statement's parse tree is refused; null: it reads what is ours and calls nothing that does more. */
export const refuseStatement = statement
