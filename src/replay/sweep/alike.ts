import type { Rule, Ruleset } from '../../rulesets/ruleset.ts'
import type { AccountHistory, History } from '../model/history.ts'
import { ruleFor } from '../reference/reading.ts'
import { evidenceOver } from '../reference/rescored.ts'
import { isSeen } from '../reference/sightings.ts'

/** Steps of a sweep from one up to another, exclusive. */
export type StepRun = { readonly from: number; readonly to: number }

/** The rule of each step's ruleset that has the threshold. */
export type SweptRules = { readonly rulesets: ReadonlyArray<Ruleset>; readonly rules: ReadonlyArray<Rule> }

/**
 * Divides the steps of a sweep into runs under which everything of a history is read alike, so that judging it once for
 * each run is enough. A threshold decides about a number in only one place of its range: what a rule says of some evidence
 * changes at most once from the first step to the last.
 */
export const runsAlike = (
  { accounts }: Pick<History, 'accounts'>,
  swept: SweptRules,
): ReadonlyArray<StepRun> => {
  const changes = new Set<number>()
  for (const account of accounts.values()) {
    for (const readBy of readings(account, swept)) {
      const change = changeOf(swept.rules, readBy)
      if (change !== null) changes.add(change)
    }
  }
  const starts = [0, ...[...changes].sort((a, b) => a - b)]
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? swept.rules.length }))
}

/** How the rule with the threshold reads each thing of an account that it can read. */
function* readings(
  { flags, evaluations }: AccountHistory,
  { rulesets: [anyRuleset], rules: [anyRule] }: SweptRules,
): Generator<(rule: Rule) => unknown> {
  if (anyRuleset === undefined || anyRule === undefined) return
  for (const flag of flags) {
    if (flag.data.detector.kind === 'human' || ruleFor(flag, anyRuleset)?.id !== anyRule.id) continue
    const evidence = evidenceOver(flag, flag.data)
    yield (rule) => rule.condition(evidence)
  }
  for (const { data } of evaluations) yield (rule) => isSeen(data, rule)
}

/** The first step at which something is read in another way than at the first step; null: there is none. */
const changeOf = (rules: ReadonlyArray<Rule>, readBy: (rule: Rule) => unknown): number | null => {
  const [first, last] = [rules[0], rules.at(-1)]
  if (first === undefined || last === undefined) return null
  const before = readBy(first)
  if (readBy(last) === before) return null
  let [low, high] = [0, rules.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    const rule = rules[middle] ?? last
    if (readBy(rule) === before) low = middle
    else high = middle
  }
  return high
}
