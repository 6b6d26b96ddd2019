import * as E from '#fp/Either'
import { memo } from '../../foundation/memo.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Correction } from '../correction/correction.ts'
import type { AccountHistory, History, PlacedDecision, PlacedFlag } from '../model/history.ts'
import { type Versions, versionFor } from '../model/versions.ts'
import { type EvidenceOf, isAsRecorded } from './corrected-evidence.ts'
import { type Read, readByVersions, readUnder } from './reading.ts'

/** The rules that B judges by: one ruleset for everything or, if the rules were right, those that A takes. */
export type JudgingRules = {
  /** The id of the rulesets whose decisions are judged. */
  readonly id: string
  /** The ruleset whose policies judge a decision; undefined: it was never published. */
  readonly rulesetFor: (decision: PlacedDecision) => Ruleset | undefined
  /** The ruleset that judges what nobody decided, at an instant (ms); undefined: none was in force. */
  readonly rulesetAt: (at: number) => Ruleset | undefined
  /** The rulesets that judge an account at any of its moments, in order; each judges one span of time. */
  readonly rulesetsOver: (account: AccountHistory) => Iterable<Ruleset>
  /** How B reads flags for what is judged by one of those rulesets. */
  readonly read: (own: Ruleset | undefined) => Read
  /** Whether B judges everything of an account by the same rules, over the same evidence, as A. */
  readonly agreeOn: (account: AccountHistory) => boolean
}

/** No version of a ruleset was published, so that there are no rules to judge by as they were. */
export type NoRulesPublished = { readonly kind: 'no_rules_published'; readonly rulesetId: string }

/** Whether a history has the rules that a correction judges by. */
export const checkRules = (
  { rules }: Pick<Correction, 'rules'>,
  { versions }: Pick<History, 'versions'>,
): E.Either<NoRulesPublished, void> =>
  rules.kind === 'as_they_were' && versions.length === 0
    ? E.left({ kind: 'no_rules_published', rulesetId: rules.rulesetId })
    : E.right(undefined)

/** The rules of a correction; `readOfTheDay` is how A reads flags. */
export const judgingRules = (
  { rules }: Correction,
  versions: Versions,
  evidenceOf: EvidenceOf,
  readOfTheDay: (own: Ruleset | undefined) => Read,
): JudgingRules => {
  if (rules.kind === 'as_they_were') {
    const readCorrected = readByVersions(rules.rulesetId, versions, evidenceOf)
    const isOfTheDay = (flag: PlacedFlag): boolean => isAsRecorded(evidenceOf(flag))
    return {
      id: rules.rulesetId,
      rulesetFor: (decision) => versionFor(decision, versions),
      rulesetAt: versions.inForceAt,
      rulesetsOver: (account) => rulesetsInForceOver(account, versions),
      read: memo((own) => {
        const [ofTheDay, corrected] = [readOfTheDay(own), readCorrected(own)]
        return (flag) => (isOfTheDay(flag) ? ofTheDay(flag) : corrected(flag))
      }),
      agreeOn: ({ flags }) => flags.every(isOfTheDay),
    }
  }
  const { ruleset } = rules
  const read = readUnder(ruleset, evidenceOf)
  return {
    id: ruleset.id,
    rulesetFor: () => ruleset,
    rulesetAt: () => ruleset,
    rulesetsOver: () => [ruleset],
    read: () => read,
    agreeOn: () => false,
  }
}

const rulesetsInForceOver = (
  { flags, evaluations }: AccountHistory,
  { inForceAt }: Versions,
): Iterable<Ruleset> => {
  const found: Ruleset[] = []
  // Most accounts have no evaluations, and flags are in order.
  const seen =
    evaluations.length === 0 ? flags : [...flags, ...evaluations].sort((a, b) => a.place.at - b.place.at)
  for (const { place } of seen) {
    const ruleset = inForceAt(place.at)
    if (ruleset !== undefined && !found.includes(ruleset)) found.push(ruleset)
  }
  return found
}
