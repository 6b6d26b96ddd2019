import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** A document in canonical form (RFC 8785), its SHA-256 over the UTF-8 bytes, and how many these are. */
export type Canonical = { readonly text: string; readonly sha256: string; readonly bytes: number }

/** The canonical form of JSON data; throws on anything else (a lone surrogate, an infinite number, a cycle). */
export const canonicalText = (value: unknown): string => {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('not JSON data')
  return text
}

/** The same with its hash; it throws in the same cases. */
export const canonical = (document: unknown): Canonical => {
  const text = canonicalText(document)
  const utf8 = Buffer.from(text, 'utf8')
  return { text, sha256: createHash('sha256').update(utf8).digest('hex'), bytes: utf8.length }
}

/** A string in canonical form; throws on a lone surrogate, which JSON.stringify would escape. */
export const canonicalString = (text: string): string => {
  if (isPlain(text)) return `"${text}"`
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate')
  return JSON.stringify(text)
}

/** Whether a text certainly needs no escape in JSON. */
export const isPlain = (text: string): boolean => /^[ !#-[\]-~]*$/.test(text)
