import { sqlText } from '../../foundation/sql.ts'
import type { Literal, SqlNode } from './node.ts'

/** An SQL expression as text. */
export const printSql = (node: SqlNode): string => {
  switch (node.kind) {
    case 'column':
      return node.sql
    case 'literal':
      return literal(node.value)
    case 'null':
      return `NULL::${node.type}`
    case 'and':
    case 'or':
      return node.operands.map(condition).join(` ${node.kind.toUpperCase()} `)
    case 'not':
      return `NOT ${part(node.operand)}`
    case 'is not null':
      return `${part(node.operand)} IS NOT NULL`
    case 'infix':
      return `${part(node.left)} ${node.operator} ${part(node.right)}`
    case 'in':
      return `${part(node.operand)} IN (${node.list.map(printSql).join(', ')})`
    case 'call':
      return `${node.name}(${node.args.map(printSql).join(', ')})`
    case 'cast':
    case 'try_cast':
      return `${node.kind.toUpperCase()}(${printSql(node.operand)} AS ${node.type})`
    case 'case': {
      const { when, value, otherwise } = node
      return `CASE WHEN ${printSql(when)} THEN ${printSql(value)} ELSE ${printSql(otherwise)} END`
    }
  }
}

/** An expression as an operand of another. */
const part = (node: SqlNode): string => (isClosed(node) ? printSql(node) : `(${printSql(node)})`)

/** An expression as an operand of AND or OR, which bind less than all others. */
const condition = (node: SqlNode): string => (BINDS_MORE.has(node.kind) ? printSql(node) : part(node))
const BINDS_MORE: ReadonlySet<SqlNode['kind']> = new Set(['not', 'is not null', 'infix', 'in'])

const isClosed = (node: SqlNode): boolean => {
  switch (node.kind) {
    case 'column':
      return NAME.test(node.sql)
    case 'literal':
    case 'null':
    case 'call':
    case 'cast':
    case 'try_cast':
    case 'case':
      return true
    default:
      return false
  }
}

/** A column's name, perhaps with its table's. */
const NAME = /^(?:(?:\w+|"(?:[^"]|"")+")(?:\.|$))+$/

const literal = (value: Literal): string => {
  switch (typeof value) {
    case 'string':
      return textLiteral(value)
    case 'bigint':
      return String(value)
    case 'number':
      // Without an exponent DuckDB would read a DECIMAL.
      return /e/.test(String(value)) ? String(value) : `${value}e0`
    case 'boolean':
      return value ? 'TRUE' : 'FALSE'
  }
}

/** A statement ends at a null character. */
const textLiteral = (text: string): string =>
  text.includes('\0') ? `concat(${text.split('\0').map(sqlText).join(', chr(0), ')})` : sqlText(text)
