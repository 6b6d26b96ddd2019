import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { isSystemError } from '../../../foundation/files/file-error.ts'
import type { SortedRows } from '../../result/sorted-rows.ts'
import type { Base, BaseOrigin, Note } from './base.ts'

export const BASE_FORMAT = 'redress-replay-base'

/**
 * The file: a line of JSON (the header), then the columns of all rows one after the other (time, nanoseconds, account,
 * shape, length of the key, length of the text), JSON of what only some rows have, all keys, all texts. It is a cache:
 * what is damaged, or of another format, is as good as missing.
 */
export type Header = {
  readonly format: typeof BASE_FORMAT
  readonly origin: BaseOrigin
  readonly size: number
  readonly decisions: number
  readonly bytes: { readonly notes: number; readonly keys: number; readonly texts: number }
  /** CRC-32 of the file, in which these 8 hexadecimal digits are zeros. */
  readonly crc: string
}

/** What a file has of some rows, and of none. */
export type Notes = {
  readonly shapes: Base['shapes']
  readonly notes: ReadonlyArray<readonly [index: number, note: Note]>
  readonly resting: Base['resting']
  readonly links: Base['links']
}

/** A base, open; its texts are read from the file when they are needed. */
export type OpenBase = Base & { readonly close: () => void }

/** In place of the sum while it is computed. */
export const NO_CRC = '00000000'
const HEADER = 1 << 16
/** How many bytes are read or written at a time. */
export const PIECE = 1 << 20

/** The file of a ruleset's base in a data folder. */
export const baseFile = (dataDir: string, rulesetId: string): string =>
  join(dataDir, `replay-base-${createHash('sha256').update(rulesetId).digest('hex').slice(0, 16)}.bin`)

/** Opens a base; null: there is none that can be used. */
export const openBase = (file: string): OpenBase | null => {
  let fd: number | null = null
  const close = (): void => {
    if (fd !== null) closeSync(fd)
    fd = null
  }
  try {
    fd = openSync(file, 'r')
    const base = readBase(fd)
    if (base !== null) return { ...base, close }
  } catch (error) {
    if (!isUnreadable(error)) throw error
  }
  close()
  return null
}

/** The system cannot read it, or it is not what it was when it was written. */
const isUnreadable = (error: unknown): boolean =>
  isSystemError(error) || error instanceof RangeError || error instanceof SyntaxError

const readBase = (fd: number): Base | null => {
  const header = headerOf(fd)
  if (header === null) return null
  const { size, decisions, bytes } = header
  let at = header.start
  const section = (length: number): ArrayBuffer => {
    const buffer = new ArrayBuffer(length)
    readFully(fd, new Uint8Array(buffer), at)
    at += length
    return buffer
  }
  const times = new Float64Array(section(8 * size))
  const nanos = new Int32Array(section(4 * size))
  const accounts = new Int32Array(section(4 * size))
  const shapeOf = new Uint32Array(section(4 * size))
  const keyEnds = endsOf(new Uint32Array(section(4 * size)))
  const textEnds = endsOf(new Uint32Array(section(4 * size)))
  // Cast: the file was checked, and we wrote it.
  const { shapes, notes, resting, links } = JSON.parse(Buffer.from(section(bytes.notes)).toString()) as Notes
  const keysAt = at
  const textsAt = keysAt + bytes.keys
  const part = (start: number, from: number, to: number): Uint8Array => {
    const buffer = Buffer.allocUnsafe(to - from)
    readFully(fd, buffer, start + from)
    return buffer
  }
  const readAhead = aheadReader(fd, textsAt + bytes.texts)
  const pieces = function* (start: number, from: number, to: number): Generator<Uint8Array> {
    for (let at = from; at < to; at += PIECE) yield readAhead(start + at, Math.min(to - at, PIECE))
  }
  const rows: SortedRows = {
    ...{ size, decisions, nanos },
    at: times,
    keyOf: (index) => part(keysAt, keyEnds[index] ?? 0, keyEnds[index + 1] ?? 0),
    textOf: (index) => part(textsAt, textEnds[index] ?? 0, textEnds[index + 1] ?? 0),
    keysOf: (from, to) => pieces(keysAt, keyEnds[from] ?? 0, keyEnds[to] ?? 0),
    textsOf: (from, to) => pieces(textsAt, textEnds[from] ?? 0, textEnds[to] ?? 0),
    keyLength: (index) => (keyEnds[index + 1] ?? 0) - (keyEnds[index] ?? 0),
    textLength: (index) => (textEnds[index + 1] ?? 0) - (textEnds[index] ?? 0),
  }
  const { origin } = header
  return { origin, rows, accounts, shapeOf, shapes, notes: new Map(notes), resting, links }
}

/**
 * Reads pieces of a file that follow each other closely, of at most `PIECE` bytes: after a replay, what is taken from a base
 * is tens of thousands of small runs.
 */
const aheadReader = (fd: number, end: number): ((from: number, length: number) => Uint8Array) => {
  let [bytes, start]: [Buffer, number] = [Buffer.alloc(0), 0]
  return (from, length) => {
    if (from < start || from + length > start + bytes.length) {
      // Not the same buffer again: pieces of it may still be in use.
      ;[bytes, start] = [Buffer.allocUnsafeSlow(Math.min(PIECE, end - from)), from]
      readFully(fd, bytes, start)
    }
    return bytes.subarray(from - start, from - start + length)
  }
}

/** The header, and where the rest starts; null: the file is not a whole one of this format. */
const headerOf = (fd: number): (Header & { readonly start: number }) | null => {
  const first = Buffer.alloc(HEADER)
  const read = readSync(fd, first, 0, HEADER, 0)
  const start = first.indexOf('\n') + 1
  if (start === 0 || start > read) return null
  const text = first.toString('utf8', 0, start)
  // Cast: checked below.
  const header = JSON.parse(text) as Partial<Header> | null
  if (header?.format !== BASE_FORMAT || header.crc === undefined) return null
  const sum = crcFrom(fd, start, crc32(text.replace(header.crc, NO_CRC)))
  // Cast: nothing else of this format has the right sum.
  return header.crc === crcText(sum) ? { ...(header as Header), start } : null
}

const crcFrom = (fd: number, start: number, before: number): number => {
  const { size } = fstatSync(fd)
  const buffer = Buffer.allocUnsafe(PIECE)
  let crc = before
  for (let at = start; at < size; ) {
    const read = readSync(fd, buffer, 0, PIECE, at)
    if (read === 0) break
    crc = crc32(buffer.subarray(0, read), crc)
    at += read
  }
  return crc
}

const readFully = (fd: number, into: Uint8Array, position: number): void => {
  for (let done = 0; done < into.length; ) {
    const read = readSync(fd, into, done, into.length - done, position + done)
    if (read === 0) throw new RangeError('a base of replays ended early')
    done += read
  }
}

/** Where each of some texts ends, preceded by 0. */
const endsOf = (lengths: Uint32Array): Float64Array => {
  const ends = new Float64Array(lengths.length + 1)
  for (let index = 0; index < lengths.length; index++) {
    ends[index + 1] = (ends[index] ?? 0) + (lengths[index] ?? 0)
  }
  return ends
}

/** A CRC-32 as it is in the header. */
export const crcText = (crc: number): string => crc.toString(16).padStart(8, '0')
