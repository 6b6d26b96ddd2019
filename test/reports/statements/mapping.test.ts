import { describe, expect, test } from 'vitest'
import { exampleText, mappingOf, problemsOf } from './mappings.ts'

const small = 'territorial_scope: EU\ncategories:\n  spam: {category: STATEMENT_CATEGORY_VIOLENCE}\n'

describe('a mapping', () => {
  test('accepts the example', () => {
    expect(problemsOf(exampleText)).toEqual([])
    expect(mappingOf(exampleText).categories.spam).toEqual({
      category: 'STATEMENT_CATEGORY_OTHER_VIOLATION_TC',
    })
  })

  test('may be JSON, and its hash depends on its content alone', () => {
    const json = '{"categories":{"spam":{"category":"STATEMENT_CATEGORY_VIOLENCE"}},"territorial_scope":"EU"}'
    expect(mappingOf(json)).toEqual(mappingOf(small))
    expect(mappingOf(small).sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(mappingOf(small.replace('EU', 'EEA')).sha256).not.toBe(mappingOf(small).sha256)
  })

  test.each([
    [
      'an unknown field',
      `${small}acount_type: ACCOUNT_TYPE_PRIVATE\n`,
      ['4:1: acount_type: unknown field (did you mean account_type?)'],
    ],
    [
      'an unknown field of a category',
      small.replace('category:', 'categroy:'),
      ['3:10: categories.spam.categroy: unknown field (did you mean category?)'],
    ],
    [
      'a value that the database does not have',
      small.replace('VIOLENCE', 'VIOLENSE'),
      [
        '3:20: categories.spam.category: expected one of STATEMENT_CATEGORY_* (did you mean STATEMENT_CATEGORY_VIOLENCE?)',
      ],
    ],
    [
      'no scope',
      small.replace(/^.*\n/, ''),
      ['1:1: territorial_scope is missing (add EU, EEA, or a list of countries such as [DE, FR])'],
    ],
    [
      'a country outside the EEA',
      small.replace('EU', '[DE, GB]'),
      ['1:25: territorial_scope[1]: expected EU, EEA, or a list of countries such as [DE, FR]'],
    ],
    [
      'an unknown placeholder',
      `${small}default: {facts: "by {rule}"}\n`,
      ['4:18: default.facts: unknown placeholder {rule}: did you mean rules?'],
    ],
    [
      'an unknown placeholder in a list',
      `${small}default: {facts: [good, "by {account}"]}\n`,
      [
        expect.stringMatching(
          /^4:25: default\.facts\[1\]: unknown placeholder \{account\}: use one of action, category/,
        ),
      ],
    ],
    [
      'a text without a visible character',
      `${small}default: {facts: "\u200b\u3164"}\n`,
      ['4:18: default.facts: expected a string or a list of strings'],
    ],
    [
      'an unknown source to leave out',
      `${small}leave_out: {sources: [authorities]}\n`,
      [
        expect.stringMatching(
          /^4:23: leave_out\.sources\[0\]: expected one of "own_initiative", .*did you mean authority/,
        ),
      ],
    ],
    [
      'an unbalanced bracket',
      `${small}default: {facts: "by {rules"}\n`,
      ['4:18: default.facts: unbalanced curly brackets'],
    ],
    [
      'OTHER without its text',
      `${small}account_content_type: [CONTENT_TYPE_OTHER]\n`,
      [expect.stringContaining('content_type_other is missing')],
    ],
    [
      'a ground without explanation',
      `${small}default: {law: {ground: x}}\n`,
      ['4:16: default.law: explanation is missing (add a string or a list of strings)'],
    ],
    [
      'true instead of Yes (Yes without quotes is a text in YAML 1.2)',
      `${small}default: {terms: {ground: x, explanation: y, illegal: true}}\n`,
      [expect.stringContaining('default.terms.illegal: expected "Yes" or "No"')],
    ],
    [
      'a URL that the database does not accept',
      `${small}default: {law: {ground: x, explanation: y, url: "https://example.org/?a|b"}}\n`,
      [expect.stringMatching(/^4:49: default\.law\.url: expected an http or https URL .* percent-encoded$/)],
    ],
    ['a list instead of an object', '[]', [expect.stringContaining('expected an object')]],
    ['text that is not YAML', 'a: [', [expect.stringContaining('this is not valid YAML')]],
  ])('%s is reported with its position', (_what, text, expected) =>
    expect(problemsOf(text)).toEqual(expected),
  )
})
