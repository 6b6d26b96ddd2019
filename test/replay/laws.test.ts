import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../src/domain/event.ts'
import type { Correction } from '../../src/replay/correction/correction.ts'
import { facts } from '../../src/replay/result/facts.ts'
import { replay } from '../../src/replay/result/replay.ts'
import { summarize } from '../../src/replay/result/summary.ts'
import { often } from '../long/often.ts'
import { correctionOf } from './corrections.ts'
import { correcting, documentOf, histories, historyOf, historyUnder } from './histories.ts'

/** Enough to find an order that matters; each run replays histories of some forty events. */
const runs = { numRuns: often(400, 4_000) }

const everyWord = [
  ...['wrongful', 'unexplained_wrongful', 'excessive', 'lenient', 'upheld', 'unexplained_upheld'],
  ...['indeterminate', 'unreproducible', 'missed'],
  ...['reinstate', 'restore', 'annul', 'review', 'none'],
  ...facts,
]

/** Everything that a replay and its summary report about events delivered in this order. */
const resultOf = (events: ReadonlyArray<IncomingEvent>, correction: Correction) => {
  const history = historyOf(events, correction)
  const { inForce, ...result } = replay(history, correction)
  const summary = summarize(
    { inForce, ...result },
    { history, correction, window: { from: null, to: null }, sequence: events.length },
  )
  return { ...result, summary }
}

describe('given any history and any correction', () => {
  test('when the events are delivered in another order, then the result is the same', () => {
    fc.assert(
      fc.property(
        histories.chain(({ events, correction }) =>
          fc.record({
            events: fc.constant(events),
            shuffled: fc.shuffledSubarray([...events], { minLength: events.length }),
            correction: fc.constant(correctionOf(correction)),
          }),
        ),
        ({ events, shuffled, correction }) => {
          expect(resultOf(shuffled, correction)).toEqual(resultOf(events, correction))
        },
      ),
      runs,
    )
  })

  test('when it is replayed twice, then both digests are the same', () => {
    fc.assert(
      fc.property(histories, ({ events, ...given }) => {
        const correction = correctionOf(given.correction)
        const history = historyOf(events, correction)
        expect(replay(history, correction).digest).toBe(replay(history, correction).digest)
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
          const correction = correctionOf(given.correction)
          const history = historyOf(given.events, correction)
          const from = Date.UTC(2025, 2, 1) + hour * 3_600_000
          const to = from + length * 3_600_000
          const inside = replay(history, correction).rows.filter(({ occurredAt }) => {
            const at = Date.parse(occurredAt)
            return at >= from && at < to
          })
          expect(replay(history, correction, { from, to }).rows).toEqual(inside)
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
        const correction = correcting(document)
        const { rows } = replay(historyOf(events, correction), correction)
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
          const narrow = correcting(given.corrected)
          const wide = correcting({
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
    for (const { events, ...given } of fc.sample(histories, { numRuns: 3000, seed: 20250428 })) {
      const correction = correctionOf(given.correction)
      for (const row of replay(historyOf(events, correction), correction).rows) {
        for (const word of [row.class, row.remedy, ...row.facts]) seen.add(word)
      }
    }
    expect([...seen].sort()).toEqual([...everyWord].sort())
  })
})
