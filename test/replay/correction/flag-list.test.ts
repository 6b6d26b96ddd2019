import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { parseFlagList } from '../../../src/replay/correction/flag-list.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('given a list of flags, one per line', () => {
  test.each([
    ['line feeds', 'f-2\nf-1\n'],
    ['no line feed at the end', 'f-2\nf-1'],
    ['carriage returns before them', 'f-2\r\nf-1\r\n'],
    ['carriage returns alone', 'f-2\rf-1\r'],
    ['blank lines', '\n\nf-2\n \t\nf-1\n\n\n'],
    ['an id given twice', 'f-1\nf-2\nf-1\n'],
  ])('then %s: the ids, each once, and the hash of the sorted ids', (_, text) => {
    const list = parseFlagList(text)
    expect(E.isRight(list) && list.right).toEqual({
      flagIds: new Set(['f-1', 'f-2']),
      sha256: sha256('f-1\nf-2'),
    })
  })

  test('then ids are sorted by their bytes', () => {
    const list = parseFlagList('b\nB\n_\n.\n-\n:\n1\na\n')
    expect(E.isRight(list) && list.right.sha256).toBe(sha256('-\n.\n1\n:\nB\n_\na\nb'))
  })

  test('then what is not an id is an error with its line', () => {
    const expected = 'expected an id of 1 to 200 characters from A-Z a-z 0-9 _ . : -'
    const list = parseFlagList('f-1\r\n f-2\n\nf-3,f-4\n')
    expect(E.isLeft(list) && list.left).toEqual([
      { line: 2, message: `${expected}, not " f-2"` },
      { line: 4, message: `${expected}, not "f-3,f-4"` },
    ])
  })

  test('then of a file that is something else, the first lines are enough', () => {
    const list = parseFlagList('flag,account\n'.repeat(1_012))
    expect(E.isLeft(list) && list.left.length).toBe(11)
    expect(E.isLeft(list) && list.left.at(-1)).toEqual({
      line: null,
      message: '1,002 more lines are not ids',
    })
  })

  test('then a million flags are read', () => {
    const text = Array.from({ length: 1_000_000 }, (_, i) => `flag-${i}`).join('\n')
    const list = parseFlagList(text)
    expect(E.isRight(list) && list.right.flagIds.size).toBe(1_000_000)
  })

  test('then a list without an id is refused', () => {
    expect(parseFlagList('\n \n')).toEqual(E.left([{ line: null, message: 'it names no flags' }]))
  })
})
