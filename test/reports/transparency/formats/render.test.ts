import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { decodeReport } from '../../../../src/reports/transparency/codec.ts'
import { csvOf } from '../../../../src/reports/transparency/formats/csv.ts'
import { htmlOf } from '../../../../src/reports/transparency/formats/html.ts'
import { markdownOf } from '../../../../src/reports/transparency/formats/markdown.ts'
import { jsonOf } from '../../../../src/reports/transparency/formats/render.ts'
import { happened } from '../../../domain/happenings.ts'
import { anyStyle, reportOn, someEvents } from '../reporting.ts'

const EVIL = '=HYPERLINK("http://evil"), <script>alert(1)</script> | `x` [y](z)'
const evil = reportOn('dsa', [
  happened('order.received.v1', { orderId: 'o1', authority: EVIL, kind: 'act' }),
  happened('order.received.v1', { orderId: 'o2', authority: 'court', kind: 'act' }),
])

/** Reads CSV by RFC 4180. */
const parseCsv = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const fields = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)]
  expect(fields.map(([whole]) => whole).join('')).toBe(text)
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of fields) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

describe('CSV', () => {
  test('has one figure per line, and every figure of the JSON', () => {
    fc.assert(
      fc.property(someEvents, anyStyle, (events, style) => {
        const report = reportOn(style, events)
        const [header = [], ...rows] = parseCsv(csvOf(report))
        expect(rows.filter((row) => row.length !== header.length)).toEqual([])
        expect(rows.flat().filter((field) => /^[=+\-@\t\r]/.test(field))).toEqual([])
        const at = (name: string): number => header.indexOf(name)
        const figures = rows
          .filter((row) => ['row', 'total'].includes(row[at('scope')] ?? ''))
          .map((row) => [row[at('section')], row[at('measure')], row[at('value')]])
        const expected = report.sections.flatMap(({ id, measures, rows: own, total }) =>
          [...own.map((row) => row.figures), total].flatMap((values) =>
            measures.map(({ name }) => [id, name, values[name] === null ? '' : String(values[name])]),
          ),
        )
        expect(figures).toEqual(expected)
      }),
    )
  })

  test('describes the report before its figures', () => {
    expect(
      parseCsv(csvOf(evil))
        .slice(0, 7)
        .map((row) => [row.at(-3), row.at(-1)]),
    ).toEqual([
      ['measure', 'value'],
      ['format', 'redress-transparency-1'],
      ['style', 'dsa'],
      ['title', 'Transparency report (EU Digital Services Act)'],
      ['sequence', '2'],
      ['from', '2025-05-01T00:00:00.000Z'],
      ['to', '2025-06-01T00:00:00.000Z'],
    ])
  })
})

describe('HTML', () => {
  const html = htmlOf(evil)
  test('is self-contained: no script, nothing to load', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=|\shref="(?!#)/i)
    expect(html).toContain("default-src 'none'")
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  test('reads well with a screen reader: language, headings in order, named charts and tables', () => {
    expect(html).toContain('<html lang="en">')
    const levels = [...html.matchAll(/<h(\d)/g)].map(([, level]) => Number(level))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    for (const [i, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1)
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, id] of html.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id)
    for (const [, href] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(href)
    for (const [svg] of html.matchAll(/<svg [^>]*>/g))
      expect(svg).toMatch(/role="img" aria-labelledby="[^"]+-chart"/)
    for (const [table] of html.matchAll(/<table>.*?<\/table>/gs)) {
      expect(table).toMatch(/<caption[^>]*>.*<th scope="col".*<th scope="row"/s)
    }
    expect([...html.matchAll(/<svg /g)]).toHaveLength(1)
  })

  test('has the same bytes however often it is rendered', () => {
    expect(htmlOf(evil)).toBe(html)
    expect(html).not.toMatch(/zr\d|ecmeta/)
  })
})

test('Markdown shows hostile text as it was written', () => {
  const rows = markdownOf(evil)
    .split('\n')
    .filter((line) => line.startsWith('| act'))
  expect(rows).toHaveLength(2)
  for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(12)
})

describe('JSON', () => {
  test('decodes to the same report', () => {
    fc.assert(
      fc.property(someEvents, anyStyle, (events, style) => {
        const report = reportOn(style, events)
        const read = decodeReport(JSON.parse(jsonOf(report)))
        expect(E.isRight(read) && jsonOf(read.right)).toBe(jsonOf(report))
      }),
    )
  })

  const [first, ...others] = evil.sections
  test.each([
    ['an unknown field', { ...evil, note: 1 }, 'note', 'unknown field'],
    ['another format', { ...evil, format: 'x' }, 'format', '"redress-transparency-1"'],
    ['a missing sequence', { ...evil, sequence: undefined }, 'sequence', 'a whole number'],
    ['a fractional sequence', { ...evil, sequence: 1.5 }, 'sequence', 'a whole number of at least 0'],
    [
      'a period that ends before it starts',
      { ...evil, period: { ...evil.period, to: evil.period.from } },
      'period.to',
      'a time after period.from',
    ],
    [
      'a text instead of a figure',
      { ...evil, sections: [{ ...first, total: { received: '1' } }, ...others] },
      'sections[0].total.received',
      'a number',
    ],
    ['a missing section', { ...evil, sections: others }, 'sections', '9 sections'],
    [
      'another section',
      { ...evil, sections: [{ ...first, id: 'x' }, ...others] },
      'sections[0].id',
      '"orders"',
    ],
    [
      'other measures',
      { ...evil, sections: [{ ...first, measures: [] }, ...others] },
      'sections[0].measures',
      'those named received',
    ],
  ])('given %s, then the field is named', (_, json, path, expected) => {
    const read = decodeReport(json)
    expect(read).toMatchObject({ left: [{ path, problem: expect.stringContaining(expected) }] })
  })
})
