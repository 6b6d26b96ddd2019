import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldAccount } from '../../../src/domain/account.ts'
import { isReversalOwed, lastRestriction } from '../../../src/domain/aftermath.ts'
import { appealed } from '../../../src/domain/appeal.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { stateAt } from '../../../src/domain/standing.ts'
import { instantOf } from '../../../src/domain/time.ts'
import { collectHistory } from '../../../src/replay/model/collect.ts'
import type { History } from '../../../src/replay/model/history.ts'
import { bansHolding, endOf } from '../../../src/replay/reference/holding.ts'
import { anyHistory } from '../../domain/happenings.ts'

const historyOf = (events: ReadonlyArray<StoredEvent>): History => {
  const collection = collectHistory({
    rulesetId: 'guidelines',
    needsVersions: false,
    keepsEvaluation: () => false,
  })
  for (const event of events) collection.add(event)
  return collection.finish(new Map())
}

const sorted = (lines: Iterable<string>): ReadonlyArray<string> => [...lines].sort()
const line = (...parts: ReadonlyArray<unknown>): string => JSON.stringify(parts)

test('given any history of one account, then its fold and a replay agree on its decisions, flags and appeals', () => {
  const seen = { reversed: 0, changed: 0, voided: 0, owed: 0, pending: 0, reused: 0 }
  fc.assert(
    fc.property(anyHistory, (events) => {
      const account = foldAccount(events)
      const history = historyOf(events)

      const decisions = account.decisions.map((decision) => {
        const { decisionId, kind, until, reversals } = decision
        const restriction = decision.kind === 'deactivation' ? decision.restriction : null
        seen.reversed += reversals.length
        seen.owed += Number(decision.isReversalOwed)
        return line(decisionId, kind, until, restriction, reversals, decision.isReversalOwed)
      })
      expect(sorted(decisions)).toEqual(
        sorted(
          history.decisions.values().map((decision) => {
            const aftermath = history.aftermathOf(decision.data.decisionId)
            const restriction =
              decision.kind === 'deactivation' ? lastRestriction(decision.data.restriction, aftermath) : null
            const reversals = aftermath.reversals.map(({ place, reason }) => ({ at: place.at, reason }))
            seen.changed += aftermath.changes.length
            const end = endOf(decision, aftermath)
            const { decisionId } = decision.data
            return line(decisionId, decision.kind, end, restriction, reversals, isReversalOwed(aftermath))
          }),
        ),
      )

      seen.voided += account.flags.filter(({ voided }) => voided !== null).length
      expect(sorted(account.flags.map((flag) => line(flag.raised.data.flagId, flag.voided?.at)))).toEqual(
        sorted(history.flags.values().map((flag) => line(flag.data.flagId, history.voidedAt(flag)?.at))),
      )

      const pending = new Set<string>(account.appeals.filter(({ status }) => status === 'open').map(appealed))
      seen.pending += pending.size
      expect(history.appealPending).toEqual(pending)

      const reused = account.anomalies
        .filter(({ kind }) => kind === 'reused_id')
        .map(({ eventId }) => eventId)
      seen.reused += reused.length
      expect(sorted(history.reusedIds.map(({ eventId }) => eventId))).toEqual(sorted(reused))
    }),
    { numRuns: 1000 },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
})

test('given any history of one account as it was at an instant, then its state and a replay agree on what holds it', () => {
  let held = 0
  fc.assert(
    fc.property(anyHistory, fc.integer({ min: 1, max: 5 }), (events, day) => {
      const at = Date.UTC(2025, 4, day)
      const happened = events.filter(({ time }) => instantOf(time) <= at)
      const state = stateAt(foldAccount(happened), at)
      const history = historyOf(happened)
      const afterAll = { at, nanos: 999_999, rank: 99, source: '', id: '', subject: '' }
      const account = history.accounts.values().next().value
      const holding = bansHolding(account, history, new Map()).at(afterAll)
      const holders = [...holding].map(({ decision }) => decision.data.decisionId)
      held += holders.length
      expect(state.status === 'active' ? [] : state.heldBy.map(({ decisionId }) => decisionId)).toEqual(
        holders,
      )
    }),
    { numRuns: 1000 },
  )
  expect(held).toBeGreaterThan(50)
})
