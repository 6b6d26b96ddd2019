import { describe, expect, test } from 'vitest'
import { formatInstant } from '../../../../src/domain/time.ts'
import { restatementMarkdown } from '../../../../src/reports/transparency/restatement/markdown.ts'
import type {
  Difference,
  Restatement,
  TouchingEvent,
} from '../../../../src/reports/transparency/restatement/restate.ts'
import { wholeMay } from '../reporting.ts'

const restatement: Restatement = {
  format: 'redress-restatement-1',
  style: 'dsa',
  title: 'Report of May',
  period: { from: formatInstant(wholeMay.from), to: formatInstant(wholeMay.to), rule: 'by time' },
  earlier: { sequence: 1_000, sha256: 'abc', isReproduced: true, otherParts: [], unexplained: [] },
  sequence: 2_000,
  differences: [],
  events: [],
}
const eventAt = (sequence: number): TouchingEvent => ({
  sequence,
  source: '/services/policy',
  id: `e${sequence}`,
  type: 'decision.changed.v1',
  account: 'u1',
  decisionIds: ['d1', 'd2'],
  occurredAt: '2025-05-02T00:00:00.000Z',
  recordedAt: '2025-06-03T00:00:00.000Z',
})
const decisions: Difference = {
  section: 'own_initiative',
  dimensions: { category: 'spam', kind: 'removal' },
  measure: 'decisions',
  unit: 'count',
  before: 1_500,
  after: 1_498,
  because: [{ sequence: 1_001, change: -2 }],
}

/** The cells of the table's row that starts with a text. */
const cellsAfter = (text: string, start: string): ReadonlyArray<string> => {
  const line = text.split('\n').find((each) => each.startsWith(start))
  if (line === undefined) throw new Error(`no line starts with ${start}:\n${text}`)
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
}

describe('given a restatement', () => {
  test('when nothing differs, then it says so, after what it compares', () => {
    const lines = restatementMarkdown(restatement).split('\n')
    expect(lines.slice(0, 5)).toEqual([
      '# Restatement: Report of May',
      '',
      '- Period: 2025-05-01T00:00:00.000Z to 2025-06-01T00:00:00.000Z (exclusive)',
      '- Earlier report: at sequence 1,000, SHA-256 of its file abc',
      '- This restatement: at sequence 2,000',
    ])
    expect(lines).toContain('This ledger reproduces the earlier report, figure for figure.')
    expect(lines).toContain('None: no event that arrived since affects a figure of this period.')
  })

  test('when a count differs, then before, after and the change are shown, with the event that changed it', () => {
    const text = restatementMarkdown({ ...restatement, differences: [decisions], events: [eventAt(1_001)] })
    expect(cellsAfter(text, '| own')).toEqual([
      ...['own_initiative', 'spam, removal', 'Decisions', '1,500', '1,498', '\u22122'],
    ])
    expect(cellsAfter(text, '| 1001')).toEqual([
      ...['1001', '\u22122', '/services/policy e1001', 'decision.changed.v1', 'u1', 'd1, d2'],
      ...['2025-05-02T00:00:00.000Z', '2025-06-03T00:00:00.000Z'],
    ])
  })

  test('when a figure was missing, then a count changes from 0', () => {
    const more = { ...decisions, before: null, after: 3 }
    expect(cellsAfter(restatementMarkdown({ ...restatement, differences: [more] }), '| own').at(-1)).toBe(
      '+3',
    )
  })

  test('when a time differs, then no change is counted, and its events change the cases', () => {
    const median: Difference = {
      ...decisions,
      ...({ measure: 'median', unit: 'ms', before: 60_000, after: 120_000 } as const),
      because: [{ sequence: 1_001, change: null }],
    }
    const text = restatementMarkdown({ ...restatement, differences: [median], events: [eventAt(1_001)] })
    expect(cellsAfter(text, '| own').at(-1)).toBe('')
    expect(cellsAfter(text, '| 1001')[1]).toBe('changes the cases')
  })

  test('when a total differs, then its events are not listed: they are those of its rows', () => {
    const text = restatementMarkdown({ ...restatement, differences: [{ ...decisions, dimensions: null }] })
    expect(cellsAfter(text, '| own')[1]).toBe('total')
    expect(text).not.toContain('###')
  })

  test('when more than twenty events affect a figure, then the rest are counted', () => {
    const because = Array.from({ length: 1_021 }, (_, i) => ({ sequence: 1_001 + i, change: 1 }))
    const events = because.map(({ sequence }) => eventAt(sequence))
    const text = restatementMarkdown({ ...restatement, differences: [{ ...decisions, because }], events })
    expect(text.match(/^\| 1\d\d\d \|/gm)).toHaveLength(20)
    expect(text).toContain('And 1,001 more; the JSON has all.')
  })

  test('when names are hostile, then they are shown as they are', () => {
    const event = { ...eventAt(1_001), account: 'u|1 <b>' }
    const text = restatementMarkdown({
      ...restatement,
      ...{ title: '<script>', differences: [decisions], events: [event] },
    })
    expect(text).not.toMatch(/<script>|<b>/)
    expect(cellsAfter(text, '| 1001')).toHaveLength(8)
  })
})

describe('given a restatement of a report that the ledger does not reproduce', () => {
  const earlier = { ...restatement.earlier, isReproduced: false }

  test('when parts differ, then they are named', () => {
    const text = restatementMarkdown({
      ...restatement,
      earlier: { ...earlier, otherParts: ['rulesets', 'title'] },
    })
    expect(text).toContain('**This ledger does not reproduce the earlier report.**')
    expect(text).toContain('Parts that differ: rulesets, title.')
    expect(text).not.toContain('Figures as published')
  })

  test('when figures differ, then they are listed, without events', () => {
    const { because: _, ...change } = decisions
    const text = restatementMarkdown({ ...restatement, earlier: { ...earlier, unexplained: [change] } })
    expect(text).not.toContain('Parts that differ')
    expect(text).toContain('no event explains the differences:')
    expect(cellsAfter(text, '| own').slice(-3)).toEqual(['1,500', '1,498', '\u22122'])
  })
})
