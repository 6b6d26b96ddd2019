import * as E from '#fp/Either'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Correction } from '../correction/correction.ts'
import type { AccountHistory, History, PlacedDecision } from '../model/history.ts'
import { type Versions, versionFor } from '../model/versions.ts'
import type { EvidenceOf } from './corrected-evidence.ts'
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

/** The rules of a correction. */
export const judgingRules = (
  { rules }: Correction,
  versions: Versions,
  evidenceOf: EvidenceOf,
): JudgingRules => {
  if (rules.kind === 'as_they_were') {
    return {
      id: rules.rulesetId,
      rulesetFor: (decision) => versionFor(decision, versions),
      rulesetAt: versions.inForceAt,
      rulesetsOver: (account) => rulesetsInForceOver(account, versions),
      read: readByVersions(rules.rulesetId, versions, evidenceOf),
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
  }
}

const rulesetsInForceOver = (
  { flags, evaluations }: AccountHistory,
  { inForceAt }: Versions,
): Iterable<Ruleset> => {
  const found = new Set<Ruleset>()
  const moments = [...flags, ...evaluations].map(({ place }) => place.at)
  for (const at of moments.sort((a, b) => a - b)) {
    const ruleset = inForceAt(at)
    if (ruleset !== undefined) found.add(ruleset)
  }
  return found
}
