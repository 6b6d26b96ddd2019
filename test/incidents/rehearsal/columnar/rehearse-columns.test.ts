import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IncomingEvent } from '../../../../src/domain/event.ts'
import { instantOf } from '../../../../src/domain/time.ts'
import { greatest } from '../../../../src/foundation/extremes.ts'
import { rehearseColumns } from '../../../../src/incidents/rehearsal/columnar/rehearse-columns.ts'
import { collectRehearsal } from '../../../../src/incidents/rehearsal/reference/rehearse-events.ts'
import type { Question, Rehearsal } from '../../../../src/incidents/rehearsal/rehearsal.ts'
import { isServiceEvent } from '../../../../src/incidents/rehearsal/service-event.ts'
import { windowBefore } from '../../../../src/incidents/rehearsal/window.ts'
import { often } from '../../../long/often.ts'
import { type HistoryViews, openHistoryViews } from '../../../replay/columnar/history-views.ts'
import { compiled, historyUnder, storedEvents } from '../../../replay/histories.ts'
import { unwrap } from '../../../replay/ledgers.ts'
import { similarDocuments } from '../../../replay/similar-documents.ts'

let views: HistoryViews
beforeAll(async () => {
  views = await openHistoryViews()
})
afterAll(() => views.close())

const byReference = (
  incoming: ReadonlyArray<IncomingEvent>,
  question: Question,
  over: number,
): Rehearsal | null => {
  const events = storedEvents(incoming)
  const times = events.filter(isServiceEvent).map(({ time }) => instantOf(time))
  if (times.length === 0) return null
  const collection = collectRehearsal(question, windowBefore(greatest(times), over))
  for (const event of events) collection.add(event)
  return collection.finish()
}

const DAY = 86_400_000

const cases = similarDocuments.chain((documents) =>
  fc.record({
    // Every version was in force at some time, so that flags name it; the last is compared with one before.
    events: historyUnder(documents, 14),
    old: fc.option(fc.constantFrom(...documents.slice(0, -1)), { freq: 9 }),
    next: fc.constantFrom(...documents.slice(-1)),
    days: fc.integer({ min: 2, max: 20 }),
    sample: fc.integer({ min: 0, max: 4 }),
  }),
)

test('given any history, then a rehearsal over its columns says what the reference says', async () => {
  const seen = { accounts: 0, evidence: 0, sampled: 0 }
  await fc.assert(
    fc.asyncProperty(cases, async ({ events, old, next, days, sample }) => {
      await views.take(events)
      const question = { old: old === null ? null : compiled(old), next: compiled(next), sample }
      const source = { connection: views.connection, signalColumns: [] }
      const rehearsal = unwrap(await rehearseColumns(source, question, days * DAY))
      expect(rehearsal).toEqual(byReference(events, question, days * DAY))
      if (rehearsal === null) return
      seen.accounts += rehearsal.accounts.onlyOld + rehearsal.accounts.onlyNew
      seen.evidence += rehearsal.evidence.evaluations
      seen.sampled += rehearsal.rules.reduce((sum, rule) => sum + rule.sample.length, 0)
    }),
    { numRuns: often(80, 1000), endOnFailure: true },
  )
  // Otherwise this would show nothing.
  for (const number of Object.values(seen)) expect(number).toBeGreaterThan(0)
})
