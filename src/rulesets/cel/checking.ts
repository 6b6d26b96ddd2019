import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import type { SignalType } from '../ruleset.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { ParsedCondition } from './parse.ts'

/** What the check of one condition knows, and what it has found so far. */
export type Checking = ReturnType<typeof checkingOf>

/** Begins the check of a condition that reads declared signals. */
export const checkingOf = (
  { text, positions }: ParsedCondition,
  signals: ReadonlyMap<string, SignalType>,
) => {
  const diagnostics: Diagnostic[] = []
  const remarks: Diagnostic[] = []
  const placeOf = (expr: Expr): number => positions[expr.id.toString()] ?? 0
  /** Where an expression begins: an operator's own place is behind its first operand. */
  const startOf = (expr: Expr): number => {
    let start = placeOf(expr)
    for (let part = firstPart(expr); part !== undefined; part = firstPart(part)) {
      start = Math.min(start, placeOf(part))
    }
    return start
  }
  /** Where an operator stands: the parser counts the white space before it in. */
  const operatorOf = (expr: Expr): number => {
    const place = placeOf(expr)
    return place + (/^\s*/.exec(text.slice(place))?.[0].length ?? 0)
  }
  return {
    text,
    signals,
    /** What the condition looks at, and of what it asks by `has()` whether it is there. */
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
