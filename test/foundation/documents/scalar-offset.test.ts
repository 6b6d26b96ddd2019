import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Document, isMap, isScalar, parseDocument, type Scalar } from 'yaml'
import { offsetInScalar } from '../../../src/foundation/documents/scalar-offset.ts'

const scalarOf = (text: string): Scalar => {
  const { contents } = parseDocument(text)
  const value = isMap(contents) ? contents.get('when', true) : undefined
  if (!isScalar(value)) throw new Error(`no scalar in ${text}`)
  return value
}

/** Every character of the value that is no white space, with what the text has where it is said to be. */
const placed = (text: string): ReadonlyArray<readonly [string, string]> => {
  const scalar = scalarOf(text)
  return [...String(scalar.value)].flatMap((character, i, all) => {
    const offset = all.slice(0, i).join('').length
    return /\s/.test(character)
      ? []
      : [[character, text.slice(offsetInScalar(text, scalar, offset)).slice(0, 2)] as const]
  })
}

describe('positions in scalars', () => {
  test.each([
    ['plain', 'when: ab > cd\n'],
    ['plain, folded', 'id: x\nwhen: ab >\n   cd\n\n   ef # comment\n'],
    ['single quotes', "when: 'ab > \"cd\" || it''s ''''x'\n"],
    ['single quotes, folded', "when: 'ab >\n\n   cd   \n  ef'\n"],
    ['double quotes', 'when: "ab > cd"\n'],
    ['double quotes, folded and joined', 'when: "ab >\n\n   cd \\\n    e\\\n  f"\n'],
    ['a literal block', 'when: |-  # why\n  ab >\n    cd\n\n  ef\n'],
    ['a literal block with more indentation', 'when: |2\n      ab\n    cd\n'],
    ['a folded block', 'when: >\n  ab >\n  cd\n\n    ef\n  gh\n'],
    ['flow, CRLF', '{\r\n\t"when": "ab >\r\n\t cd"\r\n}'],
  ])('%s: every character is found where it is written', (_, text) => {
    for (const [character, found] of placed(text)) expect(found.startsWith(character)).toBe(true)
  })

  test('an escape is found at its backslash, and what follows it at its own position', () => {
    const text = 'when: "\\u0061b \\"\\x63\\" \\U0001F600d\\te\\\\f"\n'
    expect(placed(text).map(([character, found]) => `${character}${found}`)).toEqual([
      'a\\u',
      'bb ',
      '"\\"',
      'c\\x',
      '"\\"',
      '😀\\U',
      'dd\\',
      'ee\\',
      '\\\\\\',
      'ff"',
    ])
  })

  test('the end of the value is after its last character', () => {
    for (const text of ['when: ab\n', "when: 'ab'\n", 'when: |-\n  ab\n']) {
      expect(text.slice(0, offsetInScalar(text, scalarOf(text), 2)).endsWith('ab')).toBe(true)
    }
  })

  test('in any style, the characters of a text are found in their order', () => {
    const characters = fc.array(fc.constantFrom(...'ab"\'\\ \n\t#:é&|!>', '  '), { maxLength: 40 })
    const styles = fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED')
    fc.assert(
      fc.property(characters, styles, fc.integer({ min: 10, max: 40 }), (units, style, lineWidth) => {
        const document = new Document({ when: units.join('') })
        const written = document.get('when', true)
        // Cast: the style is one of the library's own.
        if (isScalar(written)) written.type = style as Scalar.Type
        const text = document.toString({ lineWidth })
        // What the library writes it does not always read back, such as a plain text of a colon and a new line.
        const { contents, errors } = parseDocument(text)
        fc.pre(errors.length === 0 && isMap(contents) && String(contents.get('when')) === units.join(''))
        for (const [character, found] of placed(text)) {
          expect(found.startsWith(character) || found.startsWith('\\')).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
