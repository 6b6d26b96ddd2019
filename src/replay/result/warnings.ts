import { compareUtf8 } from '../../domain/order.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { Correction } from '../correction/correction.ts'
import { type History, isOfRuleset } from '../model/history.ts'
import { ruleFor } from '../reference/reading.ts'

/** A rule with standing flags that the corrected ruleset neither has nor replaces: all of them fall. */
export type Warning = { readonly kind: 'rule_gone'; readonly rule: string; readonly flags: number }

export const describeWarning = ({ rule, flags }: Warning): string =>
  `the corrected ruleset neither contains nor replaces the rule ${rule}, so its ${countOf(flags, 'standing flag falls', 'standing flags fall')}`

/**
 * Counts the standing flags of rules that are gone, by rule, for parts of a history. A reviewer's own flags count with or
 * without a rule.
 */
export const collectWarnings = ({ rules }: Pick<Correction, 'rules'>) => {
  const standing = new Map<string, number>()
  const add = ({ flags, voidedAt }: Pick<History, 'flags' | 'voidedAt'>): void => {
    if (rules.kind === 'as_they_were') return
    const corrected = rules.ruleset
    for (const flag of flags.values()) {
      const rule = flag.data.rule?.id
      if (rule === undefined || flag.data.detector.kind === 'human' || voidedAt(flag) !== undefined) continue
      if (!isOfRuleset(flag, corrected.id) || ruleFor(flag, corrected) !== null) continue
      standing.set(rule, (standing.get(rule) ?? 0) + 1)
    }
  }
  /** What a reader should know before trusting the result, by rule. */
  const finish = (): ReadonlyArray<Warning> =>
    [...standing]
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([rule, flags]) => ({ kind: 'rule_gone', rule, flags }))
  return { add, finish }
}
