import { type Check, isObject, nodeText, type Refusal, unknownPiece } from './check.ts'
import { allowedFunctions, namingFunctions, typingFunctions } from './functions.ts'
import { folded } from './names.ts'
import type { Scope } from './scope.ts'
import { refuseStructure } from './structure.ts'

/** A call whose name is checked by `refuse`. */
export const call =
  (shape: Check<Scope>, refuse: (scope: Scope, name: string) => Refusal | null): Check<Scope> =>
  (piece, scope) =>
    isObject(piece)
      ? (refuse(scope, nodeText(piece.function_name)) ?? refuseNamed(piece) ?? shape(piece, scope))
      : unknownPiece(piece)

/** `list_aggregate(l, 'sum')` calls `sum`, `from_json(j, '"INT"')` makes an INT: the names must be literal texts. */
const refuseNamed = (piece: { readonly [field: string]: unknown }): Refusal | null => {
  const name = nodeText(piece.function_name)
  const isNaming = namingFunctions.has(folded(name))
  if (!isNaming && !typingFunctions.has(folded(name))) return null
  const children = Array.isArray(piece.children) ? piece.children : []
  const argument: unknown = children[1]
  const constantOf = isObject(argument) && argument.class === 'CONSTANT' ? argument.value : undefined
  const named = isObject(constantOf) ? constantOf.value : undefined
  // With a schema it may or may not be `l.list_aggregate('sum')`: only binding tells, as with what a star expands to.
  if (piece.schema !== '' || typeof named !== 'string' || children.some(isSpread)) {
    return isNaming
      ? `${name}() needs the name of a function as a string: ${name}(list, 'sum')`
      : `${name}() needs the types as a string: ${name}(json, '{"score": "DOUBLE"}')`
  }
  if (!isNaming) return refuseStructure(named)
  return allowedFunctions.has(folded(named)) ? null : `the function ${named}() cannot be used here`
}

/** An argument that expands to several. */
const isSpread = (piece: unknown): boolean =>
  isObject(piece) && (piece.class === 'STAR' || piece.type === 'OPERATOR_UNPACK')
