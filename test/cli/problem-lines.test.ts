import { describe, expect, test } from 'vitest'
import { problemLines } from '../../src/cli/problem-lines.ts'

describe('the excerpt of a problem', () => {
  const at = (text: string, line: number, column: number): ReadonlyArray<string> =>
    problemLines('f', text, { severity: 'error', path: '', line, column, message: 'm', hint: null }).slice(1)

  test('the caret is below the position, whatever comes before it', () => {
    const [shown, caret] = at('a: "😀é\t\u001b[31m" x', 1, 14)
    expect(shown).toBe('  1 | a: "😀é \\u{1b}[31m" x')
    expect(caret).toBe(`    | ${' '.repeat('a: "--é \\u{1b}[31m'.length)}^`)
  })

  test('of a long line only the part around the position is shown', () => {
    const line = `${'x'.repeat(5000)}!${'y'.repeat(5000)}`
    const [shown, caret] = at(`\n${line}`, 2, 5001)
    expect((shown ?? '').length).toBeLessThan(120)
    expect((shown ?? '').charAt((caret ?? '').length - 1)).toBe('!')
  })

  test('a position after the end of a line, or of the text, is shown as such', () => {
    expect(at('abc', 1, 4)).toEqual(['  1 | abc', '    |    ^'])
    expect(at('abc\n', 2, 1)).toEqual(['  2 |', '    | ^'])
  })
})
