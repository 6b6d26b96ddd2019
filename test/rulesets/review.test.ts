import { describe, expect, test } from 'vitest'
import { checkRuleset } from '../../src/rulesets/document.ts'

type Written = { readonly [field: string]: unknown }

const rule = (more: Written): Written => ({
  id: 'a',
  category: 'spam',
  when: 'signals.x > 1',
  strikes: 1,
  ...more,
})
const policy = (more: Written = {}): Written => ({ id: 'p', at_least: 1, restriction: 'suspended', ...more })

const found = (
  rules: ReadonlyArray<Written>,
  deactivations: ReadonlyArray<Written>,
  signals: Written = { x: 'int' },
): ReadonlyArray<string> => {
  const text = JSON.stringify({ ruleset: 'r', version: 'v', signals, rules, deactivations })
  const { ruleset, problems } = checkRuleset(text)
  // Whatever a review finds, the document remains valid: that a version was in force remains a fact.
  expect(ruleset).not.toBeNull()
  return problems.map(({ severity, path, message, hint }) => `${severity} ${path}: ${message} (${hint})`)
}

describe('what a ruleset cannot intend', () => {
  test('a ruleset without such faults has no findings', () => {
    expect(
      found([rule({})], [policy(), policy({ id: 'q', at_least: 50, categories: ['spam'], within: '1s' })]),
    ).toEqual([])
  })

  test('a policy can never act if no rule gives strikes', () => {
    const never = 'error deactivations[0]: this policy can never act: no rule gives strikes'
    expect(found([rule({ strikes: 0 })], [policy()])).toEqual([
      `${never} (give a rule strikes, or remove the policy)`,
    ])
    expect(found([], [policy()])).toEqual([`${never} (give a rule strikes, or remove the policy)`])
  })

  test('nor if none does in its categories', () => {
    const never =
      'error deactivations[0].categories: this policy can never act: no rule gives strikes in its categories'
    const others = [rule({}), rule({ id: 'b', category: 'adult', strikes: 0 })]
    const counting = policy({ id: 'q' })
    expect(found(others, [policy({ categories: [] }), counting])).toEqual([
      `${never} (remove \`categories\` to count all categories)`,
    ])
    expect(found(others, [policy({ categories: ['adult'] }), counting])).toEqual([
      `${never} (give strikes to a rule in adult)`,
    ])
    expect(found(others, [policy({ categories: ['spamm'] }), counting])).toEqual([
      `${never} (did you mean spam?)`,
    ])
  })

  test('strikes that expire immediately, or a sum far above any one rule, prove nothing', () => {
    expect(
      found([rule({ strikes_expire_after: '1s' })], [policy({ at_least: 1_000_000_000, within: '1s' })]),
    ).toEqual([])
  })

  test('a rule with the condition false is for reviewers', () => {
    expect(found([rule({ when: 'false' })], [policy()])).toEqual([])
  })

  test('what is probably a mistake is a warning', () => {
    expect(found([rule({})], [policy({ categories: ['spam', 'adlt'] })])).toEqual([
      `warning deactivations[0].categories[1]: no rule has the category "adlt" (the rules' categories are spam)`,
    ])
    expect(
      found([rule({}), rule({ id: 'b', category: 'adult' })], [policy({ categories: ['spam'] })]),
    ).toEqual([
      'warning rules[1].strikes: no policy counts strikes in the category "adult" (add it to the categories of a policy)',
    ])
    expect(found([rule({}), rule({ id: 'b', strikes: 0, strikes_expire_after: '1d' })], [policy()])).toEqual([
      'warning rules[1].strikes_expire_after: this rule gives no strikes that could expire (null)',
    ])
    expect(found([rule({ when: 'true || signals.x > 1' })], [policy()])).toEqual([])
    expect(found([rule({ when: '1 < 2' })], [policy()])).toEqual([
      'warning rules[0].when: this condition is always true (use the signals it depends on)',
    ])
    expect(found([rule({ when: '9223372036854775807 + 1 > 0' })], [policy()])).toEqual([
      'warning rules[0].when: this condition is never true or false: its numbers overflow (null)',
    ])
    expect(found([rule({})], [policy()], { x: 'int', 'a-b': 'int', in: 'bool' })).toEqual([
      'warning signals.a-b: no condition can refer to this signal (use letters, digits and _)',
      'warning signals.in: no condition can refer to this signal (use letters, digits and _)',
    ])
  })

  test('a comparison with a word that is never recorded is a warning', () => {
    const when = 'detector.kind == "modle" || !("user" != flag.source) || detector.kind in ["human", "robot"]'
    expect(found([rule({ when })], [policy()])).toEqual([
      'warning rules[0].when: detector.kind is never "modle" (it is one of "rule", "model", "hash_match", "human")',
      'warning rules[0].when: flag.source is never "user" (it is one of "own_initiative", "user_notice", "trusted_flagger", "authority")',
      'warning rules[0].when: detector.kind is never "robot" (it is one of "rule", "model", "hash_match", "human")',
    ])
    expect(found([rule({ when: 'detector.kind == "model" && detector.id == "modle"' })], [policy()])).toEqual(
      [],
    )
  })
})
