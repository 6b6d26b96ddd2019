import * as E from '#fp/Either'
import { asWarning, type Finding, valueError } from '../foundation/documents/problem.ts'
import { didYouMean } from '../foundation/text/nearest.ts'
import { quoted } from '../foundation/text/quoted.ts'
import { compileCondition } from './cel/condition.ts'
import { RULE_CONDITIONS } from './compile.ts'
import { conditionFinding, constantTruth } from './conditions.ts'
import type { Policy, Rule, Ruleset } from './ruleset.ts'

/**
 * What a valid ruleset cannot be intended to say. Nothing here stops a recorded version from being replayed (that it was
 * in force remains a fact), but nobody should publish it again. An error is certain, whatever happens on the platform;
 * a warning is very probably a mistake.
 */
export const reviewRuleset = ({ rules, policies, signals }: Ruleset): ReadonlyArray<Finding> => [
  ...policies.flatMap((policy, index) => policyFindings(policy, index, rules)),
  ...rules.flatMap((rule, index) => ruleFindings(rule, index, policies)),
  ...rules.flatMap((rule, index) => remarksOn(rule, index, signals)),
  ...[...signals.keys()].flatMap(signalFindings),
]

const warning = (...of: Parameters<typeof valueError>): Finding => asWarning(valueError(...of))

/**
 * A policy adds up the strikes of flags. The number of flags is not known in advance, so any sum can be reached, in any
 * time, if one rule gives strikes in its categories, and none if no rule does.
 */
const policyFindings = (
  policy: Policy,
  index: number,
  rules: ReadonlyArray<Rule>,
): ReadonlyArray<Finding> => {
  const at = ['deactivations', index]
  const never = `this policy can never act: no rule gives strikes`
  const { categories } = policy
  if (categories === null) {
    return rules.some(({ strikes }) => strikes > 0)
      ? []
      : [valueError(at, never, 'give a rule strikes, or remove the policy')]
  }
  const counted = rules.filter(({ category }) => categories.has(category))
  if (!counted.some(({ strikes }) => strikes > 0)) {
    const hint =
      categories.size === 0
        ? 'remove `categories` to count all categories'
        : counted.length > 0
          ? `give strikes to a rule in ${[...categories].join(', ')}`
          : unknownCategory([...categories][0] ?? '', rules)
    return [valueError([...at, 'categories'], `${never} in its categories`, hint)]
  }
  return [...categories].flatMap((category, place) =>
    counted.some((rule) => rule.category === category)
      ? []
      : [
          warning(
            [...at, 'categories', place],
            `no rule has the category ${quoted(category)}`,
            unknownCategory(category, rules),
          ),
        ],
  )
}

const unknownCategory = (category: string, rules: ReadonlyArray<Rule>): string => {
  const known = new Set(rules.map((rule) => rule.category))
  return didYouMean(category, known) ?? `the rules' categories are ${[...known].join(', ') || 'none'}`
}

const ruleFindings = (rule: Rule, index: number, policies: ReadonlyArray<Policy>): ReadonlyArray<Finding> => {
  const at = ['rules', index]
  const findings: Finding[] = []
  if (rule.strikes === 0 && rule.strikesExpireAfter !== null) {
    findings.push(warning([...at, 'strikes_expire_after'], 'this rule gives no strikes that could expire'))
  }
  if (rule.strikes > 0 && !policies.some(({ categories }) => categories?.has(rule.category) ?? true)) {
    const message = `no policy counts strikes in the category ${quoted(rule.category)}`
    findings.push(warning([...at, 'strikes'], message, 'add it to the categories of a policy'))
  }
  // A rule with the condition `false` is for reviewers: a person's flag is true whatever the condition says.
  const constant = constantTruth({ reads: rule.reads, evaluate: rule.condition })
  if (constant === 'true') {
    findings.push(warning([...at, 'when'], 'this condition is always true', 'use the signals it depends on'))
  } else if (constant === 'unknown') {
    findings.push(warning([...at, 'when'], 'this condition is never true or false: its numbers overflow'))
  }
  return findings
}

const remarksOn = (rule: Rule, index: number, signals: Ruleset['signals']): ReadonlyArray<Finding> => {
  const condition = compileCondition(rule.when, signals)
  if (E.isLeft(condition)) return []
  return condition.right.remarks.map((remark) => asWarning(conditionFinding(RULE_CONDITIONS, index, remark)))
}

/** Warns unless CEL accepts the name after a dot. */
const signalFindings = (name: string): ReadonlyArray<Finding> =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !['true', 'false', 'null', 'in'].includes(name)
    ? []
    : [
        {
          ...warning(['signals', name], 'no condition can refer to this signal', 'use letters, digits and _'),
          on: 'name',
        },
      ]
