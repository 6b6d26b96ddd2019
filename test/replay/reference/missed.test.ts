import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparePlaces, type Place } from '../../../src/domain/order.ts'
import { type AccountHistory, contentKey } from '../../../src/replay/model/history.ts'
import { isVoidedFor } from '../../../src/replay/reference/evidence.ts'
import { bansHolding } from '../../../src/replay/reference/holding.ts'
import { type Findings, judgeHistory } from '../../../src/replay/reference/judge-history.ts'
import type { Missed } from '../../../src/replay/reference/missed.ts'
import { isInTime, lifetimeIn, severity } from '../../../src/replay/reference/verdict.ts'
import type { Rule } from '../../../src/rulesets/ruleset.ts'
import { often } from '../../long/often.ts'
import { correctionOf } from '../corrections.ts'
import { histories, historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, evaluated, rescored } = service

type Seen = { readonly place: Place; readonly rule: Rule | null; readonly voided: (at: Place) => boolean }

/** What the definition says of one account, at one moment after the other, each looked at by itself. */
const missedByDefinition = (
  account: AccountHistory,
  { context, byDecision }: Findings,
): Missed | undefined => {
  const { corrected, history } = context
  const places = [...account.flags, ...account.evaluations].map(({ place }) => place).sort(comparePlaces)
  for (const moment of places) {
    const ruleset = corrected.rulesetAt(moment.at)
    if (ruleset === undefined) continue
    const read = corrected.read(ruleset)
    const sightings = new Map<string, Seen>()
    for (const { place, data } of account.evaluations) {
      for (const rule of corrected.rulesetAt(place.at)?.rules ?? []) {
        const flag = { category: rule.category, source: 'own_initiative' }
        const key = `${contentKey(data.content)} ${rule.id}`
        if (rule.condition({ ...data, flag }) !== 'true' || sightings.has(key)) continue
        sightings.set(key, { place, rule, voided: () => false })
      }
    }
    const flags: Seen[] = []
    for (const flag of account.flags) {
      const { truth, rule } = read(flag)
      if (rule !== null && flag.data.content !== undefined) {
        sightings.delete(`${contentKey(flag.data.content)} ${rule.id}`)
      }
      if (truth !== 'true') continue
      flags.push({ place: flag.place, rule, voided: (at) => isVoidedFor(flag, at, history.voidedAt) })
    }
    const before = [...flags, ...sightings.values()].filter(({ place }) => comparePlaces(place, moment) < 0)
    const now = [...flags, ...sightings.values()].filter(({ place }) => comparePlaces(place, moment) === 0)
    // What several rules see in one evaluation comes one by one.
    for (const n of now.keys()) {
      const seen = [...before, ...now.slice(0, n + 1)]
      const acting = ruleset.policies.filter((policy) => {
        const counted = seen.flatMap(({ place, rule, voided }) =>
          rule !== null &&
          (policy.categories?.has(rule.category) ?? true) &&
          isInTime(lifetimeIn(policy, { rule }), place.at, moment.at) &&
          !voided(moment)
            ? [rule.strikes]
            : [],
        )
        return counted.reduce((sum, strikes) => sum + strikes, 0) >= policy.atLeast
      })
      const isHeld = bansHolding(account, history, byDecision).at(moment).next().done === false
      const isBannedLater = account.decisions.some(
        ({ kind, place }) => kind === 'deactivation' && comparePlaces(place, moment) > 0,
      )
      const [most] = acting.map(({ restriction }) => restriction).sort((a, b) => severity(b) - severity(a))
      if (most === undefined || isHeld || isBannedLater) continue
      return { account: account.account, place: moment, restriction: most }
    }
  }
  return undefined
}

test('given any history and any correction, then an account is missed at the first moment that the definition gives', () => {
  let missed = 0
  fc.assert(
    fc.property(histories, ({ events, ...given }) => {
      const correction = correctionOf(given.correction)
      const findings = judgeHistory(historyOf(events, correction), correction)
      for (const account of findings.context.history.accounts.values()) {
        const found = findings.missed.get(account.account)
        expect(found).toEqual(missedByDefinition(account, findings))
        if (found !== undefined && given.correction.ruleset !== given.corrected) missed++
      }
    }),
    { numRuns: often(1_000, 10_000) },
  )
  expect(missed).toBeGreaterThan(50)
})

describe('given rules that were right as they were', () => {
  const document = (
    version: string,
    score: number,
    changes: { strikes?: number; atLeast?: number } = {},
  ) => ({
    ruleset: RULESET,
    version,
    signals: { score: 'int' },
    rules: [{ id: 'a', category: 'alpha', when: `signals.score >= ${score}`, strikes: changes.strikes ?? 1 }],
    deactivations: [{ id: 'sum', at_least: changes.atLeast ?? 2, restriction: 'suspended' }],
  })
  const missedAt = (events: Parameters<typeof historyOf>[0]) => {
    const correction = correctionOf({ correction: 'c', ruleset: { id: RULESET } })
    const { missed } = judgeHistory(historyOf(events, correction), correction)
    return [...missed.values()].map(({ account, place }) => [account, new Date(place.at).getUTCHours()])
  }
  const withoutVersion = { ruleset: undefined, signals: { score: 6 } }

  test('when a flag names no version, then the rules in force at each moment judge it', () => {
    // Two of one strike under v1; under v2 the first counts two strikes.
    const events = [published(document('v1', 5)), published(document('v2', 5, { strikes: 2, atLeast: 3 }), 4)]
    const first = flagged('u1', 2, { flagId: 'f1', ...withoutVersion })
    const second = (hour: number) => flagged('u1', hour, { flagId: 'f2', ...withoutVersion })
    expect(missedAt([...events, first, second(3)])).toEqual([['u1', 3]])
    expect(missedAt([...events, first, second(5)])).toEqual([['u1', 5]])
    expect(missedAt([...events, first])).toEqual([])
  })

  test('when the policies change, then those in force at the moment of the last flag judge the account', () => {
    const events = [published(document('v1', 5)), published(document('v2', 5, { atLeast: 1 }), 4)]
    const named = (hour: number) => flagged('u1', hour, { flagId: `f${hour}`, signals: { score: 6 } })
    expect(missedAt([...events, named(2)])).toEqual([])
    expect(missedAt([...events, named(2), named(5)])).toEqual([['u1', 5]])
  })

  test('when something was evaluated, then it counts by the rules in force at its own time, also later', () => {
    const events = [published(document('v1', 5)), published(document('v2', 9), 4)]
    const flag = flagged('u1', 6, { flagId: 'f1', signals: { score: 6 }, content: { id: '2', kind: 'pin' } })
    expect(missedAt([...events, evaluated('u1', 2, { score: 6 }), flag])).toEqual([['u1', 6]])
    expect(missedAt([...events, evaluated('u1', 5, { score: 6 }), flag])).toEqual([])
  })

  test('when a detector only looked on, then nobody is missed because of what it saw', () => {
    const events = [published(document('v1', 5))]
    const flag = flagged('u1', 6, { flagId: 'f1', signals: { score: 6 }, content: { id: '2', kind: 'pin' } })
    expect(missedAt([...events, flag, evaluated('u1', 2, { score: 6 }, { shadow: false })])).toEqual([
      ['u1', 6],
    ])
    expect(missedAt([...events, flag, evaluated('u1', 2, { score: 6 }, { shadow: true })])).toEqual([])
  })

  test('when no version was in force yet, then nobody is missed', () => {
    const worse = rescored('u1', 9, 'f1', { score: 6 }, '3')
    const flag = (hour: number) => flagged('u1', hour, { flagId: 'f1', ...withoutVersion, signals: {} })
    const events = [published(document('v1', 5, { atLeast: 1 }), 4), worse]
    expect(missedAt([...events, flag(3)])).toEqual([])
    expect(missedAt([...events, flag(4)])).toEqual([['u1', 4]])
  })
})
