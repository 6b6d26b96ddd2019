import { describe, expect, test } from 'vitest'
import { markedLine, withoutTabs } from '../../../src/projection/sql-fence/place.ts'

describe('a mark under a position in SQL', () => {
  test.each([
    ['SELECT nope', 'nope', '       ^'],
    ['SELECT\tnope', 'nope', '       ^'],
    ["SELECT '\u7eb8', nope", 'nope', '             ^'],
    // Shown as \u{1b}.
    ["SELECT '\u001b', nope", 'nope', '                 ^'],
  ])('%j: %s', (line, at, mark) => {
    expect(markedLine('', line, line.indexOf(at)).split('\n')).toEqual([line.replaceAll('\t', ' '), mark])
  })
})

describe("an error of DuckDB's", () => {
  test('has its mark, which does not count tabs, moved to the right position', () => {
    const message = 'Binder Error: no column\n\nLINE 2: \ta,\t\tnope\tFROM t\n          ^ '
    expect(withoutTabs(message)).toBe('Binder Error: no column\n\nLINE 2:  a,  nope FROM t\n             ^')
  })

  test('without a position has its tabs turned into spaces', () => {
    expect(withoutTabs('Binder Error: no function\n\tCandidates:\n\tlower(VARCHAR)')).toBe(
      'Binder Error: no function\n  Candidates:\n  lower(VARCHAR)',
    )
  })
})
