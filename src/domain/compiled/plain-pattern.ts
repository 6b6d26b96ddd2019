import { isPlain } from '../../foundation/canonical.ts'

/** A pattern that is one class of ASCII characters and how many of them: `^[0-9a-f]{64}$`. */
const ONE_CLASS = /^\^(\[(?:[ -Z_-~]|\\x[0-7][0-9a-f])+\])\{\d+(?:,\d+)?\}\$$/

/** Whether a pattern certainly accepts only texts that need no escape in JSON. */
export const isPlainPattern = (pattern: RegExp): boolean => {
  const [, characters] = ONE_CLASS.exec(pattern.source) ?? []
  if (characters === undefined) return false
  const one = new RegExp(`^${characters}$`, pattern.flags)
  return Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).every(
    (character) => !one.test(character) || isPlain(character),
  )
}
