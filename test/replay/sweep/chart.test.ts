import { describe, expect, test } from 'vitest'
import { sweepSvg } from '../../../src/replay/sweep/chart.ts'
import { report } from './reports.ts'

describe('given a report of a sweep', () => {
  test('when it is drawn, then there is a panel for each class that is shown, and the own threshold is marked', () => {
    const svg = sweepSvg(report)
    for (const cls of ['upheld', 'wrongful', 'indeterminate', 'missed', 'lenient']) {
      expect(svg).toContain(`>${cls}</text>`)
    }
    expect(svg).not.toContain('>excessive</text>')
    expect(svg).toContain('>now 0.90</text>')
    expect(svg).toContain('>a: signals.score &gt;=</text>')
    expect(svg).not.toMatch(/NaN|undefined/)
  })

  test('when it is drawn again, then it is the same, byte for byte', () => {
    expect(sweepSvg(report)).toBe(sweepSvg(report))
  })
})
