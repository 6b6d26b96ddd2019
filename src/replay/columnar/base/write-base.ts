import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { isSystemError } from '../../../foundation/files/file-error.ts'
import { removeOnExit } from '../../../foundation/files/remove-on-exit.ts'
import { memo } from '../../../foundation/memo.ts'
import { type Base, type Note, shapeTable } from './base.ts'
import {
  BASE_FORMAT,
  crcText,
  type Header,
  NO_CRC,
  type Notes,
  type OpenBase,
  openBase,
  PIECE,
} from './base-file.ts'

/** What a file has besides rows. */
type About = Pick<Base, 'origin' | 'resting' | 'links'>

/** Rows of a base that go into a file. */
export type Segment = { readonly base: Base; readonly from: number; readonly to: number }

/**
 * Writes a base of rows of others, in order, and opens it. Readers of the file that it replaces keep that one. Null: it
 * cannot be written.
 */
export const writeBase = (file: string, about: About, segments: ReadonlyArray<Segment>): OpenBase | null => {
  const temporary = `${file}.${randomUUID()}`
  try {
    removeOld(file)
    const fd = openSync(temporary, 'wx', 0o600)
    const forget = removeOnExit(temporary)
    try {
      writeTo(fd, about, segments)
      // Opened before it has its name, under which another replay may put another base.
      const opened = openBase(temporary)
      renameSync(temporary, file)
      return opened
    } finally {
      closeSync(fd)
      rmSync(temporary, { force: true })
      forget()
    }
  } catch (error) {
    // A text may be longer than a string can be.
    if (isSystemError(error) || error instanceof RangeError) return null
    throw error
  }
}

/** Removes what killed runs left; nobody writes a base for an hour. */
const removeOld = (file: string): void => {
  for (const name of readdirSync(dirname(file))) {
    const path = join(dirname(file), name)
    if (!name.startsWith(`${basename(file)}.`)) continue
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Number.POSITIVE_INFINITY }
    const { mtimeMs: now } = statSync(dirname(file))
    if (mtimeMs < now - 3_600_000) rmSync(path, { force: true })
  }
}

const writeTo = (fd: number, about: About, segments: ReadonlyArray<Segment>): void => {
  const { columns, decisions, notes, keyBytes, textBytes } = columnsOf(segments, about)
  const noteBytes = Buffer.from(JSON.stringify(notes))
  const pieces = function* (): Generator<Uint8Array> {
    for (const column of columns) yield new Uint8Array(column.buffer)
    yield noteBytes
    for (const { base, from, to } of segments) yield* base.rows.keysOf(from, to)
    for (const { base, from, to } of segments) yield* base.rows.textsOf(from, to)
  }
  // The sum is not known yet; its place is kept free.
  const header = (crc: string): Buffer => {
    const bytes = { notes: noteBytes.length, keys: keyBytes, texts: textBytes }
    const size = columns[0]?.length ?? 0
    const written: Header = { format: BASE_FORMAT, origin: about.origin, size, decisions, bytes, crc }
    return Buffer.from(`${JSON.stringify(written)}\n`)
  }
  const first = header(NO_CRC)
  let crc = crc32(first)
  let at = first.length
  const waiting = Buffer.allocUnsafe(PIECE)
  let filled = 0
  const write = (piece: Uint8Array): void => {
    crc = crc32(piece, crc)
    writeFully(fd, piece, at)
    at += piece.length
  }
  for (const piece of pieces()) {
    if (filled + piece.length > PIECE) {
      write(waiting.subarray(0, filled))
      filled = 0
    }
    if (piece.length > PIECE) write(piece)
    else {
      waiting.set(piece, filled)
      filled += piece.length
    }
  }
  write(waiting.subarray(0, filled))
  writeFully(fd, header(crcText(crc)), 0)
}

const writeFully = (fd: number, piece: Uint8Array, position: number): void => {
  for (let done = 0; done < piece.length; ) {
    done += writeSync(fd, piece, done, piece.length - done, position + done)
  }
}

/** What a file has of all rows before their keys and texts. */
const columnsOf = (segments: ReadonlyArray<Segment>, { resting, links }: About) => {
  const size = segments.reduce((sum, { from, to }) => sum + to - from, 0)
  const at = new Float64Array(size)
  const [nanos, accounts] = [new Int32Array(size), new Int32Array(size)]
  const shapeOf = new Uint32Array(size)
  const [keyLengths, textLengths] = [new Uint32Array(size), new Uint32Array(size)]
  const shapes = shapeTable()
  const shapesOf = memo((base: Base) => base.shapes.map(shapes.indexOf))
  const notes: (readonly [number, Note])[] = []
  let [index, decisions, keyBytes, textBytes] = [0, 0, 0, 0]
  for (const { base, from, to } of segments) {
    const shapeAs = shapesOf(base)
    for (let row = from; row < to; row++, index++) {
      at[index] = base.rows.at[row] ?? 0
      nanos[index] = base.rows.nanos[row] ?? 0
      accounts[index] = base.accounts[row] ?? 0
      shapeOf[index] = shapeAs[base.shapeOf[row] ?? 0] ?? 0
      const [keyLength, textLength] = [base.rows.keyLength(row), base.rows.textLength(row)]
      keyLengths[index] = keyLength
      textLengths[index] = textLength
      keyBytes += keyLength
      textBytes += textLength
      const note = base.notes.get(row)
      if (note !== undefined) notes.push([index, note])
      if (row < base.rows.decisions) decisions++
    }
  }
  const written: Notes = { shapes: shapes.all, notes, resting, links }
  const columns = [at, nanos, accounts, shapeOf, keyLengths, textLengths] as const
  return { columns, decisions, notes: written, keyBytes, textBytes }
}
