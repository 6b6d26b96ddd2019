import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { readText, textOf } from '../../../src/foundation/files/read-text.ts'
import { brokenAt } from '../../../src/foundation/text/utf8.ts'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-read-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

const answer = (read: E.Either<{ readonly message: string }, string>): string =>
  E.isLeft(read) ? read.left.message : read.right

const read = async (bytes: Uint8Array | string): Promise<string> => {
  writeFileSync(join(dir, 'file'), bytes)
  return answer(await readText(join(dir, 'file')))
}
const refused = (what: string): string => `cannot read ${join(dir, 'file')}: ${what}; save it as UTF-8`

describe('given a text file that a user named', () => {
  test('when it is UTF-8, then its text is read unchanged', async () => {
    const text = 'caf\u00e9 \u{1f600} \ufffd\r\n\u0000'
    expect(await read(text)).toBe(text)
    expect(await read('')).toBe('')
  })

  test('when it is too large to be one text, then it is not read, and no error is thrown', async () => {
    writeFileSync(join(dir, 'huge'), '')
    truncateSync(join(dir, 'huge'), 3 * 1024 ** 3)
    expect(answer(await readText(join(dir, 'huge')))).toBe(
      `cannot read ${join(dir, 'huge')}: it is larger than 511 MiB; check that it is the right file`,
    )
  })

  test('when its path contains a null character, then it is not read, and no error is thrown', async () => {
    expect(answer(await readText('a\0b'))).toBe('cannot read a\0b: a path cannot contain a null character')
  })

  test('when it begins with a byte order mark, then that is not part of its text', async () => {
    expect(await read('\ufeffa: 1\n\ufeff')).toBe('a: 1\n\ufeff')
    expect(await read('\ufeff')).toBe('')
  })

  test.each([
    ['Latin-1', Buffer.from('a: 1\nb: caf\xe9\n', 'latin1'), '0xe9 is byte 7 of line 2 (offset 11)'],
    [
      'cut in the middle of a character',
      Buffer.from('caf\u00e9').subarray(0, 4),
      '0xc3 is byte 4 of line 1 (offset 3)',
    ],
    ['half a surrogate pair', Buffer.of(0x0a, 0xed, 0xa0, 0x80), '0xed is byte 1 of line 2 (offset 1)'],
    [
      'broken after a replacement character',
      Buffer.of(0xef, 0xbf, 0xbd, 0xff),
      '0xff is byte 4 of line 1 (offset 3)',
    ],
    [
      'broken after a byte order mark',
      Buffer.of(0xef, 0xbb, 0xbf, 0xc0),
      '0xc0 is byte 4 of line 1 (offset 3)',
    ],
  ])('when it is %s, then the byte is named', async (_, bytes, place) => {
    expect(await read(bytes)).toBe(refused(`it is not UTF-8 text: ${place}`))
  })

  test('when it is UTF-16, then that is reported', async () => {
    expect(await read(Buffer.from('\ufeffa: 1', 'utf16le'))).toBe(refused('it looks like UTF-16'))
    expect(await read(Buffer.from('\ufeffa: 1', 'utf16le').swap16())).toBe(refused('it looks like UTF-16'))
  })

  test('when it is missing, a folder, or below a file, then that is reported', async () => {
    mkdirSync(join(dir, 'folder'))
    writeFileSync(join(dir, 'file'), '')
    const none = join(dir, 'none')
    expect(answer(await readText(none))).toBe(
      `cannot read ${none}: there is no such file or folder (ENOENT); check the path`,
    )
    expect(answer(await readText(join(dir, 'folder')))).toMatch(/: it is a folder \(EISDIR\); name a file$/)
    expect(answer(await readText(join(dir, 'file', 'x')))).toMatch(/ENOTDIR/)
  })
})

test('given any bytes, then they are refused exactly where a strict decoder refuses them, at the first invalid byte', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decodes = (bytes: Uint8Array): boolean => {
    try {
      strict.decode(bytes)
      return true
    } catch {
      return false
    }
  }
  const bytes = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 3 }),
      ),
    )
    .map((parts) => Buffer.concat(parts))
  fc.assert(
    fc.property(bytes, (given) => {
      const at = brokenAt(given)
      expect(E.isRight(textOf(given, 'x'))).toBe(decodes(given))
      if (at === null) return
      // What is before it is whole, and it and what follows can begin no character.
      expect(decodes(given.subarray(0, at))).toBe(true)
      for (let length = 1; length <= 4; length++) expect(decodes(given.subarray(at, at + length))).toBe(false)
    }),
    { numRuns: 2_000 },
  )
})
