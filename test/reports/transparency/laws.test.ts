import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { inOrder } from '../../../src/domain/account.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { instantOf } from '../../../src/domain/time.ts'
import { decodeReport } from '../../../src/reports/transparency/codec.ts'
import { csvOf } from '../../../src/reports/transparency/formats/csv.ts'
import { markdownOf } from '../../../src/reports/transparency/formats/markdown.ts'
import { jsonOf } from '../../../src/reports/transparency/formats/render.ts'
import type { Report } from '../../../src/reports/transparency/report.ts'
import { startRestatement } from '../../../src/reports/transparency/restatement/make.ts'
import { happened } from '../../domain/happenings.ts'
import {
  accountsIn,
  anyStyle,
  DAY,
  ledgerOf,
  may,
  reportOn,
  sectionOf,
  someEvents,
  wholeMay,
} from './reporting.ts'

type Decision = StoredEvent<'account.deactivated.v1' | 'content.removed.v1'>

/** The decisions in events, counted independently: the first event of each account's decision id. */
const decisionsOf = (events: ReadonlyArray<StoredEvent>): ReadonlyArray<Decision> => {
  const first = new Map<string, Decision>()
  for (const event of inOrder(events)) {
    if (event.type !== 'account.deactivated.v1' && event.type !== 'content.removed.v1') continue
    const key = `${event.subject} ${event.data.decisionId}`
    if (!first.has(key)) first.set(key, event)
  }
  return [...first.values()]
}

const within = (events: ReadonlyArray<Decision>, from: number, to: number): ReadonlyArray<Decision> =>
  events.filter(({ time }) => instantOf(time) >= from && instantOf(time) < to)

/** The sum of a measure over rows of some sections. */
const sum = (
  report: Report,
  ids: ReadonlyArray<string>,
  measure: string,
  only: Readonly<Record<string, string>> = {},
): number =>
  ids
    .flatMap((id) => sectionOf(report, id).rows)
    .filter(({ dimensions }) => Object.entries(only).every(([name, value]) => dimensions[name] === value))
    .reduce((total, { figures }) => total + (figures[measure] ?? 0), 0)

const measures = ['own_initiative', 'on_notice', 'on_order']

describe('given any events', () => {
  test('every decision of the period is counted once, in every breakdown', () => {
    fc.assert(
      fc.property(
        someEvents,
        fc.integer({ min: 1, max: 32 }),
        fc.integer({ min: 1, max: 32 }),
        (events, a, b) => {
          const period = { from: may(Math.min(a, b)), to: may(Math.max(a, b) + 1) }
          const decisions = within(decisionsOf(events), period.from, period.to)
          const dsa = reportOn('dsa', events, period)
          const platform = reportOn('platform', events, period)

          expect(sum(dsa, measures, 'decisions')).toBe(decisions.length)
          expect(sum(dsa, ['automated_means'], 'decisions')).toBe(decisions.length)
          const parts = [
            ['content_removed', 'account_suspended', 'account_terminated'],
            ['fully_automated', 'partially_automated', 'not_automated'],
          ]
          for (const names of parts) {
            expect(names.reduce((n, name) => n + sum(dsa, measures, name), 0)).toBe(decisions.length)
          }
          for (const category of ['spam', 'adult_content']) {
            for (const basis of ['law', 'terms', 'unstated']) {
              const own = decisions.filter(
                ({ data }) => data.category === category && (data.basis?.kind ?? 'unstated') === basis,
              )
              expect(sum(dsa, measures, 'decisions', { category, basis })).toBe(own.length)
            }
            const [contents, accounts] = (['content.removed.v1', 'account.deactivated.v1'] as const).map(
              (type) =>
                decisions.filter((each) => each.type === type && each.data.category === category).length,
            )
            expect(sum(platform, ['deactivated'], 'content_deactivated', { policy: category })).toBe(contents)
            expect(sum(platform, ['deactivated'], 'accounts_deactivated', { policy: category })).toBe(
              accounts,
            )
          }
        },
      ),
    )
  })

  test('totals are the sums of the rows, and the parts of a count add up to it', () => {
    fc.assert(
      fc.property(someEvents, anyStyle, (events, style) => {
        const report = reportOn(style, events)
        for (const { id, measures: own, total } of report.sections) {
          for (const { name, unit } of own) {
            if (unit === 'count') expect([id, name, total[name]]).toEqual([id, name, sum(report, [id], name)])
          }
        }
        const partsOf: Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>> = {
          notices: { acted_on: ['acted_on_law', 'acted_on_terms', 'acted_on_unstated'] },
          orders: { acted_on: ['acted_on_law', 'acted_on_terms', 'acted_on_unstated'] },
          complaints: { answered: ['upheld', 'reversed', 'modified', 'omitted'] },
          automated_means: { overturned: ['overturned_appeal', 'overturned_correction', 'overturned_order'] },
          appeals: { reviewed: ['upheld', 'reversed', 'modified'] },
        }
        for (const { id, rows } of report.sections) {
          for (const [whole, parts] of Object.entries(partsOf[id] ?? {})) {
            for (const { figures } of rows) {
              expect(parts.reduce((n, part) => n + (figures[part] ?? 0), 0)).toBe(figures[whole])
            }
          }
        }
      }),
    )
  })

  test('the reports of two consecutive periods add up to that of both', () => {
    fc.assert(
      fc.property(someEvents, anyStyle, fc.integer({ min: 0, max: 31 * 24 }), (events, style, hour) => {
        const middle = may(1) + (hour * DAY) / 24
        const whole = reportOn(style, events)
        const halves = [
          reportOn(style, events, { from: wholeMay.from, to: middle }),
          reportOn(style, events, { from: middle, to: wholeMay.to }),
        ]
        for (const { id, measures: own, rows } of whole.sections) {
          const halfRows = halves.flatMap((half) => sectionOf(half, id).rows)
          const keys = new Set(halfRows.map(({ dimensions }) => JSON.stringify(dimensions)))
          expect([...keys].sort()).toEqual(rows.map(({ dimensions }) => JSON.stringify(dimensions)).sort())
          for (const { name, unit } of own) {
            if (unit !== 'count') continue
            for (const { dimensions, figures } of rows) {
              const added = halves.reduce((n, half) => n + sum(half, [id], name, dimensions), 0)
              expect(added).toBe(figures[name])
            }
          }
        }
      }),
    )
  })

  test('neither the order of delivery nor a redelivery changes a byte', () => {
    fc.assert(
      fc.property(
        someEvents.chain((events) =>
          fc.record({
            events: fc.constant(events),
            again: fc.shuffledSubarray([...events, ...events.slice(0, 5)], {
              minLength: events.length + Math.min(5, events.length),
            }),
          }),
        ),
        anyStyle,
        ({ events, again }, style) => {
          expect(jsonOf(reportOn(style, again, wholeMay, again.length))).toBe(
            jsonOf({ ...reportOn(style, events), sequence: again.length }),
          )
        },
      ),
    )
  })

  test('a proactive reinstatement never counts as a won appeal, and each decision ends once', () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        const report = reportOn('platform', events, { from: may(1), to: may(40) })
        const ordered = inOrder(events)
        const endings = { after_appeal: 0, proactively: 0, by_order: 0 }
        for (const { subject, data } of decisionsOf(events)) {
          const reversals = ordered.flatMap((event) =>
            (event.type === 'account.reinstated.v1' || event.type === 'content.restored.v1') &&
            event.subject === subject &&
            (event.data.decisionIds as ReadonlyArray<string>).includes(data.decisionId) &&
            event.data.reason !== 'expiry'
              ? [event.data.reason]
              : [],
          )
          if (reversals[0] === 'appeal') endings.after_appeal++
          if (reversals[0] === 'correction') endings.proactively++
          if (reversals[0] === 'order') endings.by_order++
        }
        for (const [name, n] of Object.entries(endings)) expect(sum(report, ['reinstated'], name)).toBe(n)
        const ended = ['after_appeal', 'proactively', 'by_order', 'term_served', 'won_not_put_back']
        expect(ended.reduce((n, name) => n + sum(report, ['reinstated'], name), 0)).toBeLessThanOrEqual(
          decisionsOf(events).length,
        )
      }),
    )
  })

  test('no figure is negative or not a number, and no format shows such a figure', () => {
    fc.assert(
      fc.property(someEvents, anyStyle, (events, style) => {
        const report = reportOn(style, events)
        for (const { rows, total } of report.sections) {
          for (const figure of [total, ...rows.map(({ figures }) => figures)].flatMap((f) =>
            Object.values(f),
          )) {
            expect(figure === null || (Number.isFinite(figure) && figure >= 0)).toBe(true)
          }
        }
        for (const text of [jsonOf(report), csvOf(report), markdownOf(report)]) {
          expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/)
        }
      }),
    )
  })

  test('a restatement explains each difference by later events, whose changes add up to it', () => {
    fc.assert(
      fc.property(
        someEvents.chain((events) =>
          fc.record({ events: fc.constant(events), known: fc.integer({ min: 0, max: events.length }) }),
        ),
        anyStyle,
        ({ events, known }, style) => {
          const earlier = reportOn(style, events, wholeMay, known)
          const later = reportOn(style, events)
          const restating = startRestatement(earlier, 'ab', events.length)
          for (const account of accountsIn(ledgerOf(events), events.length)) restating.onAccount(account)
          const { earlier: checked, differences, events: named } = restating.finish([])

          expect(checked).toMatchObject({ isReproduced: true, unexplained: [], otherParts: [] })
          for (const { section, dimensions, measure, unit, before, after, because } of differences) {
            expect(because.length).toBeGreaterThan(0)
            expect(because.every(({ sequence }) => sequence > known)).toBe(true)
            for (const { sequence } of because) {
              expect(named.find((event) => event.sequence === sequence)?.id).toBe(events[sequence - 1]?.id)
            }
            if (unit === 'count') {
              const explained = because.reduce((n, { change }) => n + (change ?? 0), 0)
              expect((before ?? 0) + explained).toBe(after)
            }
            const { rows, total } = sectionOf(later, section)
            const row = rows.find((each) => JSON.stringify(each.dimensions) === JSON.stringify(dimensions))
            expect(
              (dimensions === null ? total : row?.figures)?.[measure] ?? (unit === 'count' ? 0 : null),
            ).toBe(after)
          }
          const unchanged = jsonOf({ ...earlier, sequence: 0 }) === jsonOf({ ...later, sequence: 0 })
          expect(unchanged || differences.length > 0 || hasEmptyRows(later, earlier)).toBe(true)
        },
      ),
    )
  })
})

test('given a report from before changes and audits were counted, then it can be read, and its other tables are restated', () => {
  const made = happened('account.deactivated.v1', { decisionId: 'd1', until: '2025-05-20T00:00:00Z' })
  const change = (day: number) =>
    happened('decision.changed.v1', { decisionId: 'd1', until: `2025-07-${day}T00:00:00Z` }, { day })
  const events = [made, change(10), change(12)]
  const { sections, ...rest } = reportOn('dsa', events, wholeMay, 2)
  const json = { ...rest, sections: sections.filter(({ id }) => id !== 'changes' && id !== 'precision') }
  const earlier = decodeReport(JSON.parse(JSON.stringify(json)))
  if (E.isLeft(earlier)) throw new Error(JSON.stringify(earlier.left))

  const restating = startRestatement(earlier.right, 'ab', events.length)
  for (const account of accountsIn(ledgerOf(events), events.length)) restating.onAccount(account)
  const { earlier: checked, differences } = restating.finish([])

  expect(checked).toMatchObject({ isReproduced: true, unexplained: [], otherParts: [] })
  expect(differences).toContainEqual(
    expect.objectContaining({
      section: 'changes',
      dimensions: null,
      measure: 'harsher',
      before: 1,
      after: 2,
    }),
  )
})

/** Whether only rows that are all zeros were added or removed. */
const hasEmptyRows = (one: Report, other: Report): boolean =>
  [...one.sections, ...other.sections].some(({ rows }) =>
    rows.some(({ figures }) => Object.values(figures).every((figure) => figure === 0 || figure === null)),
  )
