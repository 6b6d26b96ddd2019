import type { Constant, Expr, Expr_Select } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { didYouMean } from '../../foundation/text/nearest.ts'
import { quoted } from '../../foundation/text/quoted.ts'
import type { SignalType } from '../ruleset.ts'
import type { Checking } from './checking.ts'
import { fieldsOf, MAX_INT, MIN_INT, ROOTS } from './vocabulary.ts'

/** The types of expressions without subexpressions: literals, names and their fields; null if an error was reported. */
export const leafTypes = ({ text, signals, values, presences, report, placeOf, startOf }: Checking) => {
  /** The number written at an offset. */
  const numberAt = (offset: number): string => /^[-\s]*([\d.eE+-]*)/.exec(text.slice(offset))?.[1] ?? ''
  const literal = (expr: Expr, { constantKind }: Constant): SignalType | null => {
    switch (constantKind.case) {
      case 'boolValue':
        return 'bool'
      case 'stringValue':
        return 'string'
      case 'int64Value':
        if (constantKind.value >= MIN_INT && constantKind.value <= MAX_INT) return 'int'
        return report(placeOf(expr), 'this number is outside the range of int (64 bits)')
      case 'doubleValue':
        if (!Number.isFinite(constantKind.value)) {
          return report(placeOf(expr), 'this number is outside the range of double')
        }
        if (constantKind.value === 0 && /^[^eE]*[1-9]/.test(numberAt(placeOf(expr)))) {
          return report(placeOf(expr), 'this number is closer to 0 than a double can hold', 'write 0.0')
        }
        return 'double'
      case 'nullValue':
        return report(placeOf(expr), 'null is not supported', 'use has(signals.NAME)')
      case 'uint64Value':
        return report(placeOf(expr), 'unsigned numbers are not supported', 'remove the u')
      default:
        return report(placeOf(expr), 'only numbers, strings, true and false can be literals')
    }
  }

  const name = (expr: Expr, written: string): null => {
    if (ROOTS.includes(written)) {
      return report(placeOf(expr), `${written} is not a value`, `use one of its fields: ${written}.NAME`)
    }
    const hint = signals.has(written) ? `write signals.${written}` : didYouMean(written, ROOTS)
    return report(
      placeOf(expr),
      `unknown name ${quoted(written)}`,
      hint ?? `the known names are ${ROOTS.join(', ')}`,
    )
  }

  const fieldIn = (expr: Expr, select: Expr_Select, reads: Set<string>): SignalType | null => {
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

  const field = (expr: Expr, select: Expr_Select): SignalType | null => fieldIn(expr, select, values)

  const presence = (expr: Expr, select: Expr_Select): SignalType | null => {
    const operand = select.operand?.exprKind
    if (
      operand?.case === 'identExpr' &&
      (operand.value.name === 'detector' || operand.value.name === 'flag')
    ) {
      return report(startOf(expr), `${operand.value.name} always has its fields`, 'remove has()')
    }
    return fieldIn(expr, select, presences) === null ? null : 'bool'
  }

  return { literal, name, field, presence }
}
