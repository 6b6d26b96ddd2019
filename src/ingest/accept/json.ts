import { type Buffer, isUtf8 } from 'node:buffer'
import * as E from '#fp/Either'
import { pathOf, type Segments } from '../../foundation/documents/problem.ts'
import { brokenAt, looksLikeUtf16 } from '../../foundation/text/utf8.ts'
import { findInJson } from './json-findings.ts'
import { type Rejection, rejection } from './rejection.ts'

/** The longest line that is decoded, in bytes without its line ending. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024
const MAX_DEPTH = 32

export const tooLong = (bytes: number): Rejection =>
  rejection('too_long', '', `${bytes} bytes long; the limit for a line is ${MAX_LINE_BYTES} (4 MiB)`)

/**
 * Parses one JSON text, `bytes` from `start` to `end`, and refuses what JavaScript would silently change: invalid
 * UTF-8, unpaired surrogates, numbers that not every parser preserves (RFC 7493, I-JSON: integers within ±(2^53-1),
 * no overflow or underflow of a double), duplicate keys in an object. The rejection names the place.
 */
export const parseJson = (bytes: Buffer, start = 0, end = bytes.length): E.Either<Rejection, unknown> => {
  if (end - start > MAX_LINE_BYTES) return E.left(tooLong(end - start))
  const look = lookOver(bytes, start, end)
  if (!look.ascii && !isUtf8(bytes.subarray(start, end))) return E.left(notUtf8(bytes.subarray(start, end)))
  if (look.depth > MAX_DEPTH) {
    return E.left(rejection('too_deep', '', `nested more than ${MAX_DEPTH} levels deep`))
  }
  const text = look.ascii ? bytes.toString('latin1', start, end) : bytes.toString('utf8', start, end)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return E.left(notJson(text))
  }
  // Two checks in one pass: there are as many members as colons unless a key was duplicated, and an unsafe number
  // gives NaN.
  if (countMembers(value) !== look.colons || look.unicodeEscapes || look.tinyNumbers) {
    const found = closerLook(text, value)
    if (found !== undefined) return E.left(found)
  }
  return E.right(value)
}

type Look = {
  readonly ascii: boolean
  /** How deep objects and arrays are nested. */
  readonly depth: number
  /** Colons outside of strings: in valid JSON, as many as objects have members. */
  readonly colons: number
  /** Whether there is a `\u` escape: nothing else in valid UTF-8 can give a lone surrogate. */
  readonly unicodeEscapes: boolean
  /** Whether a number may be too small for a double: a negative exponent, or 300 zeros in a row. */
  readonly tinyNumbers: boolean
}

/** One pass over the raw bytes, before anything is built from them. */
const lookOver = (bytes: Uint8Array, start: number, end: number): Look => {
  let depth = 0
  let deepest = 0
  let colons = 0
  let union = 0
  let unicodeEscapes = false
  let tinyNumbers = false
  let zeros = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0
    union |= byte
    if (byte === 0x22) {
      for (i++; i < end; i++) {
        const inside = bytes[i] ?? 0
        union |= inside
        if (inside === 0x22) break
        if (inside === 0x5c) {
          i++
          const escaped = bytes[i] ?? 0
          union |= escaped
          if (escaped === 0x75) unicodeEscapes = true
        }
      }
    } else if (byte === 0x30) {
      zeros++
      if (zeros === MANY_ZEROS) tinyNumbers = true
      continue
    } else if (byte === 0x2d) {
      // `e-` or `E-`
      if (((bytes[i - 1] ?? 0) | 0x20) === 0x65) tinyNumbers = true
    } else if (byte === 0x3a) colons++
    else if (byte === 0x7b || byte === 0x5b) {
      depth++
      if (depth > deepest) deepest = depth
    } else if (byte === 0x7d || byte === 0x5d) depth--
    zeros = 0
  }
  return { ascii: union < 0x80, depth: deepest, colons, unicodeEscapes, tinyNumbers }
}

/** A double's smallest number has its first digit after 323 zeros. */
const MANY_ZEROS = 300

/** How many members all objects in a parsed value have; NaN if a number in it is unsafe. */
const countMembers = (value: unknown): number => {
  if (typeof value === 'number') return isSafe(value) ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item)
    return members
  }
  // Cast: all objects from JSON.parse are records.
  const record = value as Readonly<Record<string, unknown>>
  for (const key in record) members += 1 + countMembers(record[key])
  return members
}

const isSafe = (n: number): boolean => Number.isFinite(n) && (!Number.isInteger(n) || Number.isSafeInteger(n))

const closerLook = (text: string, value: unknown): Rejection | undefined => {
  const found = findInJson(text)
  if (found?.kind === 'duplicate') {
    return rejection('duplicate_key', found.path, 'this key is given twice; send it once')
  }
  const bad = badValue(value, [])
  if (bad === undefined && found?.kind === 'underflow') {
    return rejection(
      'unsafe_number',
      found.path,
      'too small for a double, so it would become 0; send 0 or a string',
    )
  }
  return bad
}

/** The first unsafe number or lone surrogate in a parsed value. */
const badValue = (value: unknown, at: Segments): Rejection | undefined => {
  if (typeof value === 'number' && !isSafe(value)) {
    return rejection(
      'unsafe_number',
      pathOf(at),
      Number.isFinite(value)
        ? `an integer beyond ±${Number.MAX_SAFE_INTEGER} is read differently by different programs; send it as a string`
        : 'too large for a double',
    )
  }
  if (typeof value === 'string') return value.isWellFormed() ? undefined : loneSurrogate(at)
  if (typeof value !== 'object' || value === null) return undefined
  const isList = Array.isArray(value)
  for (const [key, member] of Object.entries(value)) {
    const below = [...at, isList ? Number(key) : key]
    const found = key.isWellFormed() ? badValue(member, below) : loneSurrogate(below)
    if (found !== undefined) return found
  }
  return undefined
}

const loneSurrogate = (at: Segments): Rejection =>
  rejection(
    'lone_surrogate',
    pathOf(at),
    'contains an unpaired surrogate (\\ud800 to \\udfff), which is not a character',
  )

const notUtf8 = (line: Buffer): Rejection =>
  looksLikeUtf16(line)
    ? rejection('not_utf8', '', 'looks like UTF-16; save the file as UTF-8')
    : rejection('not_utf8', '', `invalid UTF-8 at byte ${(brokenAt(line) ?? 0) + 1}`)

const notJson = (text: string): Rejection => {
  if (text.startsWith('\ufeff')) {
    return rejection('not_json', '', 'starts with a byte order mark; save the file as UTF-8 without one')
  }
  const found = findInJson(text)
  if (found?.kind !== 'syntax') return rejection('not_json', '', 'not JSON')
  const { at, expected } = found
  return rejection(
    'not_json',
    '',
    `not JSON: found ${foundAt(text, at)} at character ${at + 1}, expected ${expected}`,
  )
}

/** What is at the place where JSON ends; letters and digits, which may be a person's, are not quoted. */
const foundAt = (text: string, at: number): string => {
  if (at >= text.length) return 'the end of the line'
  const character = text.charAt(at)
  const isText = character > '\x7f' || /[A-Za-z0-9]/.test(character)
  return isText ? 'text' : JSON.stringify(character)
}
