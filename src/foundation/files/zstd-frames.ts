import { Buffer } from 'node:buffer'
import { zstdDecompressSync } from 'node:zlib'

/**
 * Decompresses all frames of the bytes; Node's own function silently stops after the first one. Throws if one of them
 * is truncated, or followed by something else.
 */
export const decompressFrames = (bytes: Uint8Array): Uint8Array => {
  const ends = frameEnds()(bytes)
  const cutOff = ends.at(-1) === bytes.length ? [] : [bytes.length]
  return Buffer.concat(
    [...ends, ...cutOff].map((end, i, all) => zstdDecompressSync(bytes.subarray(all[i - 1] ?? 0, end))),
  )
}

/**
 * Splits chunks at the ends of Zstandard frames (RFC 8878). Several frames may follow each other (`cat a.zst b.zst`,
 * pzstd), but Node's decompressor silently drops what follows the end of a frame in the same write.
 */
export async function* cutAtFrameEnds(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const endsIn = frameEnds()
  for await (const chunk of chunks) {
    let start = 0
    for (const end of endsIn(chunk)) {
      yield chunk.subarray(start, end)
      start = end
    }
    if (start < chunk.length) yield chunk.subarray(start)
  }
}

/** Where frames end in consecutive chunks. */
const frameEnds = (): ((chunk: Uint8Array) => ReadonlyArray<number>) => {
  let frame = frameFields()
  let missing = frame.next().value ?? 0
  const field: number[] = []

  return (chunk) => {
    const ends: number[] = []
    let at = 0
    while (at < chunk.length) {
      const to = Math.min(at + missing, chunk.length)
      if (field.length < LONGEST_NUMBER) field.push(...chunk.subarray(at, Math.min(to, at + LONGEST_NUMBER)))
      missing -= to - at
      at = to
      while (missing === 0) {
        const next = frame.next(numberOf(field))
        field.length = 0
        if (next.done !== true) missing = next.value
        else {
          ends.push(at)
          frame = frameFields()
          missing = frame.next().value ?? 0
        }
      }
    }
    return ends
  }
}

/** No field that is read is longer, in bytes. */
const LONGEST_NUMBER = 4

const numberOf = (field: ReadonlyArray<number>): number =>
  field.slice(0, LONGEST_NUMBER).reduceRight((number, byte) => number * 256 + byte, 0)

const MAGIC = 0xfd2fb528
/** The last hexadecimal digit of a skippable frame's magic number is arbitrary. */
const SKIPPABLE = 0x184d2a5
const RLE = 1

/** Requests one field of a frame after the other by its size, and receives it as a number. */
function* frameFields(): Generator<number, void, number> {
  const magic = yield 4
  if (magic >>> 4 === SKIPPABLE) {
    const size = yield 4
    yield size
    return
  }
  // Not a frame: the decompressor will report it.
  if (magic !== MAGIC) yield Number.POSITIVE_INFINITY
  const descriptor = yield 1
  yield restOfHeader(descriptor)
  for (let isLast = false; !isLast; ) {
    const block = yield 3
    isLast = (block & 1) === 1
    yield ((block >>> 1) & 3) === RLE ? 1 : block >>> 3
  }
  const hasChecksum = (descriptor & 4) !== 0
  if (hasChecksum) yield 4
}

/** How many bytes follow a frame's descriptor: the window, the dictionary's id and the content's size. */
const restOfHeader = (descriptor: number): number => {
  const isSingleSegment = (descriptor & 0x20) !== 0
  const window = isSingleSegment ? 0 : 1
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0
  const content = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0
  return window + dictionary + content
}
