import type { Constant, Expr, Expr_Call, Expr_Select } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { didYouMean } from '../../foundation/text/nearest.ts'
import { quoted } from '../../foundation/text/quoted.ts'
import type { SignalType } from '../ruleset.ts'
import type { Diagnostic } from './diagnostic.ts'
import { asCondition, isLiteral, numeric, rewritten } from './hints.ts'
import { DEEPEST, type ParsedCondition } from './parse.ts'
import {
  ARITHMETIC,
  COMPARISONS,
  celWordsOf,
  fieldsOf,
  instead,
  MAX_INT,
  MIN_INT,
  ROOTS,
  TEXT_METHODS,
} from './vocabulary.ts'

/** What a condition looks at: names such as `signals.link_count`, `detector.kind`, `content.id`. */
export type Reads = {
  readonly values: ReadonlySet<string>
  /** Those of which it asks by `has()` whether they are there. */
  readonly presences: ReadonlySet<string>
}

export type Checked = {
  readonly reads: Reads
  readonly diagnostics: ReadonlyArray<Diagnostic>
  /** What is allowed but can't be meant: a comparison with a word that never occurs. */
  readonly remarks: ReadonlyArray<Diagnostic>
}

/**
 * Checks that a parsed condition stays within the accepted part of CEL, that its types agree and that it reads
 * only what is declared. Every operand of every operator is looked at, so one run finds every error.
 */
export const checkCondition = (
  { text, tree, positions }: ParsedCondition,
  signals: ReadonlyMap<string, SignalType>,
): Checked => {
  const diagnostics: Diagnostic[] = []
  const remarks: Diagnostic[] = []
  const values = new Set<string>()
  const presences = new Set<string>()

  const placeOf = (expr: Expr): number => positions[expr.id.toString()] ?? 0
  const report = (offset: number, message: string, hint: string | null = null): null => {
    diagnostics.push({ offset, message, hint })
    return null
  }

  /** Where an expression begins: an operator's own place is behind its first operand. */
  const startOf = (expr: Expr): number => {
    let start = placeOf(expr)
    for (let part = firstPart(expr); part !== undefined; part = firstPart(part)) {
      start = Math.min(start, placeOf(part))
    }
    return start
  }
  /** The number that is written at a place. */
  const numberAt = (offset: number): string => /^[-\s]*([\d.eE+-]*)/.exec(text.slice(offset))?.[1] ?? ''
  /** Where an operator stands: the parser counts the white space before it in. */
  const operatorOf = (expr: Expr): number => {
    const place = placeOf(expr)
    return place + (/^\s*/.exec(text.slice(place))?.[0].length ?? 0)
  }

  /** The type of an expression; null when that was an error, which is reported then. */
  const typeOf = (expr: Expr | undefined, depth: number): SignalType | null => {
    if (expr === undefined) return report(0, 'the condition is not complete')
    if (depth > DEEPEST) return report(placeOf(expr), `nested more than ${DEEPEST} deep`)
    const { case: kind, value } = expr.exprKind
    switch (kind) {
      case 'constExpr':
        return literal(expr, value)
      case 'identExpr':
        return name(expr, value.name)
      case 'selectExpr':
        return value.testOnly ? presence(expr, value) : field(expr, value, values)
      case 'callExpr':
        return call(expr, value, depth)
      case 'listExpr':
        return report(placeOf(expr), 'a list stands only behind `in`')
      case 'structExpr':
        return report(placeOf(expr), 'maps and messages are not part of the accepted language')
      case 'comprehensionExpr':
        return report(
          startOf(expr),
          'macros such as all, exists, filter and map are not part of the accepted language',
        )
      default:
        return report(placeOf(expr), 'the condition is not complete')
    }
  }

  const literal = (expr: Expr, { constantKind }: Constant): SignalType | null => {
    switch (constantKind.case) {
      case 'boolValue':
        return 'bool'
      case 'stringValue':
        return 'string'
      case 'int64Value':
        if (constantKind.value >= MIN_INT && constantKind.value <= MAX_INT) return 'int'
        return report(placeOf(expr), 'this number is outside of the range of int (64 bits)')
      case 'doubleValue':
        if (!Number.isFinite(constantKind.value)) {
          return report(placeOf(expr), 'this number is outside of the range of double')
        }
        if (constantKind.value === 0 && /^[^eE]*[1-9]/.test(numberAt(placeOf(expr)))) {
          return report(placeOf(expr), 'this number is closer to 0 than a double can hold', 'write 0.0')
        }
        return 'double'
      case 'nullValue':
        return report(placeOf(expr), 'null is not part of the accepted language', 'ask has(signals.NAME)')
      case 'uint64Value':
        return report(
          placeOf(expr),
          'unsigned numbers are not part of the accepted language',
          'leave out the u',
        )
      default:
        return report(placeOf(expr), 'only numbers, texts, true and false are literals here')
    }
  }

  const name = (expr: Expr, written: string): null => {
    if (ROOTS.includes(written)) {
      return report(placeOf(expr), `${written} is no value`, `name one of its fields: ${written}.NAME`)
    }
    const hint = signals.has(written) ? `write signals.${written}` : didYouMean(written, ROOTS)
    return report(placeOf(expr), `unknown name ${quoted(written)}`, hint ?? `known are ${ROOTS.join(', ')}`)
  }

  const field = (expr: Expr, select: Expr_Select, reads: Set<string>): SignalType | null => {
    const operand = select.operand
    const root = operand?.exprKind.case === 'identExpr' ? operand.exprKind.value.name : undefined
    if (operand === undefined || root === undefined || !ROOTS.includes(root)) {
      const hint = root !== undefined ? didYouMean(root, ROOTS) : null
      const start = startOf(expr)
      return report(start, 'only signals, detector, flag and content have fields', hint)
    }
    const at = Math.max(0, text.indexOf(select.field, placeOf(operand) + root.length))
    if (root === 'signals') {
      const type = signals.get(select.field)
      if (type === undefined) {
        const hint =
          didYouMean(select.field, signals.keys()) ??
          (signals.size === 0 ? 'the document declares no signals' : 'declare it under `signals`')
        return report(at, `unknown signal ${quoted(select.field)}`, hint)
      }
      reads.add(`signals.${select.field}`)
      return type
    }
    const known = fieldsOf[root] ?? []
    if (!known.includes(select.field)) {
      const hint = didYouMean(select.field, known) ?? `its fields are ${known.join(', ')}`
      return report(at, `${root} has no field ${quoted(select.field)}`, hint)
    }
    reads.add(`${root}.${select.field}`)
    return 'string'
  }

  const presence = (expr: Expr, select: Expr_Select): SignalType | null => {
    const operand = select.operand?.exprKind
    if (
      operand?.case === 'identExpr' &&
      (operand.value.name === 'detector' || operand.value.name === 'flag')
    ) {
      return report(startOf(expr), `${operand.value.name} always has its fields`, 'leave has() out')
    }
    return field(expr, select, presences) === null ? null : 'bool'
  }

  const call = (expr: Expr, { function: fn, target, args }: Expr_Call, depth: number): SignalType | null => {
    if (target !== undefined) return method(expr, fn, target, args, depth)
    const [left, right] = args
    if (fn === '_&&_' || fn === '_||_' || fn === '!_') {
      for (const arg of args) mustBe('bool', arg, depth, fn.replaceAll('_', ''))
      return 'bool'
    }
    if (left !== undefined && right !== undefined) {
      if (Object.hasOwn(COMPARISONS, fn)) {
        agreed(expr, COMPARISONS[fn] ?? fn, left, right, depth)
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
    const hint = TEXT_METHODS.includes(fn) ? `write text.${fn}(part)` : (instead.get(fn) ?? null)
    return report(operatorOf(expr), `${shown} is not part of the accepted language`, hint)
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
      const hint = instead.get(fn) ?? didYouMean(fn, TEXT_METHODS)
      return report(at, `the method ${fn} is not part of the accepted language`, hint)
    }
    mustBe('string', target, depth, fn)
    const [part] = args
    if (args.length !== 1 || part === undefined) return report(at, `${fn} takes one text`)
    mustBe('string', part, depth, fn)
    return 'bool'
  }

  const mustBe = (wanted: SignalType, expr: Expr, depth: number, operator: string): void => {
    const type = typeOf(expr, depth + 1)
    if (type !== null && type !== wanted) {
      report(startOf(expr), `${operator} takes ${wanted}, and this is ${type}`, asCondition(type, wanted))
    }
  }

  /** The type that both sides of an operator have. */
  const agreed = (
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
      `${operator} takes two values of one type, not ${a} and ${b}`,
      rightHint ?? leftHint ?? both,
    )
  }

  /** Remarks on a text that a field is compared with and never has. */
  const remark = (compared: Expr, expr: Expr): void => {
    const { case: kind, value: select } = compared.exprKind
    const root = kind === 'selectExpr' ? select.operand?.exprKind : undefined
    if (kind !== 'selectExpr' || root?.case !== 'identExpr' || expr.exprKind.case !== 'constExpr') return
    const field = `${root.value.name}.${select.field}`
    const words = celWordsOf.get(field)
    const { case: type, value: word } = expr.exprKind.value.constantKind
    if (words === undefined || type !== 'stringValue' || words.is(word)) return
    const hint = `it is ${words.name}`
    remarks.push({ offset: placeOf(expr), message: `${field} is never ${quoted(word)}`, hint })
  }

  const arithmetic = (
    expr: Expr,
    operator: string,
    left: Expr,
    right: Expr,
    depth: number,
  ): SignalType | null => {
    const type = agreed(expr, operator, left, right, depth)
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
    if (elements.length === 0) return report(placeOf(right), 'nothing is in an empty list')
    for (const element of elements) {
      remark(left, element)
      if (!isLiteral(element)) {
        report(startOf(element), 'only literals stand in a list', 'compare with == instead, joined by ||')
        continue
      }
      const found = typeOf(element, depth + 1)
      if (type !== null && found !== null && found !== type) {
        report(startOf(element), `${type} in a list with ${found}`, rewritten(element, type))
      }
    }
    return 'bool'
  }

  const whole = typeOf(tree, 0)
  if (whole !== null && whole !== 'bool') {
    report(startOf(tree), `a condition is true or false, and this is ${whole}`, asCondition(whole, 'bool'))
  }
  return { reads: { values, presences }, diagnostics, remarks }
}

const firstPart = ({ exprKind: { case: kind, value } }: Expr): Expr | undefined =>
  kind === 'callExpr' ? (value.target ?? value.args[0]) : kind === 'selectExpr' ? value.operand : undefined
