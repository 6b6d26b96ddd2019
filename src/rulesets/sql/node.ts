/** A part of an SQL expression for DuckDB. */
export type SqlNode =
  /** An expression that the caller provides. */
  | { readonly kind: 'column'; readonly sql: string }
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'null'; readonly type: SqlType }
  | { readonly kind: 'and' | 'or'; readonly operands: ReadonlyArray<SqlNode> }
  | { readonly kind: 'not' | 'is not null'; readonly operand: SqlNode }
  | { readonly kind: 'infix'; readonly operator: Infix; readonly left: SqlNode; readonly right: SqlNode }
  | { readonly kind: 'in'; readonly operand: SqlNode; readonly list: ReadonlyArray<SqlNode> }
  | { readonly kind: 'call'; readonly name: SqlFunction; readonly args: ReadonlyArray<SqlNode> }
  | { readonly kind: 'cast' | 'try_cast'; readonly operand: SqlNode; readonly type: SqlType }
  | {
      readonly kind: 'case'
      readonly when: SqlNode
      readonly value: SqlNode
      readonly otherwise: SqlNode
    }

/** A bigint is an integer, a number is a double. */
export type Literal = string | number | bigint | boolean
type SqlType = 'BIGINT' | 'HUGEINT' | 'BOOLEAN'
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>='
export type Arithmetic = '+' | '-' | '*'
type Infix = Comparison | Arithmetic | '||'
export type SqlFunction = 'starts_with' | 'ends_with' | 'contains' | 'isnan' | 'xor'
