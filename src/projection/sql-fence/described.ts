import { isObject, nodeText } from './check.ts'

/**
 * What a `DESCRIBE`, or a `SHOW` of a table, is about: a table or view as it is, or (null) the result of a query.
 * null for any other statement.
 */
export const describedBy = (statement: unknown): { readonly table: string | null } | null => {
  const shown = fromOf(nodeOf(statement))
  if (!isObject(shown) || shown.type !== 'SHOW_REF' || shown.show_type !== 'DESCRIBE') return null
  const { query } = shown
  const table = fromOf(query)
  const isWhole =
    isObject(query) &&
    isObject(table) &&
    table.type === 'BASE_TABLE' &&
    isEmpty(table.column_name_alias) &&
    isObject(query.cte_map) &&
    isEmpty(query.cte_map.map) &&
    Array.isArray(query.select_list) &&
    query.select_list.every(isPlainStar)
  return { table: isWhole ? nodeText(table.table_name) : null }
}

const nodeOf = (statement: unknown): unknown => (isObject(statement) ? statement.node : null)

const fromOf = (node: unknown): unknown => (isObject(node) ? node.from_table : null)

const isEmpty = (list: unknown): boolean => Array.isArray(list) && list.length === 0

/** A star whose columns are the table's own; some may be missing. */
const isPlainStar = (piece: unknown): boolean =>
  isObject(piece) && piece.type === 'STAR' && isEmpty(piece.replace_list) && isEmpty(piece.rename_list)
