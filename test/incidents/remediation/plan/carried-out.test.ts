import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldAccount } from '../../../../src/domain/account.ts'
import type { IncomingEvent } from '../../../../src/domain/event.ts'
import { standingOf, stateAt } from '../../../../src/domain/standing.ts'
import type { ReviewOutcome } from '../../../../src/incidents/remediation/plan/draft.ts'
import type { AccountPlan, Standing } from '../../../../src/incidents/remediation/plan/model.ts'
import { suspectedFlags } from '../../../../src/incidents/remediation/plan/suspected.ts'
import { replay } from '../../../../src/replay/result/replay.ts'
import { often } from '../../../long/often.ts'
import { correctionOf } from '../../../replay/corrections.ts'
import { histories, historyOf, RULESET } from '../../../replay/histories.ts'
import { carriedOut, eventsOn, named, planned } from './plans.ts'

const suspects = fc.constantFrom(
  named({ ruleset: RULESET }),
  named({ rule: 'a' }, { rule: 'b' }),
  named({ decidedBy: { kind: 'rule', id: 'service' } }),
)
const resolution = fc.constantFrom<ReviewOutcome | null>(
  null,
  { resolution: 'put_back' },
  { resolution: 'keep' },
  { resolution: 'change', restriction: 'suspended' },
)

/** An account's state, folded from its own events. */
const standing = (events: ReadonlyArray<IncomingEvent>, account: string, at: number): Standing => {
  const folded = foldAccount(eventsOn(events, account))
  const state = stateAt(folded, at)
  return {
    status: state.status,
    heldBy: state.status === 'active' ? [] : state.heldBy.map(({ decisionId }) => decisionId),
    removed: folded.decisions
      .filter((decision) => decision.kind === 'removal' && standingOf(decision, at) === 'holds')
      .map(({ decisionId }) => decisionId),
  }
}

const decisionIdsIn = (rows: AccountPlan['excepted'] | AccountPlan['review']): ReadonlyArray<string> =>
  rows.flatMap((row) => ('decisionId' in row ? row.decisionId : []))

test('given any history and plan, when it is carried out, then accounts are as foretold, and a replay finds nothing to do but what people are asked and exceptions', async () => {
  const seen = { decisions: 0, changed: 0, flags: 0, excepted: 0, strikePoints: 0 }
  await fc.assert(
    fc.asyncProperty(
      histories,
      suspects,
      fc.array(resolution, { minLength: 7, maxLength: 7 }),
      fc.constantFrom(null, 'u1', 'u2'),
      async (given, suspected, resolutions, left) => {
        const correction = correctionOf(given.correction)
        const { events } = given
        const history = historyOf(events, correction)
        const end = history.end ?? 0
        const before = replay(history, correction)
        const settled = new Map(
          [...history.decisions.keys()].flatMap((decisionId, index) => {
            const outcome = resolutions[index % 7] ?? null
            return outcome === null ? [] : [[decisionId, outcome] as const]
          }),
        )
        const { head, accounts, rows } = await planned(events, correction, {
          suspects: suspected,
          settled,
          reasonFor: (row) => (row.account === left && row.kind !== 'removal' ? 'a court order' : null),
        })

        const after = [...events, ...carriedOut(accounts, end + 3_600_000)]
        for (const { account, effects } of accounts) {
          expect(effects.before).toEqual(standing(events, account, end))
          expect(effects.after).toEqual(standing(after, account, end))
        }
        const again = replay(historyOf(after, correction), correction, undefined, suspectedFlags(suspected))
        const known = new Set([
          ...accounts.flatMap(({ review, excepted }) => [
            ...decisionIdsIn(review),
            ...decisionIdsIn(excepted),
          ]),
        ])
        const isKept = (decisionId: string): boolean =>
          /keep|change/.test(settled.get(decisionId)?.resolution ?? '')
        const leftToDo = again.toDo.filter(
          ({ row: { remedy, decisionId } }) =>
            remedy !== 'review' && decisionId !== null && !known.has(decisionId) && !isKept(decisionId),
        )
        expect(leftToDo.map(({ row }) => row)).toEqual([])
        const leftOut = accounts.flatMap(({ excepted }) =>
          excepted.flatMap((each) => (each.kind === 'flags' ? each.flags : [])),
        )
        const reversals = accounts.flatMap(({ decisions }) =>
          decisions.filter(({ kind }) => kind !== 'change'),
        )
        const reversedIds = new Set(reversals.map(({ decisionId }) => decisionId))
        const stays = before.toDo.filter(({ row }) => !reversedIds.has(row.decisionId ?? ''))
        const staying = new Set(stays.map(({ row }) => row.decisionId))
        const evidence = new Set([...leftOut, ...stays.flatMap(({ voids }) => voids.flagIds)])
        for (const { flagId, becauseOf } of again.falseStrikes) {
          expect(evidence.has(flagId) || becauseOf.some((root) => staying.has(root))).toBe(true)
        }
        // Nobody is put back because of a wrong ban that stays, unless a person says so.
        for (const { decisionId, becauseOf } of reversals) {
          const isSaid = settled.get(decisionId)?.resolution === 'put_back'
          if (!isSaid) expect(becauseOf.filter((root) => staying.has(root))).toEqual([])
        }

        // Nothing is forgotten, and nothing is asked for twice.
        const asked = accounts.flatMap(({ decisions }) => decisions)
        const listed = [...asked.map(({ decisionId }) => decisionId), ...known]
        const unlisted = before.toDo.filter(({ row }) => !listed.includes(row.decisionId ?? ''))
        for (const { row } of unlisted) expect(isKept(row.decisionId ?? '')).toBe(true)
        expect(new Set(listed).size).toBe(listed.length)
        expect(rows.filter(({ decisionId }) => decisionId !== null)).toHaveLength(listed.length)
        expect(asked.map(({ remedy }) => remedy).filter((remedy) => remedy === 'annul')).toHaveLength(
          head.counts.annul,
        )

        seen.decisions += asked.length
        seen.changed += head.counts.change
        seen.flags += head.counts.flags
        seen.excepted += head.counts.excepted
        seen.strikePoints += head.counts.strikePoints
      },
    ),
    { numRuns: often(100, 4_000) },
  )
  // Otherwise this would show nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0)
}, 60_000)
