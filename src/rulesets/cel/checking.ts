import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import type { Diagnostic } from './diagnostic.ts'
import type { ParsedCondition } from './parse.ts'
import type { ConditionNames } from './scope.ts'

/** The state of the check of one condition, and its findings so far. */
export type Checking = ReturnType<typeof checkingOf>

/** Starts the check of a condition that may read these names. */
export const checkingOf = ({ text, positions }: ParsedCondition, { roots, instead }: ConditionNames) => {
  const diagnostics: Diagnostic[] = []
  const remarks: Diagnostic[] = []
  const placeOf = (expr: Expr): number => positions[expr.id.toString()] ?? 0
  /** Where an expression begins: an operator's own position is after its first operand. */
  const startOf = (expr: Expr): number => {
    let start = placeOf(expr)
    for (let part = firstPart(expr); part !== undefined; part = firstPart(part)) {
      start = Math.min(start, placeOf(part))
    }
    return start
  }
  /** Where an operator is: the parser's position includes the white space before it. */
  const operatorOf = (expr: Expr): number => {
    const place = placeOf(expr)
    return place + (/^\s*/.exec(text.slice(place))?.[0].length ?? 0)
  }
  return {
    text,
    roots,
    instead,
    /** What the condition reads, and what it tests with `has()`. */
    values: new Set<string>(),
    presences: new Set<string>(),
    diagnostics,
    remarks,
    report: (offset: number, message: string, hint: string | null = null): null => {
      diagnostics.push({ offset, message, hint })
      return null
    },
    placeOf,
    startOf,
    operatorOf,
  }
}

const firstPart = ({ exprKind: { case: kind, value } }: Expr): Expr | undefined =>
  kind === 'callExpr' ? (value.target ?? value.args[0]) : kind === 'selectExpr' ? value.operand : undefined
