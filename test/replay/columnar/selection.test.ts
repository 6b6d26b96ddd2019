import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { type Correction, rulesetIdOf } from '../../../src/replay/correction/correction.ts'
import type { History } from '../../../src/replay/model/history.ts'
import { checkRules } from '../../../src/replay/reference/judging-rules.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { often } from '../../long/often.ts'
import { incomingEventsOf, correctionIn as whatWasWrong } from '../../simulation/replayed.ts'
import { simulated } from '../../simulation/simulated.ts'
import { correctionIn, correctionOf } from '../corrections.ts'
import { compiled, correctionTo, type Document, historyOf, historyUnder } from '../histories.ts'
import { unwrap } from '../ledgers.ts'
import { similarDocuments } from '../similar-documents.ts'
import { type HistoryViews, openHistoryViews } from './history-views.ts'
import { selectedAccounts } from './selected-accounts.ts'

let views: HistoryViews
beforeAll(async () => {
  views = await openHistoryViews()
})
afterAll(() => views.close())

const isRuleset = ({ type }: IncomingEvent): boolean => type === 'ruleset.published.v1'

/** The rules as they were, and the evidence as recorded. */
const baseOf = (correction: Correction): Correction => ({
  document: null,
  rules: { kind: 'as_they_were', rulesetId: rulesetIdOf(correction) },
  withdrawals: [],
  rescored: 'ignore',
})

/** Everything that a replay reports about accounts. */
const reported = (history: History, correction: Correction) => {
  const { rows, toDo, blame, restingElsewhere, warnings, rescore } = replay(history, correction)
  return {
    rows: rows.all(),
    toDo: toDo.map(({ row, now, content, causes, voids }) => [row, { now, content, causes, voids }]),
    resting: restingElsewhere.map(({ decision, ...rest }) => [decision.data.decisionId, rest]),
    ...{ blame, warnings, rescore },
  }
}

/** Compares the accounts that are not selected under a correction and under its base; returns how many there are. */
const compareOthers = async (
  events: ReadonlyArray<IncomingEvent>,
  correction: Correction,
): Promise<number> => {
  const base = baseOf(correction)
  const [whole, wholeBefore] = [historyOf(events, correction), historyOf(events, base)]
  if (E.isLeft(checkRules(base, whole))) return 0
  const { accounts } = await selectedAccounts(views, events, correction)

  const others = events.filter((event) => isRuleset(event) || !accounts.has(event.subject))
  const alone = (by: Correction) => reported({ ...historyOf(others, by), end: whole.end }, by)
  expect(alone(correction)).toEqual(alone(base))

  const rows = (history: History, by: Correction) =>
    reported(history, by).rows.filter(({ account }) => !accounts.has(account))
  expect(rows(whole, correction)).toEqual(rows(wholeBefore, base))
  return new Set(others.filter((event) => !isRuleset(event)).map(({ subject }) => subject)).size
}

describe('given the events of a vector', () => {
  const folder = join(import.meta.dirname, '../../vectors')
  test.each(readdirSync(folder).sort())(
    '%s: nothing changes for accounts that are not selected',
    async (name) => {
      const events = readFileSync(join(folder, name, 'events.ndjson'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => unwrap(decodeIncoming(JSON.parse(line))).event)
      await compareOthers(events, correctionIn(join(folder, name)))
    },
  )
})

/** Some references name the right hash of a document, some that of another document; some name no ruleset. */
const withOtherReferences = (
  events: ReadonlyArray<IncomingEvent>,
  documents: ReadonlyArray<Document>,
  nth: number,
): ReadonlyArray<IncomingEvent> =>
  events.map((event, index) => {
    if (isRuleset(event) || index % 7 !== nth || !('ruleset' in event.data)) return event
    const { ruleset } = event.data
    const named = documents.find(({ version }) => version === ruleset?.version)
    const others = [
      { ...ruleset, sha256: 'f'.repeat(64) },
      named === undefined ? ruleset : { ...ruleset, sha256: compiled(named).sha256 },
      undefined,
    ]
    const data = { ...event.data, ruleset: others[index % others.length] }
    return unwrap(decodeIncoming(JSON.parse(JSON.stringify({ ...event, data })))).event
  })

const similarHistories = similarDocuments.chain((documents) => {
  const [published, corrected] = [documents.slice(0, -1), documents.slice(-1)]
  return fc
    .record({
      events: historyUnder(published, 8),
      nth: fc.nat(12),
      correction: fc.oneof(...corrected.map(correctionTo)),
      onlyRules: fc.boolean(),
    })
    .map(({ events, nth, correction, onlyRules }) => ({
      events: withOtherReferences(events, published, nth),
      correction: onlyRules
        ? {
            ...correction,
            ruleset: corrected[0] ?? correction.ruleset,
            withdrawals: [],
            rescored: 'ignore' as const,
          }
        : correction,
    }))
})

test('given any history and correction, then nothing changes for accounts that are not selected', async () => {
  let others = 0
  let runs = 0
  await fc.assert(
    fc.asyncProperty(similarHistories, async ({ events, correction }) => {
      runs++
      others += await compareOthers(events, correctionOf(correction))
    }),
    { numRuns: often(100, 3000), endOnFailure: true },
  )
  // Otherwise this would show nothing.
  expect(others).toBeGreaterThan(runs / 5)
})

test('given a simulated history, when a threshold was wrong, then the accounts whose rows it changes are selected, and no others', async () => {
  const simulation = simulated('threshold-typo', 1, 300)
  const events = incomingEventsOf(simulation)
  const correction = whatWasWrong(simulation.truth)
  const { accounts } = await selectedAccounts(views, events, correction)

  const rowsBy = (by: Correction) =>
    Map.groupBy(replay(historyOf(events, by), by).rows.all(), ({ account }) => account)
  const [after, before] = [rowsBy(correction), rowsBy(baseOf(correction))]
  const changed = [...new Set([...after.keys(), ...before.keys()])].filter(
    (account) => !isDeepStrictEqual(after.get(account), before.get(account)),
  )
  expect(changed.length).toBeGreaterThan(0)
  expect([...accounts].sort()).toEqual(changed.sort())
})
