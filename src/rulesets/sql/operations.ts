import * as E from '#fp/Either'
import { MIN_INT } from '../cel/vocabulary.ts'
import { compareValues, computeDoubles, computeInts } from './arithmetic.ts'
import type { Arithmetic, Comparison, SqlFunction, SqlNode } from './node.ts'
import { boolValue, literalValue, type SqlValue } from './value.ts'

const COMPARISONS = new Map<string, Comparison>([
  ['_==_', '='],
  ['_!=_', '<>'],
  ['_<_', '<'],
  ['_<=_', '<='],
  ['_>_', '>'],
  ['_>=_', '>='],
])
const ARITHMETIC = new Map<string, Arithmetic>([
  ['_+_', '+'],
  ['_-_', '-'],
  ['_*_', '*'],
])
/** DuckDB's compare bytes of UTF-8 where JavaScript's compare UTF-16 units; in well-formed text they find the same. */
const METHODS = new Map<string, SqlFunction>([
  ['startsWith', 'starts_with'],
  ['endsWith', 'ends_with'],
  ['contains', 'contains'],
])

/** An operator or a method of CEL, applied to operands whose types were checked. */
export const callOf = (fn: string, [first, ...rest]: ReadonlyArray<SqlValue>): E.Either<string, SqlValue> => {
  const [second] = rest
  if (first !== undefined) {
    if (fn === '!_') return E.right(boolValue({ kind: 'not', operand: first.node }))
    if (fn === '_&&_') return E.right(joined('and', [first, ...rest]))
    if (fn === '_||_') return E.right(joined('or', [first, ...rest]))
    if (fn === '-_') return negated(first)
    if (fn === '@in') return E.right(membership(first, rest))
  }
  if (first !== undefined && second !== undefined) {
    const comparison = COMPARISONS.get(fn)
    if (comparison !== undefined) return E.right(boolValue(compareValues(comparison, first, second)))
    const operator = ARITHMETIC.get(fn)
    if (operator !== undefined) return computed(operator, first, second)
    const name = METHODS.get(fn)
    if (name !== undefined) {
      return E.right(boolValue({ kind: 'call', name, args: [first.node, second.node] }))
    }
  }
  return E.left(`${fn} cannot be written in SQL`)
}

/** Both follow Kleene's three-valued logic. A chain is one list, as DuckDB reads it. */
const joined = (kind: 'and' | 'or', values: ReadonlyArray<SqlValue>): SqlValue =>
  boolValue({ kind, operands: values.flatMap(({ node }) => (node.kind === kind ? node.operands : [node])) })

const computed = (operator: Arithmetic, left: SqlValue, right: SqlValue): E.Either<string, SqlValue> => {
  if (left.type === 'int' && right.type === 'int') return E.right(computeInts(operator, left, right))
  if (left.type === 'double' && right.type === 'double') return E.right(computeDoubles(operator, left, right))
  if (left.type === 'string' && right.type === 'string' && operator === '+') {
    const node: SqlNode = { kind: 'infix', operator: '||', left: left.node, right: right.node }
    return E.right({ type: 'string', node })
  }
  return E.left(`${left.type} ${operator} ${right.type} cannot be written in SQL`)
}

/** A number literal after a minus. The least int has no opposite: its negation is unknown. */
const negated = (value: SqlValue): E.Either<string, SqlValue> => {
  const literal = value.node.kind === 'literal' ? value.node.value : null
  if (typeof literal === 'number') return E.right(literalValue(-literal))
  if (typeof literal !== 'bigint') return E.left(`-${value.type} cannot be written in SQL`)
  if (literal !== MIN_INT) return E.right(literalValue(-literal))
  return E.right({ type: 'int', node: { kind: 'null', type: 'BIGINT' }, range: { least: 0n, most: 0n } })
}

/** If an element is unknown, CEL does not know the list; SQL would still find the others. */
const membership = ({ node: operand }: SqlValue, elements: ReadonlyArray<SqlValue>): SqlValue => {
  const list = elements.map(({ node }) => node)
  return boolValue(
    list.some(({ kind }) => kind === 'null')
      ? { kind: 'null', type: 'BOOLEAN' }
      : { kind: 'in', operand, list },
  )
}
