import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { diffRulesets, isSame } from '../../src/rulesets/diff.ts'
import { compileRuleset } from '../../src/rulesets/document.ts'
import type { Ruleset } from '../../src/rulesets/ruleset.ts'

type Written = { readonly [field: string]: unknown }

const rule = (id: string, more: Written = {}): Written => ({
  id,
  category: 'spam',
  when: 'signals.x > 1',
  ...more,
})
const policy = (more: Written = {}): Written => ({ id: 'p', at_least: 3, restriction: 'suspended', ...more })

const ruleset = (more: Written = {}): Ruleset => {
  const document = {
    ruleset: 'r',
    version: 'v1',
    signals: { x: 'int' },
    rules: [],
    deactivations: [],
    ...more,
  }
  const compiled = compileRuleset(document)
  if (E.isLeft(compiled)) throw new Error(JSON.stringify(compiled.left))
  return compiled.right
}

const nothing = { identity: [], signals: [], rules: [], deactivations: [] }

describe('the difference of two rulesets', () => {
  test('is empty for equivalent documents, however they are written', () => {
    const a = ruleset({
      rules: [rule('a'), rule('b', { strikes: 0, replaces: ['y', 'x'] })],
      deactivations: [policy({ within: '1d', categories: ['m', 'n'] })],
    })
    const b = ruleset({
      rules: [rule('b', { replaces: ['x', 'y'] }), rule('a', { removes_content: false })],
      deactivations: [policy({ within: '24h', categories: ['n', 'm', 'n'] })],
    })
    expect(diffRulesets(a, b)).toEqual(nothing)
    expect(isSame(diffRulesets(a, b))).toBe(true)
  })

  test('names id and version', () => {
    const diff = diffRulesets(ruleset(), ruleset({ ruleset: 's', version: 'v2' }))
    expect(diff).toEqual({
      ...nothing,
      identity: [
        { field: 'ruleset', from: 'r', to: 's' },
        { field: 'version', from: 'v1', to: 'v2' },
      ],
    })
    expect(isSame(diff)).toBe(false)
  })

  test('lists what was added and removed, field by field', () => {
    const a = ruleset({ rules: [rule('old')], signals: { x: 'int', gone: 'bool' } })
    const b = ruleset({ rules: [rule('new', { strikes: 2 })], deactivations: [policy()] })
    expect(diffRulesets(a, b)).toEqual({
      identity: [],
      signals: [
        { change: 'removed', id: 'gone', was: null, fields: [{ field: 'type', from: 'bool', to: null }] },
      ],
      rules: [
        {
          change: 'removed',
          id: 'old',
          was: null,
          fields: [
            { field: 'category', from: 'spam', to: null },
            { field: 'when', from: 'signals.x > 1', to: null },
            { field: 'strikes', from: 0, to: null },
            { field: 'removes_content', from: false, to: null },
          ],
        },
        {
          change: 'added',
          id: 'new',
          was: null,
          fields: [
            { field: 'category', from: null, to: 'spam' },
            { field: 'when', from: null, to: 'signals.x > 1' },
            { field: 'strikes', from: null, to: 2 },
            { field: 'removes_content', from: null, to: false },
          ],
        },
      ],
      deactivations: [
        {
          change: 'added',
          id: 'p',
          was: null,
          fields: [
            { field: 'at_least', from: null, to: 3 },
            { field: 'restriction', from: null, to: 'suspended' },
          ],
        },
      ],
    })
  })

  test('lists what changed in rules, policies and signals', () => {
    const a = ruleset({
      rules: [rule('a', { strikes: 3, strikes_expire_after: '90d' })],
      deactivations: [policy({ within: '90d', categories: ['spam'] })],
      signals: { x: 'int', y: 'int' },
    })
    const b = ruleset({
      rules: [
        rule('a', {
          strikes: 1,
          when: 'signals.x > 2',
          category: 'abuse',
          removes_content: true,
          replaces: ['z'],
        }),
      ],
      deactivations: [policy({ at_least: 4, restriction: 'terminated' })],
      signals: { x: 'int', y: 'double' },
    })
    const changed = (id: string, ...fields: ReadonlyArray<readonly [string, unknown, unknown]>) => ({
      change: 'changed',
      id,
      was: null,
      fields: fields.map(([field, from, to]) => ({ field, from, to })),
    })
    expect(diffRulesets(a, b)).toEqual({
      identity: [],
      signals: [changed('y', ['type', 'int', 'double'])],
      rules: [
        changed(
          'a',
          ['category', 'spam', 'abuse'],
          ['when', 'signals.x > 1', 'signals.x > 2'],
          ['strikes', 3, 1],
          ['strikes_expire_after', '90d', null],
          ['removes_content', false, true],
          ['replaces', null, ['z']],
        ),
      ],
      deactivations: [
        changed(
          'p',
          ['at_least', 3, 4],
          ['within', '90d', null],
          ['categories', ['spam'], null],
          ['restriction', 'suspended', 'terminated'],
        ),
      ],
    })
  })

  test('a rule that replaces others is the continuation of each', () => {
    const a = ruleset({ rules: [rule('one', { strikes: 1 }), rule('two', { strikes: 2 }), rule('gone')] })
    const b = ruleset({ rules: [rule('both', { strikes: 2, replaces: ['one', 'two', 'never'] })] })
    expect(diffRulesets(a, b).rules).toMatchObject([
      { change: 'changed', id: 'both', was: 'one', fields: [{ field: 'strikes', from: 1, to: 2 }] },
      { change: 'changed', id: 'both', was: 'two', fields: [] },
      { change: 'removed', id: 'gone' },
    ])
  })
})
