import { expect, test } from 'vitest'
import { pairRules } from '../../../src/incidents/rehearsal/rule-pairs.ts'
import { compiled } from '../../replay/histories.ts'

type Written = { readonly id: string; readonly replaces?: ReadonlyArray<string> }
const rulesetOf = (version: string, rules: ReadonlyArray<Written>) =>
  compiled({
    ruleset: 'guidelines',
    version,
    signals: { score: 'int' },
    rules: rules.map((rule) => ({ category: 'alpha', when: 'signals.score > 1', ...rule })),
    deactivations: [],
  })
const paired = (old: ReadonlyArray<Written> | null, next: ReadonlyArray<Written>) =>
  pairRules(old === null ? null : rulesetOf('v1', old), rulesetOf('v2', next)).map(({ id, now, was }) => ({
    id,
    now: now?.id ?? null,
    was: was.map((rule) => rule.id),
  }))

test('given rules of the same id, then they are paired; what is new or gone has no other', () => {
  expect(paired([{ id: 'a' }, { id: 'gone' }], [{ id: 'new' }, { id: 'a' }])).toEqual([
    { id: 'new', now: 'new', was: [] },
    { id: 'a', now: 'a', was: ['a'] },
    { id: 'gone', now: null, was: ['gone'] },
  ])
})

test('given a rule that replaces others, then it continues all of them', () => {
  expect(paired([{ id: 'a' }, { id: 'b' }], [{ id: 'ab', replaces: ['a', 'b'] }])).toEqual([
    { id: 'ab', now: 'ab', was: ['a', 'b'] },
  ])
})

test('given a renaming that is undone, then the old name continues the new one', () => {
  expect(paired([{ id: 'b', replaces: ['a'] }], [{ id: 'a' }])).toEqual([{ id: 'a', now: 'a', was: ['b'] }])
})

test('given no old version, then every rule is new', () => {
  expect(paired(null, [{ id: 'a' }])).toEqual([{ id: 'a', now: 'a', was: [] }])
})
