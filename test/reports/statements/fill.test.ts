import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { foldAccount } from '../../../src/domain/account.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { fillStatement } from '../../../src/reports/statements/fill.ts'
import { statedDecision } from '../../../src/reports/statements/stated.ts'
import { statementProblems } from '../../../src/reports/statements/statement.ts'
import { decoded, stored, withValue } from '../../domain/samples.ts'
import { mappingOf } from './mappings.ts'

const mapping = `
territorial_scope: EEA
territories: {EU: EU, Germany: [DE]}
content_types: {pin: [CONTENT_TYPE_TEXT, CONTENT_TYPE_IMAGE]}
categories:
  adult_content:
    category: STATEMENT_CATEGORY_PROTECTION_OF_MINORS
    category_addition: [STATEMENT_CATEGORY_VIOLENCE]
    category_specification: [KEYWORD_NUDITY]
    law: {ground: "{reference}", explanation: "It forbids {category}.", url: "https://example.org/law"}
    terms: {ground: "{reference}", explanation: They forbid it., illegal: "No"}
    facts: ["By {rules} of {ruleset} {version}, {flags}, on {date} until {until}: {action}", "{action} {category}"]
`
type Change = readonly [path: string, value: unknown]
const changed = (
  type: 'content.removed.v1' | 'account.deactivated.v1' | 'flag.raised.v1' | 'notice.received.v1',
  changes: ReadonlyArray<Change>,
) =>
  decoded(
    changes.reduce(
      (json, [path, value]) => withValue(json, path.split('.'), value),
      withValue(stored(type), ['id'], type),
    ),
  )

/** The statement of one decision, whose ground is one flag. */
const filled = (
  type: 'content.removed.v1' | 'account.deactivated.v1',
  {
    decision = [],
    flag = [],
    hasFlag = true,
    others = [],
    by = mapping,
  }: {
    decision?: ReadonlyArray<Change>
    flag?: ReadonlyArray<Change>
    hasFlag?: boolean
    others?: ReadonlyArray<StoredEvent>
    by?: string
  } = {},
) => {
  const record = foldAccount([
    changed(type, [['data.grounds', hasFlag ? ['f1'] : []], ...decision]),
    ...(hasFlag ? [changed('flag.raised.v1', flag)] : []),
    ...others,
  ])
  const [made] = record.decisions
  if (made === undefined) throw new Error('no decision')
  return fillStatement(statedDecision(made), record.flags, mappingOf(by))
}
const errorsOf = (...args: Parameters<typeof filled>) => {
  const statement = filled(...args)
  return E.isLeft(statement) ? statement.left.map(({ field }) => field) : []
}
const statementOf = (...args: Parameters<typeof filled>) => {
  const statement = filled(...args)
  if (E.isLeft(statement)) throw new Error(JSON.stringify(statement.left))
  return statement.right.statement
}
const remarksOf = (...args: Parameters<typeof filled>) => {
  const statement = filled(...args)
  if (E.isLeft(statement)) throw new Error(JSON.stringify(statement.left))
  return statement.right.remarks
}

describe('the statement of a decision', () => {
  test('is complete for a removal', () => {
    const statement = statementOf('content.removed.v1')
    expect(statement).toMatchObject({
      puid: 'd1',
      decision_visibility: ['DECISION_VISIBILITY_CONTENT_REMOVED'],
      category: 'STATEMENT_CATEGORY_PROTECTION_OF_MINORS',
      category_addition: ['STATEMENT_CATEGORY_VIOLENCE'],
      category_specification: ['KEYWORD_NUDITY'],
      content_type: ['CONTENT_TYPE_IMAGE', 'CONTENT_TYPE_TEXT'],
      content_language: 'EN',
      content_date: '2025-04-01',
      application_date: '2025-04-29',
      source_type: 'SOURCE_VOLUNTARY',
      automated_detection: 'Yes',
      automated_decision: 'AUTOMATED_DECISION_FULLY',
      decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
      incompatible_content_ground: 'Community guidelines, section 2',
      incompatible_content_illegal: 'No',
      decision_facts: 'removed adult_content', // until: a removal has no end, so the second text
    })
    expect(statementProblems(statement)).toEqual([])
    expect(statement.territorial_scope).toHaveLength(27)
  })

  test('is complete for a suspension', () => {
    expect(statementOf('account.deactivated.v1')).toMatchObject({
      decision_account: 'DECISION_ACCOUNT_SUSPENDED',
      end_date_account_restriction: '2025-05-29',
      content_date: '2025-04-01',
      content_type: ['CONTENT_TYPE_IMAGE', 'CONTENT_TYPE_TEXT'],
      decision_facts:
        'By adult.explicit of community-guidelines 2025-04-28, 1, on 2025-04-29 until 2025-05-29: suspended',
    })
  })

  test('contains no id of an account, a flag or content, and no signal', () => {
    for (const type of ['content.removed.v1', 'account.deactivated.v1'] as const) {
      const text = JSON.stringify(statementOf(type))
      for (const secret of ['quilter', 'pin-1', 'QUILTING', '0.71', 'f1', 'n1'])
        expect(text).not.toContain(secret)
    }
  })

  test('a termination without end', () => {
    const statement = statementOf('account.deactivated.v1', {
      decision: [
        ['data.restriction', 'terminated'],
        ['data.until', undefined],
      ],
    })
    expect(statement).toMatchObject({ decision_account: 'DECISION_ACCOUNT_TERMINATED' })
    expect(statement).not.toHaveProperty('end_date_account_restriction')
  })

  test('a legal ground', () => {
    const statement = statementOf('content.removed.v1', {
      decision: [['data.basis', { kind: 'law', reference: '\u00a7 130' }]],
    })
    expect(statement).toMatchObject({
      decision_ground: 'DECISION_GROUND_ILLEGAL_CONTENT',
      decision_ground_reference_url: 'https://example.org/law',
      illegal_content_legal_ground: '\u00a7 130',
      illegal_content_explanation: 'It forbids adult_content.',
    })
    expect(statement).not.toHaveProperty('incompatible_content_illegal')
  })

  test.each([
    ['trusted_flagger', 'SOURCE_TRUSTED_FLAGGER'],
    ['user', 'SOURCE_ARTICLE_16'],
  ])('a flag that names the notice of a %s is %s, whatever source it gives', (notifier, source_type) => {
    const others = [changed('notice.received.v1', [['data.notifier', notifier]])]
    for (const source of ['own_initiative', 'user_notice', 'trusted_flagger']) {
      const flag: ReadonlyArray<Change> = [['data.source', source]]
      expect(statementOf('content.removed.v1', { flag, others })).toMatchObject({ source_type })
    }
  })

  test.each([
    ['own_initiative', 'SOURCE_VOLUNTARY'],
    ['user_notice', 'SOURCE_ARTICLE_16'],
    ['trusted_flagger', 'SOURCE_TRUSTED_FLAGGER'],
    ['authority', 'SOURCE_TYPE_OTHER_NOTIFICATION'],
  ])('a flag by %s is %s', (source, source_type) => {
    expect(statementOf('content.removed.v1', { flag: [['data.source', source]] })).toMatchObject({
      source_type,
    })
  })

  test.each([
    ['fully', true, 'AUTOMATED_DECISION_FULLY', 'Yes'],
    ['partially', false, 'AUTOMATED_DECISION_PARTIALLY', 'No'],
    ['not', true, 'AUTOMATED_DECISION_NOT_AUTOMATED', 'Yes'],
  ])('decided %s by machines', (decision, detection, automated_decision, automated_detection) => {
    expect(
      statementOf('content.removed.v1', { decision: [['data.automation', { decision, detection }]] }),
    ).toMatchObject({
      automated_decision,
      automated_detection,
    })
  })

  test.each([
    [undefined, 30],
    ['Germany', 1],
    ['EU', 27],
  ])('in the territory %s', (territory, countries) => {
    const statement = statementOf('content.removed.v1', { decision: [['data.territory', territory]] })
    expect(statement.territorial_scope).toHaveLength(countries)
  })

  test('uses the date of application if the date of the content is not on record and the mapping allows it', () => {
    const decision: ReadonlyArray<Change> = [['data.content.createdAt', undefined]]
    expect(errorsOf('content.removed.v1', { decision })).toEqual(['content_date'])
    const by = `${mapping}\ncontent_date: application_date`
    expect(statementOf('content.removed.v1', { decision, by })).toMatchObject({ content_date: '2025-04-29' })
  })
})

describe('the language of the content', () => {
  const inLanguage = (language: string) => ({
    decision: [['data.content.language', language]] as ReadonlyArray<Change>,
  })

  test.each([
    ['en', 'EN'],
    ['EN', 'EN'],
    ['en_US', 'EN'],
    ['pt-BR', 'PT'],
    ['zh-Hant', 'ZH'],
    ['de_AT.UTF-8', 'DE'],
    ['iw', 'HE'],
    ['ji', 'YI'],
    ['in-ID', 'ID'],
    ['tl', 'TL'],
  ])('%s is %s', (language, content_language) => {
    expect(statementOf('content.removed.v1', inLanguage(language))).toMatchObject({ content_language })
    expect(remarksOf('content.removed.v1', inLanguage(language))).toEqual([])
  })

  test.each(['xx', 'zz', 'qq', 'sh', 'mo', 'cnr', 'eng', 'x-klingon', 'constructor', '1'])(
    '%s, which the database does not know, is left out with a remark',
    (language) => {
      expect(statementOf('content.removed.v1', inLanguage(language))).not.toHaveProperty('content_language')
      expect(remarksOf('content.removed.v1', inLanguage(language))).toEqual([
        { field: 'content_language', remark: `the database has no language ${language}: left out` },
      ])
    },
  )
})

describe('a valid date that the database does not accept', () => {
  const until = (time: string) => ({ decision: [['data.until', time]] as ReadonlyArray<Change> })
  const createdAt = (time: string, more = '') => ({
    decision: [['data.content.createdAt', time]] as ReadonlyArray<Change>,
    by: `${mapping}\n${more}`,
  })

  test('an end after 2038-01-01 is left out, with a remark', () => {
    const last = until('2038-01-01T23:59:59.999Z')
    expect(statementOf('account.deactivated.v1', last)).toMatchObject({
      end_date_account_restriction: '2038-01-01',
    })
    expect(remarksOf('account.deactivated.v1', last)).toEqual([])
    for (const day of ['2038-01-02', '2099-01-01', '9999-12-31']) {
      const beyond = until(`${day}T00:00:00Z`)
      expect(statementOf('account.deactivated.v1', beyond)).not.toHaveProperty('end_date_account_restriction')
      expect(remarksOf('account.deactivated.v1', beyond)).toEqual([
        {
          field: 'end_date_account_restriction',
          remark: `it ends on ${day}, and the database accepts no end after 2038-01-01: left out`,
        },
      ])
    }
  })

  test.each([
    ['', '2000-01-01'],
    ['early_content_date: first', '2000-01-01'],
    ['early_content_date: application_date', '2025-04-29'],
  ])('content from before 2000, with %j in the mapping, is dated %s, with a remark', (line, content_date) => {
    const early = createdAt('1999-12-31T23:59:59.999Z', line)
    expect(statementOf('content.removed.v1', early)).toMatchObject({ content_date })
    expect(remarksOf('content.removed.v1', early)).toEqual([
      {
        field: 'content_date',
        remark: `the content was created on 1999-12-31, and the database accepts no date before 2000-01-01: written as ${content_date}`,
      },
    ])
    const first = createdAt('2000-01-01T00:00:00Z', line)
    expect(statementOf('content.removed.v1', first)).toMatchObject({ content_date: '2000-01-01' })
    expect(remarksOf('content.removed.v1', first)).toEqual([])
  })

  test('content from before 2000 is an error if the mapping says so', () => {
    const early = createdAt('0000-01-01T00:00:00Z', 'early_content_date: error')
    expect(errorsOf('content.removed.v1', early)).toEqual(['content_date'])
  })

  test('content from the far future gets the date that the mapping chooses, or is an error', () => {
    expect(errorsOf('content.removed.v1', createdAt('2038-01-02T00:00:00Z'))).toEqual(['content_date'])
    const mapped = createdAt('9999-12-31T00:00:00Z', 'content_date: application_date')
    expect(statementOf('content.removed.v1', mapped)).toMatchObject({ content_date: '2025-04-29' })
    expect(remarksOf('content.removed.v1', mapped)).toHaveLength(1)
  })

  test.each([
    ['made before 2020', 'content.removed.v1', ['time', '2019-12-31T23:59:59.999Z'], 'application_date'],
    ['made after 2038', 'content.removed.v1', ['time', '2038-01-02T00:00:00Z'], 'application_date'],
    [
      'that ends before it was made',
      'account.deactivated.v1',
      ['data.until', '2025-04-28T00:00:00Z'],
      'end_date_account_restriction',
    ],
  ] as const)('a decision %s is a final error', (_what, type, change, field) => {
    expect(filled(type, { decision: [change] })).toMatchObject({
      left: [{ field, problem: expect.any(String), todo: expect.any(String), final: true }],
    })
  })

  test('a decision on the first or the last day is not an error', () => {
    for (const time of ['2020-01-01T00:00:00Z', '2038-01-01T23:59:59Z']) {
      const application_date = time.slice(0, 10)
      expect(statementOf('content.removed.v1', { decision: [['time', time]] })).toMatchObject({
        application_date,
      })
    }
  })
})

describe('a reference without a visible character', () => {
  const decision: ReadonlyArray<Change> = [['data.basis.reference', '\u200b\u2060\u3164\u2800 \u00ad']]

  test('counts as not on record: the mapping\u2019s next text is used', () => {
    const by = mapping.replace('terms: {ground: "{reference}"', 'terms: {ground: ["{reference}", Terms]')
    expect(statementOf('content.removed.v1', { decision, by })).toMatchObject({
      incompatible_content_ground: 'Terms',
    })
  })

  test('is an error if there is no other text', () => {
    expect(errorsOf('content.removed.v1', { decision })).toEqual(['incompatible_content_ground'])
  })
})

describe('a flag that is not on record for the account', () => {
  const decision: ReadonlyArray<Change> = [['data.grounds', ['f1', 'f9']]]

  test('is waited for, because nothing that is exported can be changed', () => {
    expect(errorsOf('content.removed.v1', { decision })).toEqual(['source_type'])
    const waiting = { decision, by: `${mapping}\nmissing_grounds: wait` }
    expect(errorsOf('content.removed.v1', waiting)).toEqual(['source_type'])
  })

  test('is ignored if the mapping says so', () => {
    const by = `${mapping}\nmissing_grounds: ignore\nsource_type: SOURCE_ARTICLE_16`
    expect(statementOf('content.removed.v1', { decision, by })).toMatchObject({
      source_type: 'SOURCE_VOLUNTARY',
    })
    const alone: ReadonlyArray<Change> = [['data.grounds', ['f9']]]
    expect(statementOf('content.removed.v1', { decision: alone, hasFlag: false, by })).toMatchObject({
      source_type: 'SOURCE_ARTICLE_16',
    })
  })
})

describe('a statement that cannot be filled names the field', () => {
  test.each<[string, Parameters<typeof filled>, ReadonlyArray<string>]>([
    [
      'a category that is not mapped',
      ['content.removed.v1', { decision: [['data.category', 'constructor']] }],
      ['category', 'decision_facts', 'incompatible_content_ground', 'incompatible_content_explanation'],
    ],
    [
      'a kind of content that is not mapped',
      ['content.removed.v1', { decision: [['data.content.kind', 'toString']] }],
      ['content_type'],
    ],
    [
      'a territory that is not mapped',
      ['content.removed.v1', { decision: [['data.territory', 'Mars']] }],
      ['territorial_scope'],
    ],
    [
      'a decision without a basis',
      ['content.removed.v1', { decision: [['data.basis', undefined]] }],
      ['decision_ground'],
    ],
    ['a decision without flags', ['content.removed.v1', { hasFlag: false }], ['source_type']],
    [
      'an account without content or flags',
      ['account.deactivated.v1', { hasFlag: false }],
      ['content_type', 'content_date', 'source_type'],
    ],
    [
      'a decision before the first date that the database accepts',
      ['content.removed.v1', { decision: [['time', '2019-12-31T00:00:00Z']] }],
      ['application_date'],
    ],
    [
      'an end before the start',
      ['account.deactivated.v1', { decision: [['data.until', '2025-04-01T00:00:00Z']] }],
      ['end_date_account_restriction'],
    ],
    [
      'a term too long for a ground',
      ['content.removed.v1', { decision: [['data.basis.reference', 'x'.repeat(501)]] }],
      ['incompatible_content_ground'],
    ],
    [
      'texts that need something that is not on record',
      ['content.removed.v1', { by: mapping.replace(', "{action} {category}"', '') }],
      ['decision_facts'],
    ],
    [
      'facts that are too long',
      ['content.removed.v1', { by: mapping.replace('"{action} {category}"', `"${'x'.repeat(5001)}"`) }],
      ['decision_facts'],
    ],
  ])('%s', (_what, args, fields) => {
    expect(errorsOf(...args)).toEqual(fields)
    const statement = filled(...args)
    if (E.isRight(statement)) throw new Error('it was expected to fail')
    for (const { problem, todo } of statement.left) expect([problem, todo]).not.toContain('')
  })
})
