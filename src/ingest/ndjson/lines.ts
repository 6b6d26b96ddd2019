import { createHash, type Hash } from 'node:crypto'
import { FULL_BATCH, type RawBatch, type SetAside } from '../accept/batch.ts'
import { MAX_LINE_BYTES, tooLong } from '../accept/json.ts'
import { HEAD_BYTES } from '../dead-letters/letter.ts'

/** Lines of a file, and the number of the last one. */
export type LineBatch = RawBatch & { readonly lastLine: number }

/** Splits chunks of bytes into lines and packs these into batches. Memory does not grow with the input. */
export type LineSplitter = {
  /** Adds a chunk; returns the batches that became full. */
  readonly push: (chunk: Uint8Array) => ReadonlyArray<LineBatch>
  /** The complete lines that wait for a batch to become full. */
  readonly flush: () => LineBatch | undefined
  /** The end of the input: a last line without a line ending counts. */
  readonly end: () => LineBatch | undefined
  /** Whether `flush` would return something. */
  readonly hasLines: () => boolean
}

const LF = 0x0a
const CR = 0x0d

/** A line that grew too long: only its hash, its length and its beginning are kept. */
type Overflow = { readonly hash: Hash; readonly head: Uint8Array; length: number; heldCr: boolean }

/**
 * Lines end with LF or CRLF, which is not part of them. Lines of only blanks are skipped (and numbered). `name` is
 * the file's, for the lines' origins.
 */
export const lineSplitter = (name: string): LineSplitter => {
  let buffer = new Uint8Array(FULL_BATCH.bytes)
  /** Where the line being read starts, and how far the buffer is filled. */
  let start = 0
  let used = 0
  let overflow: Overflow | undefined
  let bounds: number[] = []
  let numbers: number[] = []
  let setAside = new Map<number, SetAside>()
  let line = 0

  const hasLines = (): boolean => numbers.length > 0

  const flush = (): LineBatch | undefined => {
    if (!hasLines()) return undefined
    const ofBatch = numbers
    const batch: LineBatch = {
      bytes: buffer.subarray(0, start),
      bounds: Uint32Array.from(bounds),
      origin: (index) => `${name}:${ofBatch[index]}`,
      setAside,
      lastLine: line,
    }
    const open = buffer.subarray(start, used)
    buffer = new Uint8Array(Math.max(FULL_BATCH.bytes, open.length))
    buffer.set(open)
    used = open.length
    start = 0
    bounds = []
    numbers = []
    setAside = new Map()
    return batch
  }

  /** Adds a piece of the line being read; returns a batch if it had to make room. */
  const extend = (piece: Uint8Array): LineBatch | undefined => {
    // One more than the longest line, for the CR that may end it.
    if (overflow === undefined && used - start + piece.length > MAX_LINE_BYTES + 1) startOverflow()
    if (overflow !== undefined) {
      extendOverflow(overflow, piece)
      return undefined
    }
    const full = used + piece.length > buffer.length ? flush() : undefined
    if (used + piece.length > buffer.length) {
      const larger = new Uint8Array(Math.max(2 * buffer.length, used + piece.length))
      larger.set(buffer.subarray(0, used))
      buffer = larger
    }
    buffer.set(piece, used)
    used += piece.length
    return full
  }

  const startOverflow = (): void => {
    overflow = { hash: createHash('sha256'), head: new Uint8Array(HEAD_BYTES), length: 0, heldCr: false }
    extendOverflow(overflow, buffer.subarray(start, used))
    used = start
  }

  /** The line is complete; returns a batch if it filled one. */
  const endLine = (): LineBatch | undefined => {
    line++
    if (overflow !== undefined) {
      setAside.set(numbers.length, finishOverflow(overflow))
      bounds.push(start, start)
      numbers.push(line)
      overflow = undefined
    } else {
      const end = used > start && buffer[used - 1] === CR ? used - 1 : used
      if (isBlank(buffer, start, end)) used = start
      else {
        bounds.push(start, end)
        numbers.push(line)
        start = used
      }
    }
    return numbers.length >= FULL_BATCH.messages || start >= FULL_BATCH.bytes ? flush() : undefined
  }

  const push = (chunk: Uint8Array): ReadonlyArray<LineBatch> => {
    const full: LineBatch[] = []
    const keep = (batch: LineBatch | undefined): void => {
      if (batch !== undefined) full.push(batch)
    }
    let from = 0
    for (;;) {
      const at = chunk.indexOf(LF, from)
      if (at === -1) break
      keep(extend(chunk.subarray(from, at)))
      keep(endLine())
      from = at + 1
    }
    keep(extend(chunk.subarray(from)))
    return full
  }

  const end = (): LineBatch | undefined => {
    if (used > start || overflow !== undefined) {
      const full = endLine()
      if (full !== undefined) return full
    }
    return flush()
  }

  return { push, flush, end, hasLines }
}

const extendOverflow = (overflow: Overflow, piece: Uint8Array): void => {
  if (piece.length === 0) return
  // A CR may be part of the line ending, so a trailing one is held back.
  if (overflow.heldCr) absorb(overflow, Uint8Array.of(CR))
  overflow.heldCr = piece.at(-1) === CR
  absorb(overflow, overflow.heldCr ? piece.subarray(0, -1) : piece)
}

const absorb = (overflow: Overflow, piece: Uint8Array): void => {
  overflow.hash.update(piece)
  if (overflow.length < HEAD_BYTES) {
    overflow.head.set(piece.subarray(0, HEAD_BYTES - overflow.length), overflow.length)
  }
  overflow.length += piece.length
}

const finishOverflow = ({ hash, head, length }: Overflow): SetAside => ({
  raw: head,
  sha256: hash.digest('hex'),
  length,
  rejection: tooLong(length),
})

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]
    if (byte !== 0x20 && byte !== 0x09 && byte !== CR) return false
  }
  return true
}
