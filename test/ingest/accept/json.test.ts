import { Buffer } from 'node:buffer'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { MAX_LINE_BYTES, parseJson } from '../../../src/ingest/accept/json.ts'
import { findInJson } from '../../../src/ingest/accept/json-findings.ts'
import { often } from '../../long/often.ts'

const parse = (text: string | Uint8Array) => parseJson(Buffer.from(text))
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const bytes = (...parts: ReadonlyArray<string | number>) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))))

describe('parseJson refuses, naming the position', () => {
  const table: ReadonlyArray<
    [name: string, line: string | Uint8Array, code: string, path: string, says: RegExp]
  > = [
    ['a line over 4 MiB', ' '.repeat(MAX_LINE_BYTES + 1), 'too_long', '', /4194305 bytes/],
    ['a broken byte', bytes('{"a":"', 0xff, '"}'), 'not_utf8', '', /byte 7/],
    ['an overlong encoding', bytes('"é', 0xc0, 0xaf, '"'), 'not_utf8', '', /byte 4/],
    ['a surrogate in UTF-8', bytes('"', 0xed, 0xa0, 0x80, '"'), 'not_utf8', '', /byte 2/],
    ['a broken byte after a real U+FFFD', bytes('"\ufffd', 0xff, '"'), 'not_utf8', '', /byte 5/],
    ['a character cut off', bytes('"', 0xe2, 0x82), 'not_utf8', '', /byte 2/],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'not_utf8', '', /UTF-16/],
    ['a byte order mark', '\ufeff{}', 'not_json', '', /byte order mark/],
    ['a NUL byte', '{"a":\u00001}', 'not_json', '', /"\\u0000" at character 6, expected a JSON value/],
    ['no text at all', '', 'not_json', '', /end of the line at character 1/],
    ['a cut object', '{"a":1', 'not_json', '', /end of the line at character 7, expected a comma or the }/],
    ['a cut list', '[1', 'not_json', '', /expected a comma or the ]/],
    ['a trailing comma', '{"a":1,}', 'not_json', '', /"}" at character 8, expected a key/],
    ['a key without quotes', '{a:1}', 'not_json', '', /found text at character 2, expected a key/],
    ['no colon', '{"a" 1}', 'not_json', '', /expected a colon/],
    ['two values', '{} {}', 'not_json', '', /"{" at character 4, expected nothing more/],
    ['a word', 'nonsense', 'not_json', '', /found text at character 1, expected a JSON value/],
    ['NaN', '{"a":NaN}', 'not_json', '', /found text at character 6/],
    ['a leading zero', '[01]', 'not_json', '', /found text at character 3/],
    ['a bad escape', '"\\x"', 'not_json', '', /expected an escape/],
    ['a raw tab in a string', '"\t"', 'not_json', '', /control character/],
    ['an unended string', '"abc', 'not_json', '', /quotation mark/],
    ['a doubled key in broken JSON', '{"a":1,"a":2', 'not_json', '', /character 13/],
    ['33 levels', nested(33), 'too_deep', '', /32 levels/],
    ['100,000 levels', '['.repeat(100_000), 'too_deep', '', /32 levels/],
    ['a doubled key', '{"a":1,"a":1}', 'duplicate_key', 'a', /twice/],
    ['a doubled key below', '{"x":[{},{"a":{"b":1,"c":2,"b":3}}]}', 'duplicate_key', 'x[1].a.b', /twice/],
    ['a key doubled by an escape', '{"a":1,"\\u0061":2}', 'duplicate_key', 'a', /twice/],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}', 'duplicate_key', '__proto__', /twice/],
    ['half a surrogate pair', '{"a":["\\ud800"]}', 'lone_surrogate', 'a[0]', /surrogate/],
    ['the wrong half', '{"a":"\\udc00\\ud800"}', 'lone_surrogate', 'a', /surrogate/],
    ['half a pair in a key', '{"a":{"\\ud800":1}}', 'lone_surrogate', 'a["…"]', /surrogate/],
    ['an integer of 2^53 + 1', '{"a":[9007199254740993]}', 'unsafe_number', 'a[0]', /9007199254740991/],
    ['2^53', '9007199254740992', 'unsafe_number', '', /string/],
    ['-2^53', '{"n":-9007199254740992.0}', 'unsafe_number', 'n', /string/],
    ['1e22', '{"n":1e22}', 'unsafe_number', 'n', /string/],
    ['1e21, which a double holds', '{"n":1e21}', 'unsafe_number', 'n', /read differently by different/],
    ['1e-400', '{"n":[0,1e-400]}', 'unsafe_number', 'n[1]', /would become 0/],
    ['-1.5E-999', '{"n":-1.5E-999}', 'unsafe_number', 'n', /would become 0/],
    ['400 zeros and a 1', `{"n":0.${'0'.repeat(400)}1}`, 'unsafe_number', 'n', /would become 0/],
    ['1e400', '{"n":1e400}', 'unsafe_number', 'n', /too large for/],
    ['-1e400', '{"n":-1e400}', 'unsafe_number', 'n', /too large for/],
  ]
  for (const [name, line, code, path, says] of table) {
    test(name, () => {
      expect(parse(line)).toMatchObject(E.left({ code, path, message: expect.stringMatching(says) }))
    })
  }

  test('a key that would control the terminal is escaped', () => {
    const refused = parse('{"\\u001b[2Ja":1,"\\u001b[2Ja":1}')
    expect(refused).toMatchObject(E.left({ path: '["…"]' }))
  })
})

describe('parseJson accepts', () => {
  const table: ReadonlyArray<[name: string, line: string, value: unknown]> = [
    ['32 levels', nested(32), JSON.parse(nested(32))],
    ['2^53 - 1', '[9007199254740991,-9007199254740991]', [9007199254740991, -9007199254740991]],
    ['long fractions', '0.12345678901234567', Number('0.12345678901234567')],
    ['a surrogate pair, written or escaped', '["😀","\\ud83d\\ude00"]', ['😀', '😀']],
    ['U+FFFD', '"\ufffd"', '\ufffd'],
    ['a colon and braces in strings', '{"a:{[":"}]:\\":{"}', { 'a:{[': '}]:":{' }],
    ['white space around', ' \t{"a" : 1}\r ', { a: 1 }],
    ['the same key in two objects', '[{"a":1},{"a":1}]', [{ a: 1 }, { a: 1 }]],
  ]
  for (const [name, line, value] of table) {
    test(name, () => expect(parse(line)).toEqual(E.right(value)))
  }

  test('only the given part of the bytes', () => {
    expect(parseJson(Buffer.from('"é"{"a":1}"b'), 4, 11)).toEqual(E.right({ a: 1 }))
  })
})

describe('properties', () => {
  test('what JSON.stringify writes is parsed back, unless a number or a text in it is refused', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value)
        const result = parse(text)
        if (E.isRight(result)) expect(result.right).toEqual(JSON.parse(text))
        else expect(result.left.code).toBe('unsafe_number')
      }),
      { numRuns: often(500, 50_000) },
    )
  })

  test('the diagnosis finds broken syntax exactly where JSON.parse fails', () => {
    const damaged = fc
      .tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.string({ maxLength: 2 }))
      .map(([value, at, junk]) => {
        const text = JSON.stringify(value)
        const cut = at % (text.length + 1)
        return text.slice(0, cut) + junk + text.slice(cut + (at % 3))
      })
    fc.assert(
      fc.property(fc.oneof(damaged, fc.string()), (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        expect(findInJson(text)?.kind !== 'syntax').toBe(valid)
      }),
      { numRuns: often(2_000, 100_000) },
    )
  })

  test('any bytes result in a value or a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (line) => {
        const result = parse(line)
        if (E.isLeft(result)) expect(result.left.message).not.toBe('')
      }),
      { numRuns: often(1_000, 100_000) },
    )
  })
})
