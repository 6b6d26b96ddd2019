import {
  type Check,
  fields,
  isObject,
  many,
  type NodeShape,
  nodeText,
  oneOfValues,
  optional,
  variant,
  withoutNodes,
} from './check.ts'
import { refuseType, type Scope } from './scope.ts'

/** A type that a value may have or be cast to. */
export const type: Check<Scope> = (piece, scope) =>
  fields<Scope>({ id: typeId, type_info: optional(typeInfo) })(piece, scope)

const typeId: Check<Scope> = (id) => (id === 'UNBOUND' ? null : refuseType(nodeText(id)))

const info = (shape: NodeShape<Scope>): Check<Scope> =>
  fields<Scope>({ type: withoutNodes, alias, extension_info: oneOfValues(null), ...shape })

/** An alias makes a type another one: GEOMETRY is a BLOB with that alias. */
const alias: Check<Scope> = (name) => (name === '' ? null : refuseType(nodeText(name)))

/** A constant is not code: if its type is harmless, so is its value. */
const constant = fields<Scope>({ type, is_null: withoutNodes, value: () => null })
const nullConstant = fields<Scope>({ type, is_null: oneOfValues(true) })
/** A constant. */
export const value: Check<Scope> = (piece, scope) =>
  isObject(piece) && piece.is_null === true ? nullConstant(piece, scope) : constant(piece, scope)

const typeInfo = variant<Scope>('type', {
  ARRAY_TYPE_INFO: info({ child_type: type, size: withoutNodes }),
  DECIMAL_TYPE_INFO: info({ width: withoutNodes, scale: withoutNodes }),
  GENERIC_TYPE_INFO: info({}),
  INTEGER_LITERAL_TYPE_INFO: info({ constant_value: value }),
  LIST_TYPE_INFO: info({ child_type: type }),
  STRING_TYPE_INFO: info({ collation: withoutNodes }),
  STRUCT_TYPE_INFO: info({ child_types: many(fields<Scope>({ first: withoutNodes, second: type })) }),
  UNBOUND_TYPE_INFO: info({
    name: (name) => refuseType(nodeText(name)),
    catalog: oneOfValues(''),
    schema: oneOfValues(''),
    user_type_modifiers: many(value),
  }),
})
