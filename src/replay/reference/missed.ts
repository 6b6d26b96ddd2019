import TinyQueue from 'tinyqueue'
import { comparePlaces, type Place } from '../../domain/order.ts'
import type { Restriction } from '../../domain/parts.ts'
import type { Policy, Rule } from '../../rulesets/ruleset.ts'
import { type AccountHistory, contentKey, type PlacedFlag, type VoidedAt } from '../model/history.ts'
import { type Ban, bansHolding } from './holding.ts'
import type { JudgementSoFar } from './judge.ts'
import type { JudgingContext } from './judging-context.ts'
import type { Read } from './reading.ts'
import { type RuleSighting, sightingsIn } from './sightings.ts'
import type { Timeline } from './timeline.ts'
import { lifetimeIn, severity } from './verdict.ts'

/** An account that the corrected rules would have deactivated, but nobody did. */
export type Missed = { readonly account: string; readonly place: Place; readonly restriction: Restriction }

/** A true flag or a sighting, with its place; a human's flag may have no rule. */
type Point = { readonly place: Place; readonly rule: Rule | null; readonly flag: PlacedFlag | null }

/** When the corrected rules would first have deactivated an account that no deactivation held then or later. */
export const missedIn = (
  account: AccountHistory,
  { corrected, history }: JudgingContext,
  byDecision: ReadonlyMap<string, JudgementSoFar>,
): Missed | undefined => {
  const lastBan = account.decisions.findLast((decision) => decision.kind === 'deactivation')
  const isBeforeLastBan = ({ place }: { readonly place: Place }): boolean =>
    lastBan !== undefined && comparePlaces(lastBan.place, place) > 0
  // Flags and evaluations are in order: if the last ones come before a deactivation, so does every moment.
  if (
    [account.flags.at(-1), account.evaluations.at(-1)].every(
      (last) => last === undefined || isBeforeLastBan(last),
    )
  )
    return undefined
  let holding: Timeline<Ban> | undefined
  const sightings = sightingsIn(account, corrected)
  for (const ruleset of corrected.rulesetsOver(account)) {
    const points = pointsOf(account.flags, sightings, corrected.read(ruleset))
    const policies = ruleset.policies.filter((policy) => couldAct(policy, points))
    if (policies.length === 0) continue
    const sums = policies.map((policy) => ({ policy, sum: pointSum(policy, history.voidedAt) }))
    for (const point of points) {
      for (const { sum } of sums) sum.add(point)
      const { place: moment } = point
      if (isBeforeLastBan(point)) continue
      if (corrected.rulesetAt(moment.at) !== ruleset) continue
      let restriction: Restriction | null = null
      for (const { policy, sum } of sums) {
        if (severity(policy.restriction) > severity(restriction) && sum.at(moment) >= policy.atLeast) {
          restriction = policy.restriction
        }
      }
      if (restriction === null) continue
      holding ??= bansHolding(account, history, byDecision)
      if (holding.at(moment).next().done === false) continue
      return { account: account.account, place: moment, restriction }
    }
  }
  return undefined
}

/** True flags, and sightings once per content and rule unless a flag covers them; in order. */
export const pointsOf = (
  flags: ReadonlyArray<PlacedFlag>,
  sightings: ReadonlyArray<RuleSighting>,
  read: Read,
): ReadonlyArray<Point> => {
  const points: Point[] = []
  for (const flag of flags) {
    const { truth, rule } = read(flag)
    if (truth === 'true') points.push({ place: flag.place, rule, flag })
  }
  if (sightings.length === 0) return points
  const covered = new Set(
    flags.flatMap((flag) => {
      const { rule } = read(flag)
      return rule === null || flag.data.content === undefined
        ? []
        : [`${contentKey(flag.data.content)} ${rule.id}`]
    }),
  )
  for (const { place, content, rule } of sightings) {
    const key = `${content} ${rule.id}`
    if (covered.has(key)) continue
    covered.add(key)
    points.push({ place, rule, flag: null })
  }
  return points.sort((a, b) => comparePlaces(a.place, b.place))
}

/** Whether all strikes together would suffice; this avoids the sums below for nearly every account. */
const couldAct = (policy: Policy, points: ReadonlyArray<Point>): boolean => {
  let sum = 0
  for (const { rule } of points) {
    if (rule !== null && (policy.categories === null || policy.categories.has(rule.category)))
      sum += rule.strikes
  }
  return sum >= policy.atLeast
}

/** A policy's points, over the points added so far, without voided ones. Moments must not decrease. */
export const pointSum = (policy: Policy, voidedAt: VoidedAt) => {
  type Counted = { readonly strikes: number; counts: boolean }
  let sum = 0
  const ends = new TinyQueue<{ readonly at: number; readonly counted: Counted }>([], (a, b) => a.at - b.at)
  const voids = new TinyQueue<{ readonly place: Place; readonly counted: Counted }>([], (a, b) =>
    comparePlaces(a.place, b.place),
  )
  const drop = (counted: Counted): void => {
    if (counted.counts) sum -= counted.strikes
    counted.counts = false
  }
  return {
    add: ({ place, rule, flag }: Point): void => {
      if (rule === null || (policy.categories !== null && !policy.categories.has(rule.category))) return
      const counted = { strikes: rule.strikes, counts: true }
      sum += rule.strikes
      const lifetime = lifetimeIn(policy, { rule })
      if (lifetime !== null) ends.push({ at: place.at + lifetime, counted })
      const voided = flag === null ? undefined : voidedAt(flag)
      if (voided !== undefined) voids.push({ place: voided, counted })
    },
    at: (moment: Place): number => {
      for (let end = ends.peek(); end !== undefined && end.at <= moment.at; end = ends.peek()) {
        drop(end.counted)
        ends.pop()
      }
      for (let void_ = voids.peek(); void_ !== undefined; void_ = voids.peek()) {
        if (comparePlaces(void_.place, moment) >= 0) break
        drop(void_.counted)
        voids.pop()
      }
      return sum
    },
  }
}
