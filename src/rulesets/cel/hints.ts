import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import type { SignalType } from '../ruleset.ts'

export const numeric = (type: SignalType): boolean => type === 'int' || type === 'double'

export const asCondition = (found: SignalType, wanted: SignalType): string | null =>
  wanted !== 'bool' ? null : numeric(found) ? 'compare it with a number' : 'compare it with a string'

export const isLiteral = (expr: Expr): boolean =>
  expr.exprKind.case === 'constExpr' ||
  (expr.exprKind.case === 'callExpr' &&
    expr.exprKind.value.function === '-_' &&
    expr.exprKind.value.args[0]?.exprKind.case === 'constExpr')

/** How to write a number literal in the type of the other side; null if it is not one, or cannot be. */
export const rewritten = (expr: Expr, wanted: SignalType): string | null => {
  if (expr.exprKind.case !== 'constExpr') return null
  const { case: kind, value } = expr.exprKind.value.constantKind
  if (kind === 'int64Value' && wanted === 'double') return `write ${value}.0`
  if (kind === 'doubleValue' && wanted === 'int') {
    return Number.isInteger(value) ? `write ${value}` : 'compare an int with a whole number'
  }
  if ((kind === 'int64Value' || kind === 'doubleValue') && wanted === 'string') return `write "${value}"`
  if (kind === 'stringValue' && wanted !== 'string') return 'remove the quotes'
  return null
}
