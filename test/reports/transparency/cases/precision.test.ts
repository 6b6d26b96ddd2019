import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../../../src/domain/event.ts'
import { rowsOf } from '../../../../src/projection/duckdb.ts'
import { renderReport, reportFormats } from '../../../../src/reports/transparency/formats/render.ts'
import { makeReport } from '../../../../src/reports/transparency/make.ts'
import { styles } from '../../../../src/reports/transparency/styles/index.ts'
import { unwrap } from '../../../ledger/events.ts'
import { service } from '../../../replay/histories.ts'
import { audited, outsideSample, sampled } from '../../audited.ts'
import { at, DAY, looked } from '../../health/looking.ts'
import { figuresIn, sectionOf } from '../reporting.ts'

const march = { from: at(0), to: at(31) }
const [first, second, third] = sampled

/** A ledger's report of the month, and of the days after the decisions, and the month's figures in SQL. */
const reported = (events: ReadonlyArray<IncomingEvent>) =>
  looked(events, async (published) => ({
    report: unwrap(await makeReport(published, styles.dsa, march, { at: null })),
    after: unwrap(await makeReport(published, styles.platform, { ...march, from: at(12) }, { at: null })),
    rows: await rowsOf(
      published.connection,
      `SELECT rule, ruleset, ruleset_version, audited::DOUBLE, audited_right::DOUBLE, enforcement_precision_low,
        enforcement_precision_high FROM rule_health WHERE audited > 0 ORDER BY ALL`,
    ),
  }))

describe('given decisions that were audited', () => {
  const given = reported([
    ...audited(first, 'a', 'right', 'wrong'),
    ...audited(second, 'a', 'unsure', 'wrong'),
    ...audited(third, 'b', 'right'),
    ...audited(outsideSample, 'a', 'wrong'),
  ])

  test('then precision is that of SQL, with where it lies', async () => {
    const { report, rows } = await given
    const own = sectionOf(report, 'precision').rows.map(({ dimensions, figures }) => [
      ...Object.values(dimensions),
      figures.audited,
      figures.right,
    ])
    expect(own).toEqual(rows.map((row) => row.slice(0, 5)))
    for (const [i, { figures }] of sectionOf(report, 'precision').rows.entries()) {
      expect(figures.precision_low).toBeCloseTo(Number(rows[i]?.[5]), 9)
      expect(figures.precision_high).toBeCloseTo(Number(rows[i]?.[6]), 9)
    }
    expect(figuresIn(report, 'precision')).toMatchObject({
      'total audited': 3,
      'total right': 2,
      'total wrong': 1,
      'total precision': 2 / 3,
    })
  })

  test('then no format says who looked, or whose decision it was', async () => {
    const { report } = await given
    for (const format of reportFormats) {
      const text = await renderReport(report, format)
      expect(text).toMatch(/precision.low/i)
      expect(text).not.toMatch(/reviewer-1|a-d-12|d-12/)
    }
  })

  test('when they were made outside the period, then they do not count, whenever they were audited', async () => {
    const { after } = await given
    expect(sectionOf(after, 'precision').rows).toEqual([])
    expect(await renderReport(after, 'md')).toMatch(/## Audits: .*\n\n.*\n\nNo cases in this period\.\n/)
  })
})

test('given a decision on flags of two rules, one of them twice, then it counts once for each', async () => {
  const flags = ['a', 'b', 'b'].map((rule, i) =>
    service.flagged(`a-${first}`, 9 * DAY + i, { flagId: `f${i}`, rule: { id: rule } }),
  )
  const grounds = { decisionId: first, grounds: ['f0', 'f1', 'f2'] }
  const [, , verdict] = audited(first, 'a', 'wrong')
  if (verdict === undefined) throw new Error('no verdict')
  const { report } = await reported([...flags, service.banned(`a-${first}`, 10 * DAY, grounds), verdict])
  const counted = sectionOf(report, 'precision').rows.map(({ dimensions, figures }) => [
    dimensions.rule,
    figures.wrong,
  ])
  expect(counted).toEqual([
    ['a', 1],
    ['b', 1],
  ])
})
