import { sqlText } from '../../../foundation/sql.ts'
import { areAlikePolicies, differencesOf } from '../../../replay/columnar/selection/alike.ts'
import type { Rule } from '../../../rulesets/ruleset.ts'
import type { Question } from '../rehearsal.ts'
import type { RulePair } from '../rule-pairs.ts'
import { anyOf, differsSql, truthSql } from './conditions.ts'
import { EVALUATIONS, FLAGS, type Looking } from './looking.ts'

/**
 * Queries for the accounts that the two versions may treat differently: those with a flag or evidence, at any time, that the
 * versions read differently.
 */
export const affectedAccounts = (looking: Looking): ReadonlyArray<string> => {
  const { question, pairs, conditions } = looking
  const { old, next } = question
  if (old === null || !areAlikePolicies(old, next)) {
    const rules = [...(old?.rules ?? []), ...next.rules]
    const fired = [...new Set(rules.map(conditions.onEvidence))]
    return [accountsIn(FLAGS, 'true'), ...fired.map((condition) => accountsIn(EVALUATIONS, `(${condition})`))]
  }
  return pairs.flatMap((pair) => affectedBy(pair, looking))
}

const affectedBy = (pair: RulePair, { question, conditions }: Looking): ReadonlyArray<string> => {
  const onEvidence = truthSql(pair, conditions.onEvidence)
  const onFlag = truthSql(pair, conditions.onFlag)
  const named = `rule IN (${namesOf(pair).map(sqlText).join(', ')})`
  switch (differenceIn(pair, question)) {
    case 'none':
      return []
    case 'condition':
      // A human's flag is true whatever the condition says.
      return [
        accountsIn(FLAGS, `${named} AND detector_kind <> 'human' AND ${differsSql(onFlag)}`),
        accountsIn(EVALUATIONS, differsSql(onEvidence)),
      ]
    case 'weight':
      return [accountsIn(FLAGS, named), accountsIn(EVALUATIONS, anyOf([onEvidence.was, onEvidence.now]))]
  }
}

const accountsIn = (from: string, condition: string): string =>
  `SELECT account_no FROM ${from} AND ${condition}`

/** The ids by which flags name a rule of either version. */
const namesOf = ({ was, now }: RulePair): ReadonlyArray<string> => [
  ...new Set([...was, ...(now === null ? [] : [now])].flatMap(names)),
]

const names = ({ id, replaces }: Rule): ReadonlyArray<string> => [id, ...replaces]

/** In what the versions of a rule differ: only in when they are true, or also in what they count for and for which flags. */
const differenceIn = (
  { was: [was, ...others], now }: RulePair,
  { old, next }: Question,
): 'none' | 'condition' | 'weight' => {
  if (old === null || was === undefined || now === null || others.length > 0) return 'weight'
  const difference = differencesOf({ rule: was, signals: old.signals }, { rule: now, signals: next.signals })
  const isNamedAlike = names(was).toSorted().join(' ') === names(now).toSorted().join(' ')
  if (difference.id || difference.weight || !isNamedAlike) return 'weight'
  return difference.condition ? 'condition' : 'none'
}
