import { Buffer } from 'node:buffer'
import kafkajs, { type CompressionTypes } from 'kafkajs'
import lz4 from 'lz4js'
import snappy from 'snappyjs'
import { decompressFrames } from '../../../foundation/files/zstd-frames.ts'

// Node does not recognise all names that this CommonJS module exports.
const { CompressionCodecs, CompressionTypes: types } = kafkajs

/** What kafkajs leaves to its users: the codecs that producers and topics may use, except gzip, which it has. */
const register = (
  type: CompressionTypes.Snappy | CompressionTypes.LZ4 | CompressionTypes.ZSTD,
  decompress: (bytes: Buffer) => Uint8Array,
): void => {
  CompressionCodecs[type] = () => ({
    compress: async () => {
      throw new Error('Redress does not compress what it sends')
    },
    decompress: async (bytes: Buffer) => Buffer.from(decompress(bytes)),
  })
}

/** The header of Java's snappy library (xerial's): then two version numbers, and blocks, each after its length. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_HEADER = 16

const uncompressSnappy = (bytes: Buffer): Uint8Array => {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return snappy.uncompress(bytes)
  const blocks: Uint8Array[] = []
  for (let at = XERIAL_HEADER; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    blocks.push(snappy.uncompress(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

register(types.Snappy, uncompressSnappy)
register(types.LZ4, (bytes) => lz4.decompress(bytes))
register(types.ZSTD, decompressFrames)
