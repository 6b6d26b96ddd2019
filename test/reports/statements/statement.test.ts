import { describe, expect, test } from 'vitest'
import * as enumerations from '../../../src/reports/statements/enumerations.ts'
import { languages } from '../../../src/reports/statements/languages.ts'
import { statementProblems } from '../../../src/reports/statements/statement.ts'

const terms = {
  content_type: ['CONTENT_TYPE_IMAGE'],
  category: 'STATEMENT_CATEGORY_VIOLENCE',
  decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
  incompatible_content_ground: 'Guidelines, section 2',
  incompatible_content_explanation: 'They do not allow it.',
  content_date: '2025-05-01',
  application_date: '2025-05-02',
  decision_facts: 'Facts.',
  source_type: 'SOURCE_VOLUNTARY',
  automated_detection: 'Yes',
  automated_decision: 'AUTOMATED_DECISION_FULLY',
  territorial_scope: ['DE'],
  puid: 'd-1_A',
  decision_visibility: ['DECISION_VISIBILITY_CONTENT_REMOVED'],
}
const { incompatible_content_ground: _g, incompatible_content_explanation: _e, ...groundless } = terms
const law = {
  ...groundless,
  decision_ground: 'DECISION_GROUND_ILLEGAL_CONTENT',
  illegal_content_legal_ground: 'Article 1',
  illegal_content_explanation: 'It forbids it.',
}
const fieldsOf = (value: object): ReadonlyArray<string> => statementProblems(value).map(({ path }) => path)

describe('a statement', () => {
  test.each([
    ['on terms', terms],
    ['on law', law],
    [
      'on an account',
      {
        ...terms,
        decision_account: 'DECISION_ACCOUNT_SUSPENDED',
        end_date_account_restriction: '2025-05-02',
      },
    ],
  ])('is accepted %s', (_what, value) => expect(statementProblems(value)).toEqual([]))

  test.each([
    'content_type',
    'category',
    'decision_ground',
    'content_date',
    'application_date',
    'decision_facts',
    'source_type',
    'automated_detection',
    'automated_decision',
    'territorial_scope',
    'puid',
  ] as const)('is none without %s', (field) => {
    const { [field]: _, ...without } = terms
    expect(statementProblems(without)).toEqual([
      { path: field, problem: expect.stringContaining('missing; expected ') },
    ])
  })

  const lists: ReadonlyArray<readonly [string, ReadonlyArray<string>, object]> = [
    ['category', enumerations.categories, terms],
    ['decision_account', enumerations.decisionAccounts, terms],
    ['decision_provision', enumerations.decisionProvisions, terms],
    ['decision_monetary', enumerations.decisionMonetaries, terms],
    ['source_type', enumerations.sourceTypes, terms],
    ['automated_decision', enumerations.automatedDecisions, terms],
    ['automated_detection', ['Yes', 'No'], terms],
    ['incompatible_content_illegal', ['Yes', 'No'], terms],
    ['account_type', enumerations.accountTypes, terms],
  ]
  const others: Readonly<Record<string, object>> = {
    DECISION_MONETARY_OTHER: { decision_monetary_other: 'less' },
    CONTENT_TYPE_OTHER: { content_type_other: 'account' },
    DECISION_VISIBILITY_OTHER: { decision_visibility_other: 'blurred' },
  }
  test.each(lists)('%s accepts its values and nothing else', (field, words, base) => {
    for (const word of words)
      expect(statementProblems({ ...base, ...others[word], [field]: word })).toEqual([])
    for (const wrong of ['', 'OTHER', words[0]?.toLowerCase(), `${words[0]} `, null, true, words]) {
      expect(fieldsOf({ ...base, [field]: wrong })).toEqual([field])
    }
  })

  test.each([
    ['content_type', enumerations.contentTypes],
    ['decision_visibility', enumerations.decisionVisibilities],
    ['territorial_scope', enumerations.eeaCountries],
    ['category_addition', enumerations.categories],
    ['category_specification', enumerations.keywords],
  ])('%s accepts a list of its values and nothing else', (field, words) => {
    for (const word of words)
      expect(statementProblems({ ...terms, ...others[word], [field]: [word] })).toEqual([])
    for (const wrong of ['UK', 'GB', 'X', ''])
      expect(fieldsOf({ ...terms, [field]: [words[0], wrong] })).toEqual([`${field}[1]`])
    for (const wrong of [words[0], null]) expect(fieldsOf({ ...terms, [field]: wrong })).toEqual([field])
  })

  test.each(['content_type', 'decision_visibility', 'territorial_scope'])(
    '%s refuses an empty list',
    (field) => {
      expect(fieldsOf({ ...terms, [field]: [] })).toEqual([field])
    },
  )

  test.each([
    ['decision_facts', 5000, terms],
    ['incompatible_content_ground', 500, terms],
    ['incompatible_content_explanation', 2000, terms],
    ['illegal_content_legal_ground', 500, law],
    ['illegal_content_explanation', 2000, law],
    ['content_type_other', 500, { ...terms, content_type: ['CONTENT_TYPE_OTHER'] }],
    ['decision_visibility_other', 500, { ...terms, decision_visibility: ['DECISION_VISIBILITY_OTHER'] }],
    ['decision_monetary_other', 500, { ...terms, decision_monetary: 'DECISION_MONETARY_OTHER' }],
    ['category_specification_other', 500, { ...terms, category_specification: ['KEYWORD_OTHER'] }],
  ])('%s accepts up to %i code points and is not blank', (field, most, base) => {
    expect(statementProblems({ ...base, [field]: '\u{1f9f5}'.repeat(most) })).toEqual([])
    for (const wrong of ['a'.repeat(most + 1), '', '  ', '\u200b\u2060', '\u3164\u2800', '\ud800', 1])
      expect(fieldsOf({ ...base, [field]: wrong })).toEqual([field])
  })

  test.each([
    ['content_date', '2000-01-01', '2038-01-01', '1999-12-31', '2038-01-02'],
    ['application_date', '2020-01-01', '2038-01-01', '2019-12-31', '2038-01-02'],
  ])('%s is a day from %s to %s', (field, first, last, before, after) => {
    for (const day of [first, last, '2024-02-29'])
      expect(statementProblems({ ...terms, [field]: day })).toEqual([])
    for (const day of [before, after, '2025-02-29', '2025-5-1', '2025-05-01T00:00:00Z', '01-05-2025']) {
      expect(fieldsOf({ ...terms, [field]: day })).toEqual([field])
    }
  })

  test.each([
    ['end_date_account_restriction', { decision_account: 'DECISION_ACCOUNT_SUSPENDED' }],
    ['end_date_monetary_restriction', { decision_monetary: 'DECISION_MONETARY_SUSPENSION' }],
    ['end_date_service_restriction', { decision_provision: 'DECISION_PROVISION_TOTAL_SUSPENSION' }],
    ['end_date_visibility_restriction', { decision_visibility: ['DECISION_VISIBILITY_CONTENT_DEMOTED'] }],
  ])('%s is a day from the application date on, and needs its restriction', (field, restriction) => {
    const { decision_visibility: _, ...bare } = terms
    const base = { ...bare, decision_provision: 'DECISION_PROVISION_PARTIAL_SUSPENSION', ...restriction }
    expect(statementProblems({ ...base, [field]: '2025-05-02' })).toEqual([])
    for (const wrong of ['2025-05-01', '2038-01-02', ''])
      expect(fieldsOf({ ...base, [field]: wrong })).toEqual([field])
    if (field !== 'end_date_service_restriction') {
      expect(
        fieldsOf({
          ...bare,
          decision_provision: 'DECISION_PROVISION_PARTIAL_SUSPENSION',
          [field]: '2025-06-01',
        }),
      ).toEqual([field])
    }
  })

  test.each([
    ['a', true],
    ['A'.repeat(500), true],
    ['A'.repeat(501), false],
    ['', false],
    ['a b', false],
    ['a.b', false],
    ['d\u00e9', false],
    ['a\n', false],
  ])('puid %j: %s', (puid, isGood) => expect(fieldsOf({ ...terms, puid })).toEqual(isGood ? [] : ['puid']))

  test.each([
    ['https://example.org/terms#2', true],
    ['ftp://example.org', false],
    ['example.org', false],
    ['https://', false],
    [`https://e.org/${'a'.repeat(500)}`, false],
    ['https://example.org:8080/a/b%7Cc?q=1&r[0]=2', false],
    ['https://example.org:8080/a/b%7Cc?q=1&r=(2)/?#a/b?c', true],
    ['https://b\u00fcrger.example/gesetz/\u00a7', false],
    ['https://b\u00fcrger.example/gesetz/stra\u00dfe', true],
    ['https://example.org/a|b', false],
    ['https://example.org/?q=a|b', false],
    ['https://example.org/?q=a^b', false],
    ['https://example.org/#a^b', false],
    ['https://example.org/{a}', false],
    ['https://example.org/a`b', false],
    ['https://example.org/a\\b', false],
    ['https://example.org/"a"', false],
    ['https://example.org/<a>', false],
    ['https://example.org/%zz', false],
    ['https://example.org/?q=\ud83e\uddf5', false],
    ['https://example.org/a#b#c', false],
    ['https://example.org/\u200b', false],
  ])('decision_ground_reference_url %s: %s', (url, isGood) => {
    expect(fieldsOf({ ...terms, decision_ground_reference_url: url })).toEqual(
      isGood ? [] : ['decision_ground_reference_url'],
    )
  })

  test('content_language is one of the 184 codes of the database', () => {
    expect(languages.size).toBe(184)
    for (const content_language of languages) {
      expect(statementProblems({ ...terms, content_language })).toEqual([])
    }
  })

  test.each([
    ['EN', true],
    ['en', false],
    ['ENG', false],
    ['XX', false],
    ['IW', false],
    ['SH', false],
    ['MO', false],
  ])('content_language %s: %s', (language, isGood) => {
    expect(fieldsOf({ ...terms, content_language: language })).toEqual(isGood ? [] : ['content_language'])
  })

  test.each([
    ['a statement without any decision', { decision_visibility: undefined }, 'decision_visibility'],
    [
      'a legal ground without its explanation',
      { ...law, illegal_content_explanation: undefined },
      'illegal_content_explanation',
    ],
    [
      'a legal ground without the law',
      { ...law, illegal_content_legal_ground: undefined },
      'illegal_content_legal_ground',
    ],
    [
      'a ground in the terms without an explanation',
      { incompatible_content_explanation: undefined },
      'incompatible_content_explanation',
    ],
    [
      'a ground in the terms with the explanation of a legal one',
      { illegal_content_explanation: 'It is.' },
      'illegal_content_explanation',
    ],
    [
      'a legal ground with the Yes or No of the terms',
      {
        ...law,
        incompatible_content_ground: undefined,
        incompatible_content_explanation: undefined,
        incompatible_content_illegal: 'Yes',
      },
      'incompatible_content_illegal',
    ],
    ['a type OTHER without its text', { content_type: ['CONTENT_TYPE_OTHER'] }, 'content_type_other'],
    ['the text of a type OTHER without the type', { content_type_other: 'account' }, 'content_type_other'],
    [
      'a visibility OTHER without its text',
      { decision_visibility: ['DECISION_VISIBILITY_OTHER'] },
      'decision_visibility_other',
    ],
    [
      'the text of a keyword OTHER without the keyword',
      { category_specification_other: 'it' },
      'category_specification_other',
    ],
    ['a field that the database does not know', { url: 'https://example.org' }, 'url'],
  ])('%s is an error that names the field', (_what, change, field) => {
    const merged = Object.entries({
      ...('illegal_content_legal_ground' in change ? groundless : terms),
      ...change,
    })
    expect(fieldsOf(Object.fromEntries(merged.filter(([, value]) => value !== undefined)))).toContain(field)
  })
})
