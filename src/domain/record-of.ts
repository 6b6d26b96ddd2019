import * as t from 'io-ts'
import * as E from '#fp/Either'
import { recordWriter, written } from './compiled/write.ts'
import { described } from './schema.ts'

/**
 * An object whose names one codec accepts, and its values another; `expected` says what was expected. `__proto__` is not
 * accepted as a name: JavaScript objects do not reliably keep it as a plain field.
 */
export const recordOf = <A>(
  names: t.Mixed,
  values: t.Type<A>,
  expected: string,
): t.Type<Readonly<Record<string, A>>> => {
  const isName = (name: string): boolean => names.is(name) && name !== '__proto__'
  const is = (u: unknown): u is Readonly<Record<string, A>> =>
    isObject(u) && Object.entries(u).every(([name, value]) => isName(name) && values.is(value))
  const validate: t.Validate<unknown, Readonly<Record<string, A>>> = (u, context) => {
    if (!isObject(u)) return t.failure(u, context, expected)
    const errors = Object.entries(u).flatMap(([name, value]): t.Errors => {
      const at = t.appendContext(context, name, values, value)
      if (!isName(name)) return [{ value, context: at, message: `${names.name}, other than __proto__` }]
      const result = values.validate(value, at)
      return E.isLeft(result) ? result.left : []
    })
    // Cast: every name and value was checked just above.
    return errors.length === 0 ? t.success(u as Readonly<Record<string, A>>) : t.failures(errors)
  }
  const codec = new t.Type<Readonly<Record<string, A>>>(expected, is, validate, t.identity)
  written(codec, { write: (of) => recordWriter(of(names), of(values)) })
  return described(codec, (of) => ({
    type: 'object',
    propertyNames: { allOf: [of(names), { not: { const: '__proto__' } }] },
    additionalProperties: of(values),
  }))
}

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)
