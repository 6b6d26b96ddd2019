import { pipeline, Readable } from 'node:stream'
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { cutAtFrameEnds } from '../../foundation/files/zstd-frames.ts'

type Chunks = AsyncGenerator<Uint8Array, void, undefined>

/** So many bytes tell whether an input is compressed, and how. */
const MAGIC_BYTES = 4

/** Whether an input is compressed in a way that is unpacked here, whatever its name says. */
export const isCompressed = async (input: AsyncIterable<unknown>): Promise<boolean> => {
  for await (const head of startingWith(MAGIC_BYTES, input)) return compressionOf(head) !== null
  return false
}

/**
 * The bytes of an input in chunks, unpacked where it is compressed. Where that cannot be done to its end, it throws an
 * error that says what to do. `name` is the file's, which decides only when there are too few bytes to tell.
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
  // Either a frame, or one to skip: pzstd begins with such a one.
  return /^(?:28b52ffd|5.2a4d18)/.test(magic) ? 'zstd' : null
}

/** The chunks of an input as bytes, the first of them with at least so many, unless the input has fewer. */
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
    // A failure, of the input too, is thrown by the unpacker to its reader.
    yield* pipeline(Readable.from(counted()), unpacker, () => {})
  } catch (cause) {
    throw unpackError(cause)
  }
  // Gunzip stops at zeros, and silently drops them and what follows: a crash can leave zeros amid a log.
  if (unpacker.bytesWritten < given) throw new Error(FOLLOWED)
}

const CUT_OFF = 'its compressed data ends too early, so it was cut off; get it again'
const FOLLOWED =
  'something follows the end of its compressed data; unpack it yourself: gunzip -c FILE | redress ingest -'
const LARGE_WINDOW =
  'it was compressed with a larger window than is read here; unpack it: zstd -dc --long=31 FILE | redress ingest -'

/** A failure of the decompressor, with what to do; any other failure as it is. */
const unpackError = (cause: unknown): unknown => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'Z_BUF_ERROR') return new Error(CUT_OFF, { cause })
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') return new Error(LARGE_WINDOW, { cause })
  if (!(cause instanceof Error) || !/^Z(?:STD)?_/.test(code)) return cause
  const damaged = `its compressed data is damaged (${cause.message}), so lines read from it may be wrong; get it again`
  return new Error(damaged, { cause })
}
