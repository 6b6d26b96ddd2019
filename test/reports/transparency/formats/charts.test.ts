import { expect, test } from 'vitest'
import { barsOf, chartSvg } from '../../../../src/reports/transparency/formats/charts.ts'

const counted = (dimension: string, names: ReadonlyArray<string>) => ({
  id: 'x',
  title: 'x',
  about: 'x',
  dimensions: [],
  measures: [],
  rows: names.map((name, i) => ({ dimensions: { [dimension]: name }, figures: { decisions: i + 1 } })),
  total: {},
})
const names = Array.from({ length: 20 }, (_, i) => `n${String(i).padStart(2, '0')}`)

test('every quarter is drawn, in chronological order', () => {
  const bars = barsOf(counted('quarter', names), { by: 'quarter', measures: ['decisions'] })
  expect(bars.bars.map(({ name }) => name)).toEqual(names)
  expect(bars.leftOut).toBe(0)
})

test('of other dimensions the fifteen longest bars are drawn, and the rest are counted', () => {
  const bars = barsOf(counted('category', names), { by: 'category', measures: ['decisions'] })
  expect(bars.bars.map(({ name }) => name)).toEqual(names.toReversed().slice(0, 15))
  expect(bars.leftOut).toBe(5)
})

test('a name that is a property of every object is drawn like any other', () => {
  const inherited = Object.getOwnPropertyNames(Object.prototype)
  const before = JSON.stringify([Object, Object.prototype].map((each) => Object.getOwnPropertyNames(each)))
  for (const name of inherited) {
    const bars = barsOf(counted('category', [name, 'spam']), { by: 'category', measures: ['decisions'] })
    const svg = chartSvg(bars, 'title', 'description')
    expect(svg).toContain(`>${name}\u00a0</text>`)
    expect(svg).not.toMatch(/NaN|undefined/)
  }
  expect(JSON.stringify([Object, Object.prototype].map((each) => Object.getOwnPropertyNames(each)))).toBe(
    before,
  )
})
