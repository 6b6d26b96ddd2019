import { zstdCompressSync } from 'node:zlib'
import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import '../../../../src/ingest/kafka/client/compression.ts'

const { CompressionCodecs, CompressionTypes } = kafkajs

test('given records in two Zstandard frames, when they are decompressed, then none is missing', async () => {
  const frames = ['records of the first frame, ', 'records of the second'].map((text) =>
    zstdCompressSync(text),
  )
  const all: unknown = await CompressionCodecs[CompressionTypes.ZSTD]?.().decompress(Buffer.concat(frames))
  expect(String(all)).toBe('records of the first frame, records of the second')
})
