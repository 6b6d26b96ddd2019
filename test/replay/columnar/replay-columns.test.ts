import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import type { BasePlace } from '../../../src/replay/columnar/base/keep-base.ts'
import { replayColumns } from '../../../src/replay/columnar/replay-columns.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import type { IsSuspected } from '../../../src/replay/reference/false-strikes.ts'
import { checkRules } from '../../../src/replay/reference/judging-rules.ts'
import { type Replay, replay, type Window } from '../../../src/replay/result/replay.ts'
import { summarize } from '../../../src/replay/result/summary.ts'
import { often } from '../../long/often.ts'
import { correctionIn, correctionOf } from '../corrections.ts'
import { correcting, documentsIn, histories, historyOf, RULESET, service } from '../histories.ts'
import { unwrap } from '../ledgers.ts'
import { type HistoryViews, openHistoryViews, sourceOf } from './history-views.ts'

let views: HistoryViews
beforeAll(async () => {
  views = await openHistoryViews()
})
afterAll(() => views.close())

const always: Window = { from: null, to: null }

/** Over a base, no false strikes are looked for: it would not be read. */
const suspectedOver = (base: BasePlace | null): IsSuspected | null => (base === null ? () => true : null)

/** A replay of what the views show. */
const fromColumns = async (
  events: ReadonlyArray<IncomingEvent>,
  correction: Correction,
  window: Window = always,
  partSize = 100_000,
  base: BasePlace | null = null,
) => {
  return replayColumns(await sourceOf(views, events), {
    ...{ correction, window, partSize, base, isSuspected: suspectedOver(base) },
    documents: async () => E.right(documentsIn(events)),
  })
}

/** Everything that is reported about a replay. */
const reported = (
  result: Replay,
  history: Parameters<typeof summarize>[1]['history'],
  correction: Correction,
  window: Window,
) => {
  const summary = summarize(result, { history, correction, window, engine: 'reference', sequence: 0 })
  const { blame, restingElsewhere, toDo, falseStrikes } = result
  const resting = restingElsewhere.map(({ decision, ...rest }) => [decision.data.decisionId, rest])
  return {
    rows: result.rows.all(),
    toDo: toDo.map(({ row, now, content, causes, voids }) => [row, { now, content, causes, voids }]),
    // Parts come in any order.
    falseStrikes: falseStrikes.toSorted((a, b) => (a.flagId < b.flagId ? -1 : 1)),
    summary,
    blame,
    resting,
  }
}

/** What both engines report. */
const both = async (
  events: ReadonlyArray<IncomingEvent>,
  correction: Correction,
  window: Window = always,
  partSize = 100_000,
  base: BasePlace | null = null,
) => {
  await views.take(events)
  const columns = await fromColumns(events, correction, window, partSize, base)
  const history = historyOf(events, correction)
  const checked = checkRules(correction, history)
  if (E.isLeft(checked)) return [columns, checked]
  const found = unwrap(columns)
  const overColumns = reported(found.result, found.history, correction, window)
  found.close()
  return [
    overColumns,
    reported(replay(history, correction, window, suspectedOver(base)), history, correction, window),
  ]
}

describe('given the events of a vector, in columns', () => {
  const folder = join(import.meta.dirname, '../../vectors')
  test.each(readdirSync(folder).sort())('%s: the result is that of the reference', async (name) => {
    const events = readFileSync(join(folder, name, 'events.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => unwrap(decodeIncoming(JSON.parse(line))).event)
    const [columns, reference] = await both(events, correctionIn(join(folder, name)))
    expect(columns).toEqual(reference)
  })
})

const moment = fc.option(fc.integer({ min: 0, max: 40 }).map((day) => Date.UTC(2025, 2, 1 + day)))
const window = fc.record({ from: moment, to: moment })

describe('given any history, in columns', () => {
  const runs = { numRuns: often(60, 2_000), endOnFailure: true }

  test('when it is replayed under any correction and window, then the result is that of the reference', async () => {
    await fc.assert(
      fc.asyncProperty(histories, window, async ({ events, correction }, inside) => {
        const [columns, reference] = await both(events, correctionOf(correction), inside)
        expect(columns).toEqual(reference)
      }),
      runs,
    )
  })

  test('when only the rules are corrected, or nothing is, in parts of any size, then so too', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.boolean(),
        fc.integer({ min: 1, max: 20 }),
        async ({ events, corrected }, asTheyWere, size) => {
          const correction = asTheyWere
            ? correctionOf({ correction: 'none', ruleset: { id: RULESET } })
            : correcting(corrected)
          const [columns, reference] = await both(events, correction, always, size)
          expect(columns).toEqual(reference)
        },
      ),
      runs,
    )
  })
})

describe('given decisions that rest on others through flags of several accounts', () => {
  const document = (version: string, least: number) => ({
    ruleset: RULESET,
    version,
    signals: { score: 'int' },
    rules: [{ id: 'a', category: 'alpha', when: `signals.score >= ${least}`, strikes: 2 }],
    deactivations: [{ id: 'few', at_least: 2, within: '3d', restriction: 'suspended' }],
  })
  const { published, flagged, banned } = service
  const days = (count: number): number => 24 * count

  test('when each account could be judged in a part of its own, then the result is that of the reference', async () => {
    const events = [
      published(document('v1', 5)),
      flagged('y', days(2), { flagId: 'fy1', signals: { score: 6 } }),
      banned('y', days(3), { decisionId: 'd1', grounds: ['fy1'] }),
      flagged('w', days(4), { flagId: 'fw', signals: { score: 9 }, becauseOf: ['d1'] }),
      flagged('z', days(10), { flagId: 'fz', signals: { score: 9 } }),
      banned('z', days(11), { decisionId: 'd3', grounds: ['fz', 'fw'] }),
      flagged('x', days(12), { flagId: 'fx', signals: { score: 9 }, becauseOf: ['d3'] }),
      flagged('y', days(20), { flagId: 'fy2', signals: { score: 9 } }),
      banned('y', days(21), { decisionId: 'd2', grounds: ['fy2', 'fx'] }),
    ]
    const [columns, reference] = await both(events, correcting(document('corrected', 8)), always, 1)
    expect(columns).toEqual(reference)
    expect(reference).toMatchObject({
      toDo: [[{ decisionId: 'd1', remedy: 'reinstate' }, {}]],
    })
  })
})

describe('given the base of a history', () => {
  let dataDir: string
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'redress-base-'))
  })
  afterEach(() => rmSync(dataDir, { recursive: true }))
  const growing = histories.chain(({ events, corrected, correction }) =>
    fc.record({
      events: fc.constant(events),
      corrections: fc.constant([correcting(corrected), correctionOf(correction)]),
      ends: fc.tuple(fc.nat(events.length), fc.nat(events.length)),
      windows: fc.tuple(window, window),
    }),
  )

  test('when the ledger grows, and it is replayed under any corrections and windows, then the result is that of judging everything', async () => {
    await fc.assert(
      fc.asyncProperty(growing, async ({ events, corrections, ends, windows }) => {
        rmSync(dataDir, { recursive: true })
        mkdirSync(dataDir)
        const place: BasePlace = { dataDir, isOfLedger: async () => E.right(true) }
        for (const end of [...ends, events.length].sort((a, b) => a - b)) {
          const until = events.slice(0, end)
          for (const [index, correction] of corrections.entries()) {
            const [over, reference] = await both(until, correction, windows[index], 1, place)
            expect(over).toEqual(reference)
          }
        }
      }),
      { numRuns: often(15, 500), endOnFailure: true },
    )
  })
})
