import { type Checking, checkingOf } from './checking.ts'
import type { Diagnostic } from './diagnostic.ts'
import { asCondition } from './hints.ts'
import { leafTypes } from './leaves.ts'
import { callTypes, type TypeOf } from './operators.ts'
import { DEEPEST, type ParsedCondition } from './parse.ts'
import type { ConditionNames, Reads } from './scope.ts'

export type Checked = {
  readonly reads: Reads
  readonly diagnostics: ReadonlyArray<Diagnostic>
  /** What is allowed but cannot be intended: a comparison with a word that never occurs. */
  readonly remarks: ReadonlyArray<Diagnostic>
}

/**
 * Checks that a parsed condition stays within the accepted part of CEL, that its types agree and that it reads
 * only what it may. Every operand of every operator is checked, so one run finds every error.
 */
export const checkCondition = (condition: ParsedCondition, names: ConditionNames): Checked => {
  const checking = checkingOf(condition, names)
  const { values, presences, diagnostics, remarks, report, startOf } = checking
  const whole = typesIn(checking)(condition.tree, 0)
  if (whole !== null && whole !== 'bool') {
    report(
      startOf(condition.tree),
      `a condition must be true or false, but this is ${whole}`,
      asCondition(whole, 'bool'),
    )
  }
  return { reads: { values, presences }, diagnostics, remarks }
}

/** Returns the type of an expression, checking it along the way. */
const typesIn = (checking: Checking): TypeOf => {
  const { report, placeOf, startOf } = checking
  const { literal, name, field, presence } = leafTypes(checking)
  const typeOf: TypeOf = (expr, depth) => {
    if (expr === undefined) return report(0, 'the condition is incomplete')
    if (depth > DEEPEST) return report(placeOf(expr), `nested more than ${DEEPEST} levels deep`)
    const { case: kind, value } = expr.exprKind
    switch (kind) {
      case 'constExpr':
        return literal(expr, value)
      case 'identExpr':
        return name(expr, value.name)
      case 'selectExpr':
        return value.testOnly ? presence(expr, value) : field(expr, value)
      case 'callExpr':
        return call(expr, value, depth)
      case 'listExpr':
        return report(placeOf(expr), 'a list is only allowed after `in`')
      case 'structExpr':
        return report(placeOf(expr), 'maps and messages are not supported')
      case 'comprehensionExpr':
        return report(startOf(expr), 'macros such as all, exists, filter and map are not supported')
      default:
        return report(placeOf(expr), 'the condition is incomplete')
    }
  }
  const call = callTypes(checking, typeOf)
  return typeOf
}
