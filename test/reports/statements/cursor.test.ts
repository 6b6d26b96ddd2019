import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { readCursor } from '../../../src/reports/statements/cursor.ts'
import { fixtures, folderOf } from '../../fixtures/data-folders/unpack.ts'

const cursorOf = (name: string): object =>
  JSON.parse(readFileSync(join(folderOf(name), 'statements/cursor.json'), 'utf8'))

describe('given the cursor of an export', () => {
  test.each(fixtures)('when $name wrote it, then it is read, with nothing missing', ({ name, recorded }) => {
    const cursor = cursorOf(name)
    expect(recorded.cursor).toBe(Object(cursor).version)
    expect(readCursor(cursor)).toMatchObject(
      E.right({ ...cursor, version: 'leftOut' in cursor ? '2' : '1', statements: 4, final: 0, leftOut: 0 }),
    )
  })

  test('when the newest of them wrote it, then this Redress takes it for one of its own', () => {
    const newest = fixtures.map(({ name }) => cursorOf(name)).filter((cursor) => 'leftOut' in cursor)
    expect(newest.length).toBeGreaterThan(0)
    for (const cursor of newest) expect(readCursor(cursor)).toEqual(E.right(cursor))
  })

  test('when it names decisions that can never be filled, and not yet those that are left out, then it is an early one', () => {
    const { leftOut: _, ...early } = { leftOut: 0, ...cursorOf('d954907') }
    expect(readCursor({ ...early, final: 3 })).toMatchObject(E.right({ version: '1', final: 3, leftOut: 0 }))
  })

  test('when a newer Redress wrote it, then it says so', () => {
    expect(readCursor({ ...cursorOf('d954907'), version: '3' })).toEqual(
      E.left('a newer Redress wrote it (version 3, this one knows 2): update Redress'),
    )
  })

  test('when it is none, then it says what is wrong', () => {
    expect(readCursor({ ...cursorOf('2026-11-28'), sequence: -1 })).toEqual(
      E.left('sequence: expected a whole number'),
    )
  })
})
