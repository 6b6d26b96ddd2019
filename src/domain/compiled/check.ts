import type * as t from 'io-ts'

/** Whether a value is accepted. */
export type Accepts = (value: unknown) => boolean

/**
 * Generates the check of a closed object: its prototype is that of JSON objects, every required field and those optional
 * ones that are present are accepted, and nothing else is there. If the generated code cannot tell (another
 * prototype, an undefined field, an unknown one), `otherwise` decides.
 *
 * Generated, because to read a field by a name that is part of the code is faster than by a name in a variable: decoding
 * a stored event takes 1.1 µs so, and 1.7 µs with a loop over the fields. Names and counts are all that is inserted.
 */
export const closedCheck = (required: t.Props, optional: t.Props, otherwise: Accepts): Accepts => {
  const names = [...Object.keys(required), ...Object.keys(optional)]
  // Such a field would be found in every object.
  if (names.some((name) => name in Object.prototype)) return otherwise
  const codecs = { ...required, ...optional }
  const checks = names.map((name) => codecs[name]?.is)
  const fields = names.map((name, i) => {
    const refused = `if (!is${i}(field${i})) return false`
    const read = `const field${i} = u[${JSON.stringify(name)}]`
    return Object.hasOwn(required, name)
      ? `${read}; if (field${i} === undefined) return otherwise(u); ${refused}`
      : `${read}; if (field${i} !== undefined) { ${refused}; count++ }`
  })
  const source = `
    const { getPrototypeOf, prototype } = Object
    const [${checks.map((_, i) => `is${i}`).join(', ')}] = checks
    return (u) => {
      if (typeof u !== 'object' || u === null) return false
      if (getPrototypeOf(u) !== prototype) return otherwise(u)
      let count = ${Object.keys(required).length}
      ${fields.join('\n      ')}
      for (const _ in u) count--
      return count === 0 || otherwise(u)
    }`
  // Cast: the source is written just above.
  return new Function('checks', 'otherwise', source)(checks, otherwise) as Accepts
}
