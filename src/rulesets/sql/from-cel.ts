import type { Constant, Expr, Expr_Call, Expr_Select } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import * as E from '#fp/Either'
import type { SignalType } from '../ruleset.ts'
import type { SqlNode } from './node.ts'
import { callOf } from './operations.ts'
import { boolValue, literalValue, SIGNAL_RANGE, SIGNAL_REACH, type SqlValue } from './value.ts'

/** The SQL expressions for what a condition reads. NULL is missing. */
export type EvidenceColumns = {
  /** BIGINT (at most 2^53 - 1 from zero), DOUBLE (finite), BOOLEAN or VARCHAR, according to the type. */
  readonly signal: (name: string, type: SignalType) => string
  /** All VARCHAR. */
  readonly detector: { readonly kind: string; readonly id: string; readonly version: string }
  readonly flag: { readonly category: string; readonly source: string }
  readonly content: { readonly id: string; readonly kind: string }
}

type Translated = E.Either<string, SqlValue>

/** Translates a checked condition; left says which part of CEL has no translation. */
export const sqlFromCel = (
  tree: Expr,
  signals: ReadonlyMap<string, SignalType>,
  columns: EvidenceColumns,
): E.Either<string, SqlNode> => {
  const valueIn = (expr: Expr): Translated => {
    const { case: kind, value } = expr.exprKind
    switch (kind) {
      case 'constExpr':
        return literal(value)
      case 'selectExpr': {
        const field = fieldOf(value, signals, columns)
        return value.testOnly ? E.map(isPresent)(field) : field
      }
      case 'callExpr':
        return E.chain((operands: ReadonlyArray<SqlValue>) => callOf(value.function, operands))(
          E.traverseArray(valueIn)(operandsOf(value)),
        )
      default:
        return E.left(`${kind ?? 'an empty expression'} cannot be written in SQL`)
    }
  }
  return E.map(({ node }: SqlValue) => node)(valueIn(tree))
}

/** The operands of a call; the elements of the list after `in` are operands too. */
const operandsOf = ({ target, args }: Expr_Call): ReadonlyArray<Expr> =>
  [...(target === undefined ? [] : [target]), ...args].flatMap(({ exprKind }, i, all) =>
    exprKind.case === 'listExpr' ? exprKind.value.elements : all.slice(i, i + 1),
  )

const literal = ({ constantKind }: Constant): Translated => {
  const { case: kind, value } = constantKind
  switch (kind) {
    case 'boolValue':
    case 'stringValue':
    case 'int64Value':
    case 'doubleValue':
      return E.right(literalValue(value))
    default:
      return E.left(`${kind ?? 'an empty literal'} cannot be written in SQL`)
  }
}

const fieldOf = (
  { operand, field }: Expr_Select,
  signals: ReadonlyMap<string, SignalType>,
  columns: EvidenceColumns,
): Translated => {
  const root = operand?.exprKind.case === 'identExpr' ? operand.exprKind.value.name : ''
  if (root === 'signals') {
    const type = signals.get(field)
    if (type === undefined) return E.left(`the signal ${field} is not declared`)
    const node: SqlNode = { kind: 'column', sql: columns.signal(field, type) }
    if (type === 'int') return E.right({ type, node, range: SIGNAL_RANGE })
    if (type === 'double') return E.right({ type, node, reach: SIGNAL_REACH })
    return E.right({ type, node })
  }
  const { detector, flag, content } = columns
  const fields: Readonly<Record<string, Readonly<Record<string, string>>>> = { detector, flag, content }
  const sql = fields[root]?.[field]
  return sql === undefined
    ? E.left(`${root}.${field} has no column`)
    : E.right({ type: 'string', node: { kind: 'column', sql } })
}

const isPresent = ({ node }: SqlValue): SqlValue => boolValue({ kind: 'is not null', operand: node })
