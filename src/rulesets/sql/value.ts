import type { Literal, SqlNode } from './node.ts'

/**
 * A CEL value as SQL, with what is known of the numbers: DuckDB and CEL differ about overflow and NaN only, so that only
 * operations that can reach them need a guard.
 */
export type SqlValue =
  | { readonly type: 'bool' | 'string'; readonly node: SqlNode }
  | { readonly type: 'int'; readonly node: SqlNode; readonly range: IntRange }
  | { readonly type: 'double'; readonly node: SqlNode; readonly reach: DoubleReach }

export type IntValue = Extract<SqlValue, { readonly type: 'int' }>
export type DoubleValue = Extract<SqlValue, { readonly type: 'double' }>

export type IntRange = { readonly least: bigint; readonly most: bigint }

export type DoubleReach = {
  /** The largest absolute value; Infinity: it can overflow. */
  readonly most: number
  readonly canBeZero: boolean
  readonly canBeNaN: boolean
}

/** What an int signal can be. */
export const SIGNAL_RANGE: IntRange = {
  least: BigInt(Number.MIN_SAFE_INTEGER),
  most: BigInt(Number.MAX_SAFE_INTEGER),
}

/** What a double signal can be: JSON has neither NaN nor infinities. */
export const SIGNAL_REACH: DoubleReach = { most: Number.MAX_VALUE, canBeZero: true, canBeNaN: false }

export const boolValue = (node: SqlNode): SqlValue => ({ type: 'bool', node })

export const literalValue = (value: Literal): SqlValue => {
  const node: SqlNode = { kind: 'literal', value }
  switch (typeof value) {
    case 'bigint':
      return { type: 'int', node, range: { least: value, most: value } }
    case 'number':
      return {
        type: 'double',
        node,
        reach: { most: Math.abs(value), canBeZero: value === 0, canBeNaN: false },
      }
    case 'boolean':
      return { type: 'bool', node }
    case 'string':
      return { type: 'string', node }
  }
}
