import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../src/domain/event.ts'
import { facts } from '../../src/replay/result/facts.ts'
import { replay } from '../../src/replay/result/replay.ts'
import { summarize } from '../../src/replay/result/summary.ts'
import type { Ruleset } from '../../src/rulesets/ruleset.ts'
import { often } from '../long/often.ts'
import { compiled, documentOf, histories, historyOf, historyUnder } from './histories.ts'

/** Enough to find an order that matters; each run replays histories of some forty events. */
const runs = { numRuns: often(400, 4_000) }

const everyWord = [
  ...['wrongful', 'unexplained_wrongful', 'excessive', 'lenient', 'upheld', 'unexplained_upheld'],
  ...['indeterminate', 'unreproducible', 'missed'],
  ...['reinstate', 'restore', 'annul', 'review', 'none'],
  ...facts,
]

/** Everything that a replay and its summary report about events delivered in this order. */
const resultOf = (events: ReadonlyArray<IncomingEvent>, corrected: Ruleset) => {
  const history = historyOf(events, corrected)
  const { inForce, ...result } = replay(history, corrected)
  const summary = summarize(
    { inForce, ...result },
    { history, corrected, window: { from: null, to: null }, sequence: events.length },
  )
  return { ...result, summary }
}

describe('given any history and any corrected ruleset', () => {
  test('when the events are delivered in another order, then the result is the same', () => {
    fc.assert(
      fc.property(
        histories.chain(({ events, corrected }) =>
          fc.record({
            events: fc.constant(events),
            shuffled: fc.shuffledSubarray([...events], { minLength: events.length }),
            corrected: fc.constant(compiled(corrected)),
          }),
        ),
        ({ events, shuffled, corrected }) => {
          expect(resultOf(shuffled, corrected)).toEqual(resultOf(events, corrected))
        },
      ),
      runs,
    )
  })

  test('when it is replayed twice, then both digests are the same', () => {
    fc.assert(
      fc.property(histories, ({ events, corrected }) => {
        const ruleset = compiled(corrected)
        const history = historyOf(events, ruleset)
        expect(replay(history, ruleset).digest).toBe(replay(history, ruleset).digest)
      }),
      runs,
    )
  })

  test('when a window limits it, then it reports just those rows, judged the same', () => {
    fc.assert(
      fc.property(
        histories,
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 100 }),
        (given, hour, length) => {
          const ruleset = compiled(given.corrected)
          const history = historyOf(given.events, ruleset)
          const from = Date.UTC(2025, 2, 1) + hour * 3_600_000
          const to = from + length * 3_600_000
          const inside = replay(history, ruleset).rows.filter(({ occurredAt }) => {
            const at = Date.parse(occurredAt)
            return at >= from && at < to
          })
          expect(replay(history, ruleset, { from, to }).rows).toEqual(inside)
        },
      ),
      runs,
    )
  })
})

describe('given a history under one version only', () => {
  const oneVersion = documentOf('v1').chain((document) =>
    fc.record({ document: fc.constant(document), events: historyUnder([document]) }),
  )

  test('when that version is the corrected one, then nothing is wrongful, other than by cascades from unexplained decisions', () => {
    fc.assert(
      fc.property(oneVersion, ({ document, events }) => {
        const corrected = compiled(document)
        const { rows } = replay(historyOf(events, corrected), corrected)
        const wrongful = rows.filter((row) => row.class === 'wrongful')
        for (const row of wrongful) expect(row.facts).toContain('cascaded')
        if (!rows.some((row) => row.class === 'unexplained_wrongful')) expect(wrongful).toEqual([])
      }),
      { numRuns: often(1_000, 10_000) },
    )
  })
})

describe('given a corrected ruleset and the same with one condition widened', () => {
  test('when both are replayed, then no upheld decision becomes wrongful', () => {
    fc.assert(
      fc.property(
        histories,
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 10 }),
        (given, n, score) => {
          const narrow = compiled(given.corrected)
          const wide = compiled({
            ...given.corrected,
            rules: given.corrected.rules.map((rule, i) =>
              i === n ? { ...rule, when: `${rule.when} || signals.score >= ${score}` } : rule,
            ),
          })
          const after = new Map(
            replay(historyOf(given.events, wide), wide).rows.map((row) => [row.decisionId, row.class]),
          )
          for (const row of replay(historyOf(given.events, narrow), narrow).rows) {
            if (row.class !== 'upheld' && row.class !== 'unexplained_upheld') continue
            expect(['upheld', 'unexplained_upheld', 'lenient']).toContain(after.get(row.decisionId))
          }
        },
      ),
      { numRuns: often(1_000, 10_000) },
    )
  })
})

describe('given the histories that these laws are tested on', () => {
  test('when many are replayed, then every class, every fact and every remedy occurs', () => {
    const seen = new Set<string>()
    for (const { events, corrected } of fc.sample(histories, { numRuns: 1500, seed: 20250428 })) {
      const ruleset = compiled(corrected)
      for (const row of replay(historyOf(events, ruleset), ruleset).rows) {
        for (const word of [row.class, row.remedy, ...row.facts]) seen.add(word)
      }
    }
    expect([...seen].sort()).toEqual([...everyWord].sort())
  })
})
