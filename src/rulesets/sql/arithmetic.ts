import { MAX_INT, MIN_INT } from '../cel/vocabulary.ts'
import type { Arithmetic, Comparison, SqlNode } from './node.ts'
import type { DoubleReach, DoubleValue, IntRange, IntValue, SqlValue } from './value.ts'

const infix = (operator: Arithmetic | Comparison, left: SqlNode, right: SqlNode): SqlNode => ({
  kind: 'infix',
  operator,
  left,
  right,
})

/** An operation on ints. An overflow is unknown in CEL; in DuckDB it would stop the query. */
export const computeInts = (operator: Arithmetic, left: IntValue, right: IntValue): IntValue => {
  const range = rangeOf(operator, left.range, right.range)
  if (range.least >= MIN_INT && range.most <= MAX_INT) {
    return { type: 'int', range, node: opaque(infix(operator, asBigint(left.node), asBigint(right.node))) }
  }
  // Even the product of two 64-bit integers fits into 128 bits.
  const wide = infix(operator, widened(left.node), widened(right.node))
  return {
    type: 'int',
    range: {
      least: range.least < MIN_INT ? MIN_INT : range.least,
      most: range.most > MAX_INT ? MAX_INT : range.most,
    },
    node: opaque({ kind: 'try_cast', operand: wide, type: 'BIGINT' }),
  }
}

/**
 * The same value, whose origin is hidden from DuckDB's optimizer. It replaces `TRY_CAST(x AS BIGINT) > 0` with `x > 0`, as if
 * the cast could not fail; from `-1 * x >= -9223372036854775808` it makes a comparison of x whose constant overflowed; and
 * it reorders products so that they overflow (1.5.6).
 */
const opaque = (node: SqlNode): SqlNode => ({
  kind: 'call',
  name: 'xor',
  args: [node, { kind: 'literal', value: 0n }],
})

/** DuckDB computes with small integer literals in 32 bits. */
const asBigint = (node: SqlNode): SqlNode =>
  node.kind === 'literal' ? { kind: 'cast', operand: node, type: 'BIGINT' } : node

const widened = (operand: SqlNode): SqlNode => ({ kind: 'cast', operand, type: 'HUGEINT' })

/** All results of an operation, as if there were no limit. A product is extreme at the extremes of its factors. */
const rangeOf = (operator: Arithmetic, a: IntRange, b: IntRange): IntRange => {
  if (operator === '+') return { least: a.least + b.least, most: a.most + b.most }
  if (operator === '-') return { least: a.least - b.most, most: a.most - b.least }
  const products = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most]
  return {
    least: products.reduce((x, y) => (x < y ? x : y)),
    most: products.reduce((x, y) => (x > y ? x : y)),
  }
}

/** An operation on doubles, which follow IEEE 754 in both. */
export const computeDoubles = (operator: Arithmetic, left: DoubleValue, right: DoubleValue): DoubleValue => ({
  type: 'double',
  reach: reachOf(operator, left.reach, right.reach),
  node: infix(operator, left.node, right.node),
})

/** Only the difference of two infinities and zero times infinity make a NaN of other numbers. */
const reachOf = (operator: Arithmetic, a: DoubleReach, b: DoubleReach): DoubleReach => {
  const canBeNaN = a.canBeNaN || b.canBeNaN
  const [aOverflows, bOverflows] = [a.most === Number.POSITIVE_INFINITY, b.most === Number.POSITIVE_INFINITY]
  if (operator !== '*') {
    return { most: a.most + b.most, canBeZero: true, canBeNaN: canBeNaN || (aOverflows && bOverflows) }
  }
  return {
    most: aOverflows || bOverflows ? Number.POSITIVE_INFINITY : a.most * b.most,
    // Also of tiny factors.
    canBeZero: true,
    canBeNaN: canBeNaN || (aOverflows && b.canBeZero) || (bOverflows && a.canBeZero),
  }
}

/** A comparison of values of the same type. Any comparison with NaN but `<>` is false; to DuckDB, NaN is the largest number. */
export const compareValues = (operator: Comparison, left: SqlValue, right: SqlValue): SqlNode => {
  const plain = infix(operator, left.node, right.node)
  // Its presence is tested because NaN compared with what is missing is unknown.
  const nan = [
    ...(canBeNaN(left) ? [nanNextTo(left.node, right.node)] : []),
    ...(canBeNaN(right) ? [nanNextTo(right.node, left.node)] : []),
  ]
  if (nan.length === 0) return plain
  return {
    kind: 'case',
    when: { kind: 'or', operands: nan },
    value: { kind: 'literal', value: operator === '<>' },
    otherwise: plain,
  }
}

const canBeNaN = (value: SqlValue): boolean => value.type === 'double' && value.reach.canBeNaN

const nanNextTo = (node: SqlNode, other: SqlNode): SqlNode => ({
  kind: 'and',
  operands: [
    { kind: 'call', name: 'isnan', args: [node] },
    { kind: 'is not null', operand: other },
  ],
})
