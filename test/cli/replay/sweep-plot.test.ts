import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plotLines } from '../../../src/cli/replay/sweep-plot.ts'
import { widthOf } from '../../../src/foundation/text/text-width.ts'

const foot = { first: '0.6', last: '0.9', marked: 'now 0.8', at: 2 }

describe('given series of values', () => {
  test('then each is drawn on its own scale, and the marked place is below its values', () => {
    const series = [
      { title: 'upheld', values: [2_400, 1_200, 100, 0] },
      { title: 'missed', values: [0, 0, 0, 1] },
    ]
    expect(plotLines(series, foot, 40)).toEqual([
      '   2,400 │███',
      '  upheld │███▄▄▄',
      '         │██████▁▁▁',
      '       1 │         ███',
      '  missed │         ███',
      '         │         ███',
      '          0.6      0.9',
      '                ▲ now 0.8',
    ])
  })

  test('then no line is wider than asked for, however many values there are', () => {
    const values = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(values, fc.integer({ min: 40, max: 120 }), (some, width) => {
        const lines = plotLines([{ title: 'n', values: some }], { ...foot, at: some.length - 1 }, width)
        expect(lines.slice(0, 3).filter((line) => widthOf(line) > width)).toEqual([])
      }),
    )
  })

  test('then a value is visible however small it is, and only 0 is not', () => {
    const [, , bottom] = plotLines([{ title: 'n', values: [1_000_000, 1, 0, 1] }], foot, 80)
    expect(bottom?.split('│')[1]).toBe('███▁▁▁   ▁▁▁')
  })
})
