import { isPlain } from './write.ts'

/** A pattern that is one class of ASCII characters and how many of them: `^[0-9a-f]{64}$`. */
const ONE_CLASS = /^\^(\[(?:[ -Z_-~]|\\x[0-7][0-9a-f])+\])\{(\d+)(?:,(\d+))?\}\$$/

/** How a pattern of one class of ASCII characters is tested without a regular expression. */
type AsciiClass = {
  readonly accepts: (text: string) => boolean
  /** Whether no text that it accepts needs an escape in JSON. */
  readonly plain: boolean
}

/** The same as a table of characters, which takes half the time of the expression; null if the pattern is not of that form. */
export const asciiClass = (pattern: RegExp): AsciiClass | null => {
  const [, characters, least, most = least] = ONE_CLASS.exec(pattern.source) ?? []
  if (characters === undefined) return null
  const one = new RegExp(`^${characters}$`, pattern.flags)
  const table = Uint8Array.from({ length: 128 }, (_, code) => (one.test(String.fromCharCode(code)) ? 1 : 0))
  const [min, max] = [Number(least), Number(most)]
  return {
    accepts: (text) => {
      if (text.length < min || text.length > max) return false
      for (let i = 0; i < text.length; i++) if (table[text.charCodeAt(i)] !== 1) return false
      return true
    },
    plain: table.every((accepted, code) => accepted === 0 || isPlain(String.fromCharCode(code))),
  }
}
