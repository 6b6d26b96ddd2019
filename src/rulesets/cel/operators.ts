import type { Expr, Expr_Call } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { didYouMean } from '../../foundation/text/nearest.ts'
import { quoted } from '../../foundation/text/quoted.ts'
import type { SignalType } from '../ruleset.ts'
import type { Checking } from './checking.ts'
import { asCondition, isLiteral, numeric, rewritten } from './hints.ts'
import { ARITHMETIC, COMPARISONS, instead as insteadAnywhere, TEXT_METHODS } from './vocabulary.ts'

/** The type of an expression at this depth; null if it has an error, which is then reported. */
export type TypeOf = (expr: Expr | undefined, depth: number) => SignalType | null

/** The type that an operator or a method returns; `typeOf` checks every operand. */
export const callTypes = (
  { roots, instead, remarks, report, placeOf, startOf, operatorOf }: Checking,
  typeOf: TypeOf,
) => {
  const insteadOf = (fn: string): string | null => instead.get(fn) ?? insteadAnywhere.get(fn) ?? null

  const call = (expr: Expr, { function: fn, target, args }: Expr_Call, depth: number): SignalType | null => {
    if (target !== undefined) return method(expr, fn, target, args, depth)
    const [left, right] = args
    if (fn === '_&&_' || fn === '_||_' || fn === '!_') {
      for (const arg of args) mustBe('bool', arg, depth, fn.replaceAll('_', ''))
      return 'bool'
    }
    if (left !== undefined && right !== undefined) {
      if (Object.hasOwn(COMPARISONS, fn)) {
        commonType(expr, COMPARISONS[fn] ?? fn, left, right, depth)
        return 'bool'
      }
      if (Object.hasOwn(ARITHMETIC, fn)) return arithmetic(expr, ARITHMETIC[fn] ?? fn, left, right, depth)
      if (fn === '@in') return membership(left, right, depth)
    }
    if (fn === '-_' && left?.exprKind.case === 'constExpr') {
      const type = typeOf(left, depth + 1)
      if (type === 'int' || type === 'double' || type === null) return type
    }
    const shown = /^\w+$/.test(fn) ? `the function ${fn}` : fn.replace(/^@/, '').replaceAll('_', '')
    const hint = TEXT_METHODS.includes(fn) ? `write text.${fn}(part)` : insteadOf(fn)
    return report(operatorOf(expr), `${shown} is not supported`, hint)
  }

  const method = (
    expr: Expr,
    fn: string,
    target: Expr,
    args: ReadonlyArray<Expr>,
    depth: number,
  ): SignalType | null => {
    const at = operatorOf(expr)
    if (!TEXT_METHODS.includes(fn)) {
      const hint = insteadOf(fn) ?? didYouMean(fn, TEXT_METHODS)
      return report(at, `the method ${fn} is not supported`, hint)
    }
    mustBe('string', target, depth, fn)
    const [part] = args
    if (args.length !== 1 || part === undefined) return report(at, `${fn} takes one string`)
    mustBe('string', part, depth, fn)
    return 'bool'
  }

  const mustBe = (wanted: SignalType, expr: Expr, depth: number, operator: string): void => {
    const type = typeOf(expr, depth + 1)
    if (type !== null && type !== wanted) {
      report(startOf(expr), `${operator} takes ${wanted}, not ${type}`, asCondition(type, wanted))
    }
  }

  /** The common type of both sides of an operator. */
  const commonType = (
    expr: Expr,
    operator: string,
    left: Expr,
    right: Expr,
    depth: number,
  ): SignalType | null => {
    const a = typeOf(left, depth + 1)
    const b = typeOf(right, depth + 1)
    if (a === null || b === null) return null
    remark(left, right)
    remark(right, left)
    if (a === b) return a
    const [leftHint, rightHint] = [rewritten(left, b), rewritten(right, a)]
    const at = rightHint !== null ? startOf(right) : leftHint !== null ? startOf(left) : operatorOf(expr)
    const both = numeric(a) && numeric(b) ? 'both sides must be int, or both double' : null
    return report(
      at,
      `${operator} takes two values of the same type, not ${a} and ${b}`,
      rightHint ?? leftHint ?? both,
    )
  }

  /** Remarks on a comparison of a field with a word that it never has. */
  const remark = (compared: Expr, expr: Expr): void => {
    const { case: kind, value: select } = compared.exprKind
    const root = kind === 'selectExpr' ? select.operand?.exprKind : undefined
    if (kind !== 'selectExpr' || root?.case !== 'identExpr' || expr.exprKind.case !== 'constExpr') return
    const words = roots.get(root.value.name)?.fields.get(select.field)?.words
    const { case: type, value: word } = expr.exprKind.value.constantKind
    if (words === undefined || type !== 'stringValue' || words.is(word)) return
    const hint = `it is ${words.name}`
    remarks.push({
      offset: placeOf(expr),
      message: `${root.value.name}.${select.field} is never ${quoted(word)}`,
      hint,
    })
  }

  const arithmetic = (
    expr: Expr,
    operator: string,
    left: Expr,
    right: Expr,
    depth: number,
  ): SignalType | null => {
    const type = commonType(expr, operator, left, right, depth)
    if (type === 'bool' || (type === 'string' && operator !== '+')) {
      return report(operatorOf(expr), `${operator} takes numbers, not ${type}`)
    }
    return type
  }

  const membership = (left: Expr, right: Expr, depth: number): SignalType | null => {
    const type = typeOf(left, depth + 1)
    if (right.exprKind.case !== 'listExpr') {
      return report(startOf(right), '`in` takes a list of literals', 'such as ["a", "b"]')
    }
    const { elements } = right.exprKind.value
    if (elements.length === 0) return report(placeOf(right), 'no value is in an empty list')
    for (const element of elements) {
      remark(left, element)
      if (!isLiteral(element)) {
        report(startOf(element), 'a list can only hold literals', 'compare with == instead, joined by ||')
        continue
      }
      const found = typeOf(element, depth + 1)
      if (type !== null && found !== null && found !== type) {
        report(startOf(element), `${type} in a list of ${found}`, rewritten(element, type))
      }
    }
    return 'bool'
  }

  return call
}
