import { comparePlaces, type Place } from '../domain/order.ts'
import type { Restriction } from '../domain/parts.ts'
import type { Policy, Rule, Ruleset } from '../rules/ruleset.ts'
import { holdsAt } from './cascade.ts'
import { isVoidedFor, type VoidedAt } from './evidence.ts'
import { type AccountHistory, contentKey, type Flag, type History } from './history.ts'
import type { Judgement } from './judge.ts'
import { type Read, ruleFor } from './reading.ts'
import { inWindow, isUnexpired, severity } from './verdict.ts'

/** An account that the corrected ruleset would have deactivated and that nobody did. */
export type Missed = { readonly account: string; readonly place: Place; readonly restriction: Restriction }

/** A true flag or a sighting, as a dated point; a human's flag may have no rule. */
type Point = { readonly place: Place; readonly rule: Rule | null; readonly flag: Flag | null }

/** When the corrected ruleset would first have deactivated an account that no deactivation held, nor held later. */
export const missedIn = (
  account: AccountHistory,
  corrected: Ruleset,
  read: Read,
  voidedAt: VoidedAt,
  history: History,
  byDecision: ReadonlyMap<string, Judgement>,
): Missed | undefined => {
  const points = pointsOf(account, corrected, read)
  const policies = corrected.policies.filter((policy) => couldAct(policy, points))
  if (policies.length === 0) return undefined
  const deactivations = account.decisions.filter((decision) => decision.kind === 'deactivation')
  const lastBan = deactivations.at(-1)
  for (const { place: moment } of points) {
    if (lastBan !== undefined && comparePlaces(lastBan.place, moment) > 0) continue
    let restriction: Restriction | null = null
    for (const policy of policies) {
      if (
        severity(policy.restriction) > severity(restriction) &&
        sumAt(policy, points, moment, voidedAt) >= policy.atLeast
      ) {
        restriction = policy.restriction
      }
    }
    if (restriction === null) continue
    if (deactivations.some((decision) => holdsAt(decision, moment, history, byDecision))) continue
    return { account: account.account, place: moment, restriction }
  }
  return undefined
}

/** True flags, and sightings once per content and rule where no flag has said it; in order. */
const pointsOf = (account: AccountHistory, corrected: Ruleset, read: Read): ReadonlyArray<Point> => {
  const points: Point[] = []
  for (const flag of account.flags) {
    const { truth, rule } = read(flag)
    if (truth === 'true') points.push({ place: flag.place, rule, flag })
  }
  if (account.sightings.length === 0) return points
  const said = new Set(
    account.flags.flatMap((flag) => {
      const rule = ruleFor(flag, corrected)
      return rule === null || flag.data.content === undefined
        ? []
        : [`${contentKey(flag.data.content)} ${rule.id}`]
    }),
  )
  for (const { place, content, rule } of account.sightings) {
    const key = `${content} ${rule.id}`
    if (said.has(key)) continue
    said.add(key)
    points.push({ place, rule, flag: null })
  }
  return points.sort((a, b) => comparePlaces(a.place, b.place))
}

/** All strikes there ever were would have to be enough; this spares nearly every account the sums below. */
const couldAct = (policy: Policy, points: ReadonlyArray<Point>): boolean => {
  let sum = 0
  for (const { rule } of points) {
    if (rule !== null && (policy.categories === null || policy.categories.has(rule.category)))
      sum += rule.strikes
  }
  return sum >= policy.atLeast
}

/** A policy's points at a moment, of strikes up to and including it, voided ones left out. */
const sumAt = (policy: Policy, points: ReadonlyArray<Point>, moment: Place, voidedAt: VoidedAt): number => {
  let sum = 0
  for (const { place, rule, flag } of points) {
    if (comparePlaces(place, moment) > 0) break
    if (rule === null || (policy.categories !== null && !policy.categories.has(rule.category))) continue
    if (!isUnexpired(rule.strikesExpireAfter, place.at, moment.at) || !inWindow(policy, place.at, moment.at))
      continue
    if (flag !== null && isVoidedFor(flag, moment, voidedAt)) continue
    sum += rule.strikes
  }
  return sum
}
