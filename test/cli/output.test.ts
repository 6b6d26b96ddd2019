import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  CliError,
  noteJson,
  noteLine,
  printJson,
  printLine,
  printRaw,
  printText,
} from '../../src/cli/output.ts'

const HOSTILE = 'a\u009b2J\u202eb\nc'

const spied = () => {
  const written: Array<string | Uint8Array> = []
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written.push(chunk)
      return true
    })
  }
  return written
}
afterEach(() => vi.restoreAllMocks())

describe('anything printed is safe', () => {
  test.each([
    ['a line', () => printLine(HOSTILE), 'a\\u{9b}2J\\u{202e}b\\u{a}c\n'],
    ['a document', () => printText(HOSTILE), 'a\\u{9b}2J\\u{202e}b\nc'],
    ['JSON', () => printJson([HOSTILE]), '[\n  "a\\u009b2J\\u202eb\\nc"\n]\n'],
    ['a line on stderr', () => noteLine(HOSTILE), 'a\\u{9b}2J\\u{202e}b\\u{a}c\n'],
    ['JSON on stderr', () => noteJson([HOSTILE]), '["a\\u009b2J\\u202eb\\nc"]\n'],
  ])('%s', (_what, print, expected) => {
    const written = spied()
    print()
    expect(written).toEqual([expected])
  })
})

describe('raw bytes', () => {
  const isTTY = process.stdout.isTTY
  afterEach(() => {
    process.stdout.isTTY = isTTY
  })

  test('given a terminal, are refused', () => {
    process.stdout.isTTY = true
    const written = spied()
    expect(() => printRaw(Buffer.of(0x1b))).toThrow(CliError)
    expect(written).toEqual([])
  })

  test('given a file or a pipe, are written as they are', () => {
    process.stdout.isTTY = false
    const written = spied()
    printRaw(Buffer.of(0x1b))
    expect(written).toEqual([Buffer.of(0x1b)])
  })
})
