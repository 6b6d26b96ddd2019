import { Readable } from 'node:stream'
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
    ['nothing but a byte order mark', '\ufeff', []],
    ['less than a mark is long', '{}', ['x.ndjson:1 {}']],
    ['nothing', '', []],
  ])('when it holds %s, then its lines are read', async (_, text, lines) => {
    expect(await linesOf(Buffer.from(text))).toEqual(lines)
    expect(await linesOf(...inBytes(Buffer.from(text)))).toEqual(lines)
  })
})
