import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gridOf } from '../../../src/foundation/text/grid.ts'
import { widthOf } from '../../../src/foundation/text/text-width.ts'

const text = (title: string) => ({ title, isNumber: false })
const number = (title: string) => ({ title, isNumber: true })

const drawn = (
  columns: ReadonlyArray<ReturnType<typeof text>>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  room: number | null,
): ReadonlyArray<string> => {
  const { head, line } = gridOf(columns, rows, room)
  return [...head, ...rows.map(line)]
}

describe('a grid', () => {
  test('is as wide as its contents, numbers to the right', () => {
    expect(
      drawn(
        [text('name'), number('n')],
        [
          ['a', '1,000'],
          ['longer', '2'],
        ],
        80,
      ),
    ).toEqual(['name        n', '------  -----', 'a       1,000', 'longer      2'])
  })

  test('with no width limit, cuts nothing, nor a row that was not measured', () => {
    const { line } = gridOf([text('a'), text('b')], [['x'.repeat(300), 'y']], null)
    expect(line(['x'.repeat(300), 'y'])).toBe(`${'x'.repeat(300)}  y`)
    expect(line(['x'.repeat(400), 'y'])).toBe(`${'x'.repeat(400)}  y`)
  })

  test('cuts the widest first, and leaves the others unchanged', () => {
    const rows = [['an-id', 'T'.repeat(300), 'd'.repeat(30)]]
    expect(drawn([text('name'), text('type'), text('description')], rows, 60)).toEqual([
      `name   type${' '.repeat(17)}  description`,
      `-----  ${'-'.repeat(21)}  ${'-'.repeat(30)}`,
      `an-id  ${'T'.repeat(20)}\u2026  ${'d'.repeat(30)}`,
    ])
  })

  test('cuts titles too, but no number', () => {
    const title = 'overturn_rate_automated_low'
    expect(drawn([number(title), text(title)], [['0.25', 'x']], 45)).toEqual([
      `${title.slice(0, 19)}\u2026  ${title.slice(0, 22)}\u2026`,
      `${'-'.repeat(20)}  ${'-'.repeat(23)}`,
      `${' '.repeat(16)}0.25  x`,
    ])
    const digits = '1234567890'.repeat(5)
    expect(drawn([number('n'), text('t')], [[digits, 'x']], 30)).toContain(`${digits}  \u2026`)
  })

  test('leaves columns out of the middle, and shows where', () => {
    const columns = Array.from({ length: 10 }, (_, i) => text(`column number ${i}`))
    const { head, line, shown } = gridOf(columns, [columns.map((_, i) => `cell ${i}`)], 52)
    expect([...head, line(columns.map((_, i) => `cell ${i}`))]).toEqual([
      'column number 0  column number 1  \u2026  column number 9',
      '---------------  ---------------  \u2026  ---------------',
      'cell 0           cell 1           \u2026  cell 9',
    ])
    expect(shown).toBe(3)
  })

  test('given a terminal that is narrower than the minimum column, keeps a part of the first', () => {
    expect(drawn([text('name'), text('type')], [['x'.repeat(100), 'y'.repeat(100)]], 12)).toEqual([
      'name       \u2026',
      '---------  \u2026',
      `${'x'.repeat(8)}\u2026  \u2026`,
    ])
    expect(drawn([text('s')], [['x'.repeat(100)]], 10)[2]).toBe(`${'x'.repeat(9)}\u2026`)
  })

  test('of no columns is empty', () => {
    expect(drawn([], [[]], 10)).toEqual(['', '', ''])
  })

  test('never exceeds its width, and cuts nothing that fits', () => {
    const table = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 })).chain(([m, n]) =>
      fc.tuple(
        fc.array(fc.stringMatching(/^[a-z\u7eb8]{0,40}$/), { minLength: m, maxLength: m }),
        fc.array(fc.array(fc.stringMatching(/^[a-z\u7eb8]{0,120}$/), { minLength: m, maxLength: m }), {
          minLength: n,
          maxLength: n,
        }),
        fc.integer({ min: 8, max: 200 }),
      ),
    )
    fc.assert(
      fc.property(table, ([titles, rows, room]) => {
        const columns = titles.map(text)
        const fitted = drawn(columns, rows, room)
        for (const line of fitted) expect(widthOf(line)).toBeLessThanOrEqual(room)
        const whole = drawn(columns, rows, null)
        if (widthOf(whole[1] ?? '') <= room) expect(fitted).toEqual(whole)
      }),
    )
  })
})
