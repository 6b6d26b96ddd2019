import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvField } from '../../../src/foundation/text/csv.ts'
import { escapeHtml } from '../../../src/foundation/text/html.ts'
import { jsonText } from '../../../src/foundation/text/json-text.ts'
import { escapeMarkdown, markdownCode } from '../../../src/foundation/text/markdown.ts'
import { quoted } from '../../../src/foundation/text/quoted.ts'

describe('CSV', () => {
  test.each([
    ['plain', 'plain'],
    ['', '""'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\\u{9}=1"],
    ['\r=1', "'\\u{d}=1"],
    ['\n=1', '"\'\n=1"'],
    ['  =1', "'  =1"],
    ['\u3000=1', "'\u3000=1"],
    ['\uff0b1', "'\uff0b1"],
    ['\uff1d1', "'\uff1d1"],
    ['\u200b=1', '\\u{200b}=1'],
    ['\u202e1', '\\u{202e}1'],
    [null, ''],
    [-5, '-5'],
  ])('writes %j as %j', (value, field) => {
    expect(csvField(value)).toBe(field)
  })
})

test('HTML: no tag, attribute or entity results from a text', () => {
  expect(escapeHtml(`<b a="1" c='2'>&amp;\u202e\n`)).toBe(
    '&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;\\u{202e}\\u{a}',
  )
})

describe('Markdown', () => {
  test.each([
    ['# heading', '\\# heading'],
    ['> quotation', '\\> quotation'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['12) item', '12\\) item'],
    ['---', '\\---'],
    ['===', '\\==='],
    [':-:', '\\:-:'],
    ['    code', 'code'],
    ['*a* _b_ `c` ~~d~~ $e$', '\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~ \\$e\\$'],
    ['a|b', 'a\\|b'],
    ['![x](javascript:alert(1))', '!\\[x\\](javascript:alert(1))'],
    ['<script>&amp;', '&lt;script>&amp;amp;'],
    ['http://a.example www.a.example a@a.example', 'http\\://a.example www\\.a.example a\\@a.example'],
    ['end \\', 'end \\\\'],
    ['a\nb\u202e', 'a\\\\u\\{a\\}b\\\\u\\{202e\\}'],
    ['adult_content -5 +3', 'adult_content -5 +3'],
  ])('%j is written as %j', (text, markdown) => {
    expect(escapeMarkdown(text)).toBe(markdown)
  })

  test('code does not start a line of its own', () => {
    expect(markdownCode('a\n# b')).toBe('    a\\u{a}# b')
  })
})

describe('JSON', () => {
  test('control, bidirectional and invisible characters are escaped', () => {
    expect(jsonText({ '\u009b': 'a\u007f\u202e\u200b\u{e0041}\ud800\n' })).toBe(
      '{"\\u009b":"a\\u007f\\u202e\\u200b\\udb40\\udc41\\ud800\\n"}',
    )
    expect(jsonText(['\u2028'], 2)).toBe('[\n  "\\u2028"\n]')
  })

  test('the value that is read is the one that was written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = jsonText(value, 2)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
      }),
    )
  })
})

test('quoted in a message, a text is short visible ASCII', () => {
  expect(quoted('\u0430dult\u{1f469}')).toBe('"\\u0430dult\\ud83d\\udc69"')
  expect(quoted('x'.repeat(100))).toBe(`"${'x'.repeat(60)}..."`)
})
