import type { Constant, Expr, Expr_Select } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { didYouMean } from '../../foundation/text/nearest.ts'
import { quoted } from '../../foundation/text/quoted.ts'
import type { SignalType } from '../ruleset.ts'
import type { Checking } from './checking.ts'
import type { Field } from './scope.ts'
import { MAX_INT, MIN_INT } from './vocabulary.ts'

/** The types of expressions without subexpressions: literals, names and their fields; null if an error was reported. */
export const leafTypes = (checking: Checking) => {
  const { text, roots, instead, values, presences, report, placeOf, startOf } = checking
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
        return report(placeOf(expr), 'null is not supported', instead.get('null') ?? null)
      case 'uint64Value':
        return report(placeOf(expr), 'unsigned numbers are not supported', 'remove the u')
      default:
        return report(placeOf(expr), 'only numbers, strings, true and false can be literals')
    }
  }

  const name = (expr: Expr, written: string): null => {
    if (roots.has(written)) {
      return report(placeOf(expr), `${written} is not a value`, `use one of its fields: ${written}.NAME`)
    }
    const owners = [...roots].filter(([, { fields }]) => fields.has(written))
    const hint =
      owners.length === 1 ? `write ${owners[0]?.[0]}.${written}` : didYouMean(written, roots.keys())
    return report(
      placeOf(expr),
      `unknown name ${quoted(written)}`,
      hint ?? `the known names are ${[...roots.keys()].join(', ')}`,
    )
  }

  const fieldIn = (expr: Expr, select: Expr_Select, reads: Set<string>): Field | null => {
    const operand = select.operand
    const base = operand?.exprKind.case === 'identExpr' ? operand.exprKind.value.name : undefined
    const root = base === undefined ? undefined : roots.get(base)
    if (operand === undefined || base === undefined || root === undefined) {
      const hint = base === undefined ? null : didYouMean(base, roots.keys())
      return report(startOf(expr), `only ${named([...roots.keys()])} fields`, hint)
    }
    const known = root.fields.get(select.field)
    if (known === undefined) {
      const { noun, hint } = root.declared ?? {
        noun: null,
        hint: `its fields are ${[...root.fields.keys()].join(', ')}`,
      }
      return report(
        Math.max(0, text.indexOf(select.field, placeOf(operand) + base.length)),
        noun === null
          ? `${base} has no field ${quoted(select.field)}`
          : `unknown ${noun} ${quoted(select.field)}`,
        didYouMean(select.field, root.fields.keys()) ?? hint,
      )
    }
    reads.add(`${base}.${select.field}`)
    return known
  }

  const field = (expr: Expr, select: Expr_Select): SignalType | null =>
    fieldIn(expr, select, values)?.type ?? null

  const presence = (expr: Expr, select: Expr_Select): SignalType | null => {
    const asked = fieldIn(expr, select, presences)
    if (asked === null) return null
    return asked.optional
      ? 'bool'
      : report(startOf(expr), `${select.field} is never missing here`, 'remove has()')
  }

  return { literal, name, field, presence }
}

/** `a, b and c have`, or `a has`. */
const named = (names: ReadonlyArray<string>): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)} have` : `${names.join('')} has`
