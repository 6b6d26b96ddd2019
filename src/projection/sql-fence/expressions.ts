import { call } from './calls.ts'
import {
  alwaysRefused,
  type Check,
  fields,
  many,
  type NodeShape,
  oneOfValues,
  optional,
  variant,
  withoutNodes,
} from './check.ts'
import { refuseFunction, type Scope } from './scope.ts'
import { type, value } from './values.ts'

/** The checks of expressions that other checks need. */
export type ExpressionChecks = ReturnType<typeof expressionChecks>

/** Builds them; `statement` checks a query within an expression. */
export const expressionChecks = (statement: Check<Scope>) => {
  const expression: Check<Scope> = (piece, scope) => kinds(piece, scope)
  const expressions = many(expression)
  const maybe = optional(expression)

  const orders = many(fields<Scope>({ type: withoutNodes, null_order: withoutNodes, expression }))

  const modifier = variant<Scope>('type', {
    DISTINCT_MODIFIER: fields<Scope>({ type: withoutNodes, distinct_on_targets: expressions }),
    LIMIT_MODIFIER: fields<Scope>({ type: withoutNodes, limit: maybe, offset: maybe }),
    LIMIT_PERCENT_MODIFIER: fields<Scope>({ type: withoutNodes, limit: maybe, offset: maybe }),
    ORDER_MODIFIER: fields<Scope>({ type: withoutNodes, orders }),
  })

  const functionShape = of({
    function_name: withoutNodes,
    schema: withoutNodes,
    catalog: withoutNodes,
    children: expressions,
    filter: maybe,
    order_bys: optional(modifier),
    distinct: withoutNodes,
    is_operator: withoutNodes,
    // An aggregate's raw state, which another function would trust.
    export_state: (piece) => (piece === false ? null : 'EXPORT_STATE cannot be used here'),
  })

  const windowShape = of({
    function_name: withoutNodes,
    schema: withoutNodes,
    catalog: withoutNodes,
    children: expressions,
    partitions: expressions,
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

  const kinds = variant<Scope>('class', {
    BETWEEN: of({ input: expression, lower: expression, upper: expression }),
    CASE: of({
      case_checks: many(fields<Scope>({ when_expr: expression, then_expr: expression })),
      else_expr: maybe,
    }),
    CAST: of({ child: expression, cast_type: type, try_cast: withoutNodes }),
    COLLATE: of({ child: expression, collation: withoutNodes }),
    COLUMN_REF: of({ column_names: withoutNodes }),
    COMPARISON: of({ left: expression, right: expression }),
    CONJUNCTION: of({ children: expressions }),
    CONSTANT: of({ value }),
    FUNCTION: call(functionShape, refuseFunction),
    LAMBDA: of({ lhs: expression, expr: expression }),
    OPERATOR: of({ type: operators, children: expressions }),
    PARAMETER: alwaysRefused('parameters such as $1 cannot be used here: write the value itself'),
    POSITIONAL_REFERENCE: of({ index: withoutNodes }),
    STAR: star,
    SUBQUERY: of({
      subquery_type: withoutNodes,
      subquery: statement,
      child: maybe,
      comparison_type: withoutNodes,
    }),
    WINDOW: call(windowShape, refuseFunction),
  })

  return { expressions, maybe, modifier, functionShape }
}

const of = (shape: NodeShape<Scope>): Check<Scope> =>
  fields<Scope>({ class: withoutNodes, type: withoutNodes, alias: withoutNodes, ...shape })
