import { constants, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decompressFrames } from '../../../src/foundation/files/zstd-frames.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const frame = (content: string) =>
  zstdCompressSync(Buffer.from(content), { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
/** A frame that readers skip, with three bytes. */
const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])

describe('given bytes compressed with Zstandard', () => {
  test.each([
    ['one frame', [frame('one')], 'one'],
    ['concatenated frames', [frame('one '), frame(''), frame('two')], 'one two'],
    ['skippable frames', [skipped, frame('one '), skipped, frame('two'), skipped], 'one two'],
    ['large frames', [frame('a'.repeat(500_000)), frame('b')], `${'a'.repeat(500_000)}b`],
  ])('when they are %s, then all of them are read', (_, frames, whole) => {
    expect(text(decompressFrames(Buffer.concat(frames)))).toBe(whole)
  })

  test.each([
    ['the first frame is cut off', frame('one').subarray(0, -1)],
    ['a later frame is cut off', Buffer.concat([frame('one'), frame('two').subarray(0, -1)])],
    ['they end within a magic number', Buffer.concat([frame('one'), Buffer.from([0x28, 0xb5])])],
    ['something else follows', Buffer.concat([frame('one'), Buffer.from('something else')])],
    ['they are something else', Buffer.from('something else')],
    ['there are none', Buffer.of()],
  ])('when %s, then it throws', (_, bytes) => {
    expect(() => decompressFrames(bytes)).toThrow()
  })
})
