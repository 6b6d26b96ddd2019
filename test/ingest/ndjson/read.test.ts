import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { readNdjson } from '../../../src/ingest/ndjson/read.ts'

/** The lines of an input that comes in chunks; what could not be read is a line of its own. */
const linesOf = async (...chunks: ReadonlyArray<Uint8Array>): Promise<ReadonlyArray<string>> => {
  const lines: string[] = []
  for await (const came of readNdjson(Readable.from(chunks), 'x.ndjson', new AbortController().signal)) {
    if (E.isLeft(came)) lines.push(came.left.message)
    else {
      const { bytes, bounds, origin } = came.right
      for (let i = 0; i < bounds.length; i += 2) {
        lines.push(`${origin(i / 2)} ${Buffer.from(bytes.subarray(bounds[i], bounds[i + 1]))}`)
      }
    }
  }
  return lines
}
const inBytes = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => Array.from(bytes, (byte) => Buffer.of(byte))

describe('given NDJSON, whole or byte by byte', () => {
  test.each([
    [
      'a byte order mark at its beginning',
      '\ufeff{"a":1}\n{"b":2}\n',
      ['x.ndjson:1 {"a":1}', 'x.ndjson:2 {"b":2}'],
    ],
    [
      'a byte order mark later, which is data',
      '{"a":1}\n\ufeff{}\n',
      ['x.ndjson:1 {"a":1}', 'x.ndjson:2 \ufeff{}'],
    ],
    ['only a byte order mark', '\ufeff', []],
    ['less than a byte order mark', '{}', ['x.ndjson:1 {}']],
    ['nothing', '', []],
  ])('when it contains %s, then its lines are read', async (_, text, lines) => {
    expect(await linesOf(Buffer.from(text))).toEqual(lines)
    expect(await linesOf(...inBytes(Buffer.from(text)))).toEqual(lines)
  })
})

describe('given a pipe that never pauses for long, but is slow', () => {
  test('when its lines arrive one by one, then they are delivered before thousands are there', async () => {
    async function* slowly() {
      for (let i = 0; i < 40; i++) {
        yield Buffer.from(`{"a":${i}}\n`)
        await setTimeout(10)
      }
    }
    const sizes: number[] = []
    for await (const came of readNdjson(Readable.from(slowly()), 'x', new AbortController().signal)) {
      if (E.isRight(came)) sizes.push(came.right.bounds.length / 2)
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(40)
    expect(sizes.length).toBeGreaterThan(1)
  })
})
