import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IncomingEvent } from '../../src/domain/event.ts'
import type { Correction } from '../../src/replay/correction/correction.ts'
import { judgeHistory } from '../../src/replay/reference/judge-history.ts'
import { rescoringThatCounts } from '../../src/replay/reference/rescored.ts'
import { facts } from '../../src/replay/result/facts.ts'
import { replay } from '../../src/replay/result/replay.ts'
import { summarize } from '../../src/replay/result/summary.ts'
import { often } from '../long/often.ts'
import { correctionOf } from './corrections.ts'
import {
  correcting,
  documentOf,
  histories,
  historyOf,
  historyUnder,
  RULESET,
  withdrawals,
} from './histories.ts'

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
    { history, correction, window: { from: null, to: null }, engine: 'reference', sequence: events.length },
  )
  return { ...result, rows: result.rows.all(), summary }
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
          const inside = replay(history, correction)
            .rows.all()
            .filter(({ occurredAt }) => {
              const at = Date.parse(occurredAt)
              return at >= from && at < to
            })
          expect(replay(history, correction, { from, to }).rows.all()).toEqual(inside)
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
        const wrongful = rows.all().filter((row) => row.class === 'wrongful')
        for (const row of wrongful) expect(row.facts).toContain('cascaded')
        if (!rows.all().some((row) => row.class === 'unexplained_wrongful')) expect(wrongful).toEqual([])
      }),
      { numRuns: often(400, 10_000) },
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
            replay(historyOf(given.events, wide), wide)
              .rows.all()
              .map((row) => [row.decisionId, row.class]),
          )
          for (const row of replay(historyOf(given.events, narrow), narrow).rows) {
            if (row.class !== 'upheld' && row.class !== 'unexplained_upheld') continue
            expect(['upheld', 'unexplained_upheld', 'lenient']).toContain(after.get(row.decisionId))
          }
        },
      ),
      { numRuns: often(400, 10_000) },
    )
  })
})

describe('given a correction that corrects nothing but the rules', () => {
  test('when it is replayed, then all but the digest is as under that ruleset alone', () => {
    fc.assert(
      fc.property(histories, ({ events, corrected }) => {
        const alone = correcting(corrected)
        const empty = correctionOf({ correction: 'empty', ruleset: corrected, rescored: 'ignore' })
        const { digest, summary, ...result } = resultOf(events, empty)
        const { digest: other, summary: otherSummary, ...expected } = resultOf(events, alone)
        expect(result).toEqual(expected)
        expect({ ...summary, digest: other, correction: null }).toEqual(otherSummary)
        expect(digest).not.toBe(other)
      }),
      runs,
    )
  })
})

describe('given a correction that says that rules and evidence were right', () => {
  test('when it is replayed, then what A calls for is wrongful only by a cascade', () => {
    let wrongful = 0
    fc.assert(
      fc.property(histories, ({ events }) => {
        const correction = correctionOf({ correction: 'c', ruleset: { id: RULESET }, rescored: 'ignore' })
        for (const row of replay(historyOf(events, correction), correction).rows) {
          if (row.class !== 'wrongful') continue
          wrongful++
          expect(row.facts).toContain('cascaded')
        }
      }),
      { numRuns: often(1_200, 10_000) },
    )
    // About 40 are expected: few histories have a ban that only a cascade makes wrongful.
    expect(wrongful).toBeGreaterThan(5)
  })
})

/** How true each flag is for everything that it can be evidence for. */
const truthsOf = (events: ReadonlyArray<IncomingEvent>, correction: Correction) => {
  const history = historyOf(events, correction)
  const { corrected } = judgeHistory(history, correction).context
  const rulesets = [undefined, ...history.versions.map(({ ruleset }) => ruleset)]
  return rulesets.flatMap((own) =>
    [...history.flags.values()].map((flag) => ({ flag, truth: corrected.read(own)(flag).truth })),
  )
}
const rank = { false: 0, unknown: 1, true: 2 }

describe('given withdrawals', () => {
  test('when they are in another order, then no row changes', () => {
    fc.assert(
      fc.property(
        histories.map(({ events, correction }) => ({
          events,
          before: correctionOf(correction),
          after: correctionOf({ ...correction, withdrawals: correction.withdrawals?.toReversed() ?? [] }),
        })),
        ({ events, before, after }) => {
          expect(replay(historyOf(events, after), after).rows.all()).toEqual(
            replay(historyOf(events, before), before).rows.all(),
          )
        },
      ),
      runs,
    )
  })

  test('when they say that their flags are false instead of unknown, then no flag becomes truer', () => {
    let lower = 0
    fc.assert(
      fc.property(
        histories.map(({ events, correction }) => {
          const as = (truth: 'unknown' | 'false') =>
            correctionOf({
              ...correction,
              withdrawals: (correction.withdrawals ?? []).map((each) => ({ ...each, truth })),
            })
          return { events, unknown: as('unknown'), asFalse: as('false') }
        }),
        ({ events, unknown, asFalse }) => {
          const truths = truthsOf(events, asFalse)
          for (const [n, { truth }] of truthsOf(events, unknown).entries()) {
            const other = truths[n]?.truth ?? 'true'
            expect(rank[other]).toBeLessThanOrEqual(rank[truth])
            if (rank[other] < rank[truth]) lower++
          }
        },
      ),
      runs,
    )
    expect(lower).toBeGreaterThan(50)
  })

  test('when there is one more, in which no rescoring is, then no flag becomes truer', () => {
    const seen = { lower: 0, rescored: 0 }
    fc.assert(
      fc.property(
        histories,
        withdrawals.map((more) => ({ ...more, id: 'more' })),
        ({ events, correction }, more) => {
          const before = correctionOf(correction)
          const after = correctionOf({
            ...correction,
            withdrawals: [...(correction.withdrawals ?? []), more],
          })
          const history = historyOf(events, before)
          const onlyMore = after.withdrawals.slice(-1)
          const rescorings = [...history.flags.values()].flatMap((flag) =>
            history.rescoringsOf(flag).map((rescoring) => ({ flag, rescoring })),
          )
          // A rescoring that is withdrawn no longer counts, and an earlier one may then say more.
          fc.pre(
            rescorings.every(
              ({ flag, rescoring }) => rescoringThatCounts(flag, [rescoring], onlyMore) !== null,
            ),
          )
          seen.rescored += rescorings.length
          const truths = truthsOf(events, after)
          for (const [n, { truth }] of truthsOf(events, before).entries()) {
            const other = truths[n]?.truth ?? 'true'
            expect(rank[other]).toBeLessThanOrEqual(rank[truth])
            if (rank[other] < rank[truth]) seen.lower++
          }
        },
      ),
      runs,
    )
    expect(Math.min(seen.lower, seen.rescored)).toBeGreaterThan(50)
  })
})

describe('given any two corrections of one ruleset id', () => {
  test('when both are replayed, then the rules of the day say the same', () => {
    fc.assert(
      fc.property(histories, ({ events, correction, corrected }) => {
        const ofTheDay = (each: Correction) =>
          replay(historyOf(events, each), each)
            .rows.all()
            .filter(({ decisionId }) => decisionId !== null)
            .map(({ decisionId, original }) => ({ decisionId, original }))
        expect(ofTheDay(correctionOf(correction))).toEqual(ofTheDay(correcting(corrected)))
      }),
      runs,
    )
  })
})

describe('given the histories that these laws are tested on', () => {
  test('when many are replayed, then every class, every fact and every remedy occurs', () => {
    const seen = new Set<string>()
    // A hundred at a time, until nothing is missing.
    for (let seed = 0; seed < 30 && seen.size < everyWord.length; seed++) {
      for (const { events, ...given } of fc.sample(histories, { numRuns: 100, seed })) {
        const correction = correctionOf(given.correction)
        for (const row of replay(historyOf(events, correction), correction).rows) {
          for (const word of [row.class, row.remedy, ...row.facts]) seen.add(word)
        }
      }
    }
    expect([...seen].sort()).toEqual([...everyWord].sort())
  })
})
