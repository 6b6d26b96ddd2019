import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCompressed, unpacked } from '../../../src/ingest/ndjson/unpack.ts'

type Unpacked = { readonly bytes: Buffer; readonly error: string | null }

/** What an input that comes in chunks of some size is unpacked to. */
const unpack = async (input: Buffer, chunkSize = 65_536, name = 'x.ndjson'): Promise<Unpacked> => {
  const chunks: Buffer[] = []
  for (let at = 0; at < input.length; at += chunkSize) chunks.push(input.subarray(at, at + chunkSize))
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of unpacked(Readable.from(chunks), name)) pieces.push(piece)
    return { bytes: Buffer.concat(pieces), error: null }
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error: error instanceof Error ? error.message : String(error) }
  }
}

const withChecksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }
/** A frame that readers skip: pzstd writes one before each of its frames. */
const skippable = (size: number): Buffer =>
  Buffer.concat([Buffer.of(0x53, 0x2a, 0x4d, 0x18, size & 255, size >> 8, 0, 0), Buffer.alloc(size, 7)])

/** Of every kind of block: compressed, of one repeated byte, as it is; none; more than one. */
const texts: ReadonlyArray<readonly [name: string, text: Buffer]> = [
  ['nothing', Buffer.of()],
  ['a line', Buffer.from('{"a":1}\n')],
  ['many lines', Buffer.from(Array.from({ length: 20_000 }, (_, i) => `{"a":${i}}\n`).join(''))],
  ['one byte, repeated', Buffer.alloc(300_000, 'x')],
  ['incompressible data', randomBytes(300_000)],
]
const second = Buffer.from('{"b":2}\n')

const packers: ReadonlyArray<readonly [name: string, pack: (bytes: Buffer) => Buffer]> = [
  ['gzip', (bytes) => gzipSync(bytes)],
  ['Zstandard', (bytes) => zstdCompressSync(bytes)],
  ['Zstandard with checksums', (bytes) => zstdCompressSync(bytes, withChecksum)],
]

describe.each(packers)('given %s', (_, pack) => {
  test.each(texts)('when it contains %s, then it is unpacked, in chunks of any size', async (_, text) => {
    const input = pack(text)
    expect(await isCompressed(Readable.from([input]))).toBe(true)
    for (const size of [1_000_000, 65_536, 10_007]) {
      expect(await unpack(input, size)).toEqual({ bytes: text, error: null })
    }
  })

  test.each(texts)('when it is several concatenated ones, of %s, then all are unpacked', async (_, text) => {
    const input = Buffer.concat([pack(text), pack(second), pack(Buffer.of()), pack(text)])
    const bytes = Buffer.concat([text, second, text])
    for (const size of [1_000_000, 65_536, 10_007, pack(text).length]) {
      expect(await unpack(input, size)).toEqual({ bytes, error: null })
    }
  })

  test('when it is truncated anywhere, then that is reported, and nothing is returned that was not in it', async () => {
    const text = Buffer.from(Array.from({ length: 50 }, (_, i) => `{"a":${i}}\n`).join(''))
    const whole = Buffer.concat([pack(text), pack(second)])
    for (let length = 0; length < whole.length; length++) {
      if (length === pack(text).length) continue
      const { bytes, error } = await unpack(whole.subarray(0, length), 64, 'x.ndjson.gz')
      expect(error).toBe('its compressed data is truncated; get a complete copy')
      expect(Buffer.concat([text, second]).subarray(0, bytes.length)).toEqual(bytes)
    }
  })

  test('when something else follows, then that is reported', async () => {
    for (const follows of [
      Buffer.from('{"a":1}\n'),
      Buffer.alloc(20),
      Buffer.concat([Buffer.alloc(20), pack(second)]),
    ]) {
      for (const size of [1_000_000, 7]) {
        const { error } = await unpack(Buffer.concat([pack(second), follows]), size)
        expect(error).toMatch(
          /^(?:it has other data after the compressed data; |its compressed data is damaged \()/,
        )
      }
    }
  })
})

test('given Zstandard frames, and skippable ones, then these are skipped, in chunks of any size', async () => {
  const frames = fc.array(
    fc.oneof(
      fc.nat(300).map((size) => ({ input: skippable(size), output: Buffer.of() })),
      fc.tuple(fc.uint8Array({ maxLength: 400 }), fc.boolean()).map(([bytes, hasChecksum]) => ({
        input: zstdCompressSync(bytes, hasChecksum ? withChecksum : {}),
        output: Buffer.from(bytes),
      })),
    ),
    { minLength: 1, maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(frames, fc.integer({ min: 1, max: 600 }), async (parts, size) => {
      expect(await unpack(Buffer.concat(parts.map(({ input }) => input)), size)).toEqual({
        bytes: Buffer.concat(parts.map(({ output }) => output)),
        error: null,
      })
    }),
  )
})

describe('given a checksum', () => {
  test.each([
    ['gzip', gzipSync(randomBytes(1_000))],
    ['Zstandard', zstdCompressSync(randomBytes(1_000), withChecksum)],
  ])('when a bit of what %s contains is flipped, then that is reported', async (_, input) => {
    const altered = Buffer.from(input)
    altered[500] = (altered[500] ?? 0) ^ 1
    const { error } = await unpack(altered)
    expect(error).toMatch(
      /^its compressed data is damaged \(.+\), so lines read from it may be wrong; get an undamaged copy$/,
    )
  })
})

test('given a window larger than the limit, then the error says what to do', async () => {
  const input = zstdCompressSync(randomBytes(1_000), { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
  // The window's exponent, after the magic number and the descriptor.
  input[5] = (31 - 10) << 3
  expect((await unpack(input)).error).toBe(
    'it was compressed with a larger window than Redress supports; decompress it: zstd -dc --long=31 FILE | redress ingest -',
  )
})

test('given uncompressed data, then it is passed on, whatever its name says', async () => {
  for (const text of ['', '{', '{"a":1}\n', '\x1f', '\x28\xb5']) {
    const bytes = Buffer.from(text, 'latin1')
    expect(await isCompressed(Readable.from([bytes]))).toBe(false)
    expect(await unpack(bytes, 1)).toEqual({ bytes, error: null })
  }
  const bytes = Buffer.from('{"a":1}\n')
  expect(await unpack(bytes, 1, 'x.ndjson.gz')).toEqual({ bytes, error: null })
})

test('given an input that fails, then its error is thrown', async () => {
  const input = async function* () {
    yield gzipSync('{"a":1}\n'.repeat(1_000)).subarray(0, 40)
    throw new Error('EIO')
  }
  const read = async (): Promise<void> => {
    for await (const _ of unpacked(input(), 'x')) {
      // Only its end matters.
    }
  }
  await expect(read()).rejects.toThrow('EIO')
})
