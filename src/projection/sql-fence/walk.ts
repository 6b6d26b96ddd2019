import {
  type Check,
  fields,
  first,
  isObject,
  many,
  type NodeShape,
  nodeText,
  type Refusal,
  unknownPiece,
  variant,
  withoutNodes,
} from './check.ts'
import { expressionChecks } from './expressions.ts'
import { folded } from './names.ts'
import { refuseWithName, type Scope, withName } from './scope.ts'
import { sample, tableCheck } from './tables.ts'

/** A query, in which the names of its WITH are in scope, each for those after it. */
const queryNode: Check<Scope> = (piece, scope) => {
  if (!isObject(piece)) return unknownPiece(piece)
  const map = isObject(piece.cte_map) ? piece.cte_map.map : undefined
  if (!Array.isArray(map)) return unknownPiece('WITH')
  let inside = scope
  return (
    first(map, (entry) => {
      const name = isObject(entry) ? nodeText(entry.key) : ''
      const refusal = refuseWithName(name) ?? withEntry(entry, inside)
      inside = withName(inside, name)
      return refusal
    }) ?? queryNodes(piece, inside)
  )
}

/** Why a statement's parse tree is refused; null: it reads only published data and calls nothing that does more. */
export const refuseStatement = fields<Scope>({ node: queryNode, named_param_map: plainMap })

const checks = expressionChecks(refuseStatement)
const { expressions, maybe, modifier } = checks
const table = tableCheck({ ...checks, statement: refuseStatement, queryNode })

const withEntry = fields<Scope>({
  key: withoutNodes,
  value: fields<Scope>({
    aliases: withoutNodes,
    query: refuseStatement,
    materialized: withoutNodes,
    key_targets: expressions,
  }),
})

const query = (shape: NodeShape<Scope>): Check<Scope> =>
  fields<Scope>({
    type: withoutNodes,
    modifiers: many(modifier),
    // `queryNode` has looked into it.
    cte_map: fields<Scope>({ map: () => null }),
    ...shape,
  })

const recursive = query({
  cte_name: withoutNodes,
  union_all: withoutNodes,
  left: queryNode,
  right: () => null,
  aliases: withoutNodes,
  key_targets: expressions,
})

const queryNodes = variant<Scope>('type', {
  RECURSIVE_CTE_NODE: (piece, scope) => {
    if (!isObject(piece)) return unknownPiece(piece)
    const name = nodeText(piece.cte_name)
    const inside = withName(scope, name)
    const recurring = new Set([...scope.recurring, folded(name)])
    return recursive(piece, scope) ?? queryNode(piece.right, { ...inside, recurring })
  },
  SELECT_NODE: query({
    select_list: expressions,
    from_table: table,
    where_clause: maybe,
    group_expressions: expressions,
    group_sets: withoutNodes,
    aggregate_handling: withoutNodes,
    having: maybe,
    sample,
    qualify: maybe,
  }),
  SET_OPERATION_NODE: query({
    setop_type: withoutNodes,
    left: queryNode,
    right: queryNode,
    setop_all: withoutNodes,
  }),
})

/** Names of parameters, which are refused where they are used. */
function plainMap(piece: unknown): Refusal | null {
  return Array.isArray(piece) ? null : unknownPiece(piece)
}
