import { pipeline, Readable } from 'node:stream'
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { cutAtFrameEnds } from '../../foundation/files/zstd-frames.ts'

type Chunks = AsyncGenerator<Uint8Array, void, undefined>

/** This many bytes show whether an input is compressed, and how. */
const MAGIC_BYTES = 4

/** Whether an input is compressed in a supported format, whatever its name. */
export const isCompressed = async (input: AsyncIterable<unknown>): Promise<boolean> => {
  for await (const head of startingWith(MAGIC_BYTES, input)) return compressionOf(head) !== null
  return false
}

/**
 * The bytes of an input in chunks, decompressed if necessary. If that cannot be completed, it throws an error that
 * says what to do. `name` is the file's, which decides only if there are too few bytes to detect the format.
 */
export async function* unpacked(input: AsyncIterable<unknown>, name: string): Chunks {
  const chunks = startingWith(MAGIC_BYTES, input)
  const first = await chunks.next()
  const head = first.done === true ? Buffer.of() : first.value
  const all = following(head, chunks)
  const compression = compressionOf(head)
  if (compression === 'gzip') yield* through(createGunzip(), all)
  else if (compression === 'zstd') yield* through(createZstdDecompress(), cutAtFrameEnds(all))
  else if (head.length < MAGIC_BYTES && /\.(?:gz|zst)$/i.test(name)) throw new Error(CUT_OFF)
  else yield* all
}

const compressionOf = (head: Uint8Array): 'gzip' | 'zstd' | null => {
  const magic = Buffer.from(head.subarray(0, MAGIC_BYTES)).toString('hex')
  if (magic.startsWith('1f8b')) return 'gzip'
  // Either a frame, or one to skip: pzstd starts with one.
  return /^(?:28b52ffd|5.2a4d18)/.test(magic) ? 'zstd' : null
}

/** The chunks of an input as bytes, the first of them with at least this many, unless the input has fewer. */
export async function* startingWith(least: number, input: AsyncIterable<unknown>): Chunks {
  let first = Buffer.of()
  for await (const chunk of input) {
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk))
    if (first.length >= least) {
      yield bytes
      continue
    }
    first = Buffer.concat([first, bytes])
    if (first.length >= least) yield first
  }
  if (first.length < least) yield first
}

async function* following(first: Uint8Array, rest: Chunks): Chunks {
  yield first
  yield* rest
}

async function* through(unpacker: Gunzip | ZstdDecompress, chunks: Chunks): Chunks {
  let given = 0
  async function* counted(): Chunks {
    for await (const chunk of chunks) {
      given += chunk.length
      yield chunk
    }
  }
  try {
    // A failure, also of the input, is thrown by the decompressor to its reader.
    yield* pipeline(Readable.from(counted()), unpacker, () => {})
  } catch (cause) {
    throw unpackError(cause)
  }
  // Gunzip stops at zeros, and silently drops them and what follows: a crash can leave zeros in the middle of a log.
  if (unpacker.bytesWritten < given) throw new Error(FOLLOWED)
}

const CUT_OFF = 'its compressed data is truncated; get a complete copy'
const FOLLOWED =
  'it has other data after the compressed data; decompress it yourself: gunzip -c FILE | redress ingest -'
const LARGE_WINDOW =
  'it was compressed with a larger window than Redress supports; decompress it: zstd -dc --long=31 FILE | redress ingest -'

/** A failure of the decompressor, with what to do; any other failure unchanged. */
const unpackError = (cause: unknown): unknown => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'Z_BUF_ERROR') return new Error(CUT_OFF, { cause })
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') return new Error(LARGE_WINDOW, { cause })
  if (!(cause instanceof Error) || !/^Z(?:STD)?_/.test(code)) return cause
  const damaged = `its compressed data is damaged (${cause.message}), so lines read from it may be wrong; get an undamaged copy`
  return new Error(damaged, { cause })
}
