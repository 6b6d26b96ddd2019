import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import type { ParsedCondition } from './parse.ts'

/** The operators that compare a value with a threshold. */
export const orderings = ['>=', '>', '<=', '<'] as const
export type Ordering = (typeof orderings)[number]

/** A number that is written in a condition, and where: text offsets, `end` exclusive. */
export type WrittenNumber = { readonly value: number; readonly start: number; readonly end: number }

/** The numbers with which a condition compares a signal by an operator, whichever side they are on; in no order. */
export const numbersCompared = (
  { text, tree, positions }: ParsedCondition,
  signal: string,
  operator: Ordering,
): ReadonlyArray<WrittenNumber> => {
  const placeOf = ({ id }: Expr): number => positions[id.toString()] ?? 0
  const numberIn = (expr: Expr): WrittenNumber | null => {
    const { case: kind, value } = expr.exprKind
    const start = placeOf(expr)
    if (kind === 'callExpr' && value.function === '-_') {
      // A minus with a space after it; the parser's position of it includes the white space before.
      const [operand] = value.args
      const number = operand === undefined ? null : numberIn(operand)
      return number && { value: -number.value, start: start + blanksAt(text, start), end: number.end }
    }
    const constant = kind === 'constExpr' ? value.constantKind : undefined
    return constant?.case === 'int64Value' || constant?.case === 'doubleValue'
      ? { value: Number(constant.value), start, end: numberEnd(text, start) }
      : null
  }
  const found: WrittenNumber[] = []
  const visit = (expr: Expr): void => {
    const { case: kind, value: call } = expr.exprKind
    if (kind !== 'callExpr') return
    const [left, right] = call.args
    if (left !== undefined && right !== undefined) {
      const number =
        call.function === `_${operator}_` && isSignal(left, signal)
          ? numberIn(right)
          : call.function === `_${mirrored[operator]}_` && isSignal(right, signal)
            ? numberIn(left)
            : null
      if (number !== null) found.push(number)
    }
    call.args.forEach(visit)
  }
  visit(tree)
  return found
}

/** `0.9 <= x` is `x >= 0.9`. */
const mirrored: Readonly<Record<Ordering, Ordering>> = { '>=': '<=', '>': '<', '<=': '>=', '<': '>' }

const isSignal = ({ exprKind: { case: kind, value } }: Expr, signal: string): boolean =>
  kind === 'selectExpr' &&
  !value.testOnly &&
  value.field === signal &&
  value.operand?.exprKind.case === 'identExpr' &&
  value.operand.exprKind.value.name === 'signals'

const blanksAt = (text: string, at: number): number => /^\s*/.exec(text.slice(at))?.[0].length ?? 0

/** Where the number that starts at an offset ends (CEL's `NUM_LIT`). */
const numberEnd = (text: string, start: number): number => {
  const number = /-?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)/y
  number.lastIndex = start
  return start + (number.exec(text)?.[0].length ?? 0)
}
