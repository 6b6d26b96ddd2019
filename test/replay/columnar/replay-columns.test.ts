import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { readSignalColumns } from '../../../src/projection/events/signals.ts'
import { replayColumns } from '../../../src/replay/columnar/replay-columns.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import { checkRules } from '../../../src/replay/reference/judging-rules.ts'
import { type Replay, replay, type Window } from '../../../src/replay/result/replay.ts'
import { summarize } from '../../../src/replay/result/summary.ts'
import { often } from '../../long/often.ts'
import { correctionIn, correctionOf } from '../corrections.ts'
import { correcting, documentsIn, histories, historyOf, RULESET } from '../histories.ts'
import { unwrap } from '../ledgers.ts'
import { type HistoryViews, openHistoryViews } from './history-views.ts'

let views: HistoryViews
beforeAll(async () => {
  views = await openHistoryViews()
})
afterAll(() => views.close())

const always: Window = { from: null, to: null }

/** A replay of what the views show. */
const fromColumns = async (
  events: ReadonlyArray<IncomingEvent>,
  correction: Correction,
  window: Window = always,
  partSize = 100_000,
) => {
  const { connection } = views
  return replayColumns(
    {
      connection,
      sequence: events.length,
      events: { actions: events.length, evidence: 0 },
      signalColumns: await readSignalColumns(connection),
      close: () => {},
    },
    { correction, window, partSize, documents: async () => E.right(documentsIn(events)) },
  )
}

/** Everything that is reported about a replay. */
const reported = (
  result: Replay,
  history: Parameters<typeof summarize>[1]['history'],
  correction: Correction,
  window: Window,
) => {
  const summary = summarize(result, { history, correction, window, engine: 'reference', sequence: 0 })
  const { blame, restingElsewhere, toDo } = result
  const resting = restingElsewhere.map(({ decision, restsOn }) => [decision.data.decisionId, restsOn])
  return {
    rows: result.rows.all(),
    toDo: toDo.map(({ row, content }) => [row, content]),
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
) => {
  await views.take(events)
  const columns = await fromColumns(events, correction, window, partSize)
  const history = historyOf(events, correction)
  const checked = checkRules(correction, history)
  if (E.isLeft(checked)) return [columns, checked]
  const found = unwrap(columns)
  return [
    reported(found.result, found.history, correction, window),
    reported(replay(history, correction, window), history, correction, window),
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

describe('given any history, in columns', () => {
  const moment = fc.option(fc.integer({ min: 0, max: 40 }).map((day) => Date.UTC(2025, 2, 1 + day)))
  const window = fc.record({ from: moment, to: moment })
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
