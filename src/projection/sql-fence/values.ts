import {
  type Check,
  fields,
  isObject,
  many,
  oneOf,
  optional,
  plain,
  type Shape,
  textOf,
  variant,
} from './check.ts'
import { refuseType, type Scope } from './scope.ts'

/** A type that a value may have or be cast to. */
export const type: Check<Scope> = (piece, scope) =>
  fields<Scope>({ id: typeId, type_info: optional(typeInfo) })(piece, scope)

const typeId: Check<Scope> = (id) => (id === 'UNBOUND' ? null : refuseType(textOf(id)))

const info = (shape: Shape<Scope>): Check<Scope> =>
  fields<Scope>({ type: plain, alias, extension_info: oneOf(null), ...shape })

/** A type can be another one by this name: GEOMETRY is a BLOB called so. */
const alias: Check<Scope> = (name) => (name === '' ? null : refuseType(textOf(name)))

/** No constant is code: of a type that can be no harm, its value can be none. */
const constant = fields<Scope>({ type, is_null: plain, value: () => null })
const nullConstant = fields<Scope>({ type, is_null: oneOf(true) })
/** A constant. */
export const value: Check<Scope> = (piece, scope) =>
  isObject(piece) && piece.is_null === true ? nullConstant(piece, scope) : constant(piece, scope)

const typeInfo = variant<Scope>('type', {
  ARRAY_TYPE_INFO: info({ child_type: type, size: plain }),
  DECIMAL_TYPE_INFO: info({ width: plain, scale: plain }),
  GENERIC_TYPE_INFO: info({}),
  INTEGER_LITERAL_TYPE_INFO: info({ constant_value: value }),
  LIST_TYPE_INFO: info({ child_type: type }),
  STRING_TYPE_INFO: info({ collation: plain }),
  STRUCT_TYPE_INFO: info({ child_types: many(fields<Scope>({ first: plain, second: type })) }),
  UNBOUND_TYPE_INFO: info({
    name: (name) => refuseType(textOf(name)),
    catalog: oneOf(''),
    schema: oneOf(''),
    user_type_modifiers: many(value),
  }),
})
