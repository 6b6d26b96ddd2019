import * as t from 'io-ts'
import { closed, type DecodeError, oneOf, problems } from '../../domain/codec.ts'
import { parseInstant } from '../../domain/time.ts'
import { isBlank } from '../../foundation/text/blank.ts'
import { grouped } from '../../foundation/text/grouped.ts'
import {
  accountTypes,
  automatedDecisions,
  categories,
  contentTypes,
  decisionAccounts,
  decisionGrounds,
  decisionMonetaries,
  decisionProvisions,
  decisionVisibilities,
  eeaCountries,
  keywords,
  sourceTypes,
} from './enumerations.ts'
import { languages } from './languages.ts'

const codec = <A>(name: string, is: (u: unknown) => u is A): t.Type<A> =>
  new t.Type<A>(name, is, (u, context) => (is(u) ? t.success(u) : t.failure(u, context, name)), t.identity)

/** Limits in characters: code points, as the database counts them. */
export const limits = { facts: 5000, explanation: 2000, short: 500, batch: 100 } as const

/** A text of at most this many characters that is not blank: the database treats a blank text as missing. */
export const statementText = (most: number): t.Type<string> =>
  codec(
    `a string of 1 to ${grouped(most)} characters`,
    (u): u is string => typeof u === 'string' && u.isWellFormed() && !isBlank(u) && lengthOf(u) <= most,
  )

/** The number of characters in a text. */
const lengthOf = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

/** A day, as `YYYY-MM-DD`; the API's dates have no time. */
const dayBetween = (first: string, last: string): t.Type<string> =>
  codec(
    `a date from ${first} to ${last}`,
    (u): u is string =>
      typeof u === 'string' &&
      u.length === 10 &&
      parseInstant(`${u}T00:00:00Z`) !== undefined &&
      u >= first &&
      u <= last,
  )
/** The days that the database accepts. */
export const days = {
  firstContent: '2000-01-01',
  firstApplication: '2020-01-01',
  last: '2038-01-01',
} as const
const EndDate = dayBetween(days.firstApplication, days.last)

const someOf = <A>(item: t.Type<A>, name: string): t.Type<ReadonlyArray<A>> => {
  const list = t.readonlyArray(item, name)
  const isNonEmptyList = (u: unknown): u is ReadonlyArray<A> => list.is(u) && u.length > 0
  return new t.Type(
    name,
    isNonEmptyList,
    (u, context) =>
      Array.isArray(u) && u.length > 0 ? list.validate(u, context) : t.failure(u, context, name),
    t.identity,
  )
}

export const Category = oneOf(...categories)
const Keyword = oneOf(...keywords)
export const ContentTypes = someOf(oneOf(...contentTypes), 'a list of one CONTENT_TYPE_* or more')
export const Visibilities = someOf(
  oneOf(...decisionVisibilities),
  'a list of one DECISION_VISIBILITY_* or more',
)
export const AccountType = oneOf(...accountTypes)
export const SourceType = oneOf(...sourceTypes)
export const YesNo = oneOf('Yes', 'No')
export const Countries = someOf(oneOf(...eeaCountries), 'a list of countries of the EEA, such as DE')
export const Categories = t.readonlyArray(Category, 'a list of STATEMENT_CATEGORY_*')
export const Keywords = t.readonlyArray(Keyword, 'a list of KEYWORD_*')
/**
 * A URL that the database's validator accepts, which follows RFC 3986 more closely than browsers do: `|`, `^` and the like
 * must be percent-encoded.
 */
export const Url = codec(
  `an http or https URL of at most ${limits.short} characters, with everything but letters, digits and -._~!$&'()*+,;=:@/?# percent-encoded`,
  (u): u is string =>
    typeof u === 'string' && u.length <= limits.short && HTTP_URL.test(u) && URL.canParse(u),
)
const IN_PATH = "(?:[\\p{L}\\p{N}\\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
const HTTP_URL = new RegExp(
  [
    '^https?://[\\p{L}\\p{N}_\\-][\\p{L}\\p{N}._\\-]*[\\p{L}\\p{N}](?::[0-9]+)?', // where
    `(?:/${IN_PATH}*)*`,
    `(?:\\?(?:${IN_PATH}|[/?])*)?`,
    `(?:#(?:${IN_PATH}|[/?])*)?$`,
  ].join(''),
  'u',
)

/** One statement, as an item of the list `statements` that `POST /api/v1/statements` accepts. */
const Statement = closed(
  'a statement of reasons',
  {
    content_type: ContentTypes,
    category: Category,
    decision_ground: oneOf(...decisionGrounds),
    content_date: dayBetween(days.firstContent, days.last),
    application_date: dayBetween(days.firstApplication, days.last),
    decision_facts: statementText(limits.facts),
    source_type: SourceType,
    automated_detection: YesNo,
    automated_decision: oneOf(...automatedDecisions),
    territorial_scope: Countries,
    puid: codec(
      '1 to 500 of A-Z a-z 0-9 _ -',
      (u): u is string => typeof u === 'string' && /^[a-zA-Z0-9_-]{1,500}$/.test(u),
    ),
  },
  {
    decision_visibility: Visibilities,
    decision_visibility_other: statementText(limits.short),
    decision_monetary: oneOf(...decisionMonetaries),
    decision_monetary_other: statementText(limits.short),
    decision_provision: oneOf(...decisionProvisions),
    decision_account: oneOf(...decisionAccounts),
    account_type: AccountType,
    category_addition: Categories,
    category_specification: Keywords,
    category_specification_other: statementText(limits.short),
    decision_ground_reference_url: Url,
    illegal_content_legal_ground: statementText(limits.short),
    illegal_content_explanation: statementText(limits.explanation),
    incompatible_content_ground: statementText(limits.short),
    incompatible_content_explanation: statementText(limits.explanation),
    incompatible_content_illegal: YesNo,
    content_type_other: statementText(limits.short),
    content_language: codec(
      'a code of the database\u2019s list of languages, such as EN',
      (u): u is string => typeof u === 'string' && languages.has(u),
    ),
    end_date_account_restriction: EndDate,
    end_date_monetary_restriction: EndDate,
    end_date_service_restriction: EndDate,
    end_date_visibility_restriction: EndDate,
  },
)
export type Statement = t.TypeOf<typeof Statement>

/** What is wrong with a statement, by field; empty: the database accepts it. */
export const statementProblems = (value: unknown): ReadonlyArray<DecodeError> => {
  const found = problems(Statement, value)
  return Statement.is(value) && found.length === 0 ? crossFieldErrors(value) : found
}

type Field = keyof Statement

/** The fields that depend on the value of another: required with it, refused without it. */
const crossFieldErrors = (s: Statement): ReadonlyArray<DecodeError> => {
  const isIllegal = s.decision_ground === 'DECISION_GROUND_ILLEGAL_CONTENT'
  return [
    ...(s.decision_visibility || s.decision_monetary || s.decision_provision || s.decision_account
      ? []
      : [{ path: 'decision_visibility', problem: 'missing; expected at least one decision_*' }]),
    ...requiredOnlyWith(s, 'illegal_content_legal_ground', isIllegal, 'DECISION_GROUND_ILLEGAL_CONTENT'),
    ...requiredOnlyWith(s, 'illegal_content_explanation', isIllegal, 'DECISION_GROUND_ILLEGAL_CONTENT'),
    ...requiredOnlyWith(s, 'incompatible_content_ground', !isIllegal, 'DECISION_GROUND_INCOMPATIBLE_CONTENT'),
    ...requiredOnlyWith(
      s,
      'incompatible_content_explanation',
      !isIllegal,
      'DECISION_GROUND_INCOMPATIBLE_CONTENT',
    ),
    ...onlyWith(s, 'incompatible_content_illegal', !isIllegal, 'DECISION_GROUND_INCOMPATIBLE_CONTENT'),
    ...requiredOnlyWith(
      s,
      'content_type_other',
      s.content_type.includes('CONTENT_TYPE_OTHER'),
      'CONTENT_TYPE_OTHER',
    ),
    ...requiredOnlyWith(
      s,
      'decision_visibility_other',
      s.decision_visibility?.includes('DECISION_VISIBILITY_OTHER') ?? false,
      'DECISION_VISIBILITY_OTHER',
    ),
    ...requiredOnlyWith(
      s,
      'decision_monetary_other',
      s.decision_monetary === 'DECISION_MONETARY_OTHER',
      'DECISION_MONETARY_OTHER',
    ),
    ...onlyWith(
      s,
      'category_specification_other',
      s.category_specification?.includes('KEYWORD_OTHER') ?? false,
      'KEYWORD_OTHER',
    ),
    ...ends(s, 'end_date_account_restriction', 'decision_account'),
    ...ends(s, 'end_date_monetary_restriction', 'decision_monetary'),
    ...ends(s, 'end_date_service_restriction', 'decision_provision'),
    ...ends(s, 'end_date_visibility_restriction', 'decision_visibility'),
  ]
}

const requiredOnlyWith = (
  s: Statement,
  field: Field,
  isRequired: boolean,
  by: string,
): ReadonlyArray<DecodeError> =>
  isRequired && s[field] === undefined
    ? [{ path: field, problem: `missing; ${by} requires a text here` }]
    : onlyWith(s, field, isRequired, by)

const onlyWith = (s: Statement, field: Field, isAllowed: boolean, by: string): ReadonlyArray<DecodeError> =>
  !isAllowed && s[field] !== undefined ? [{ path: field, problem: `only allowed with ${by}` }] : []

const ends = (
  s: Statement,
  field: Extract<Field, `end_date_${string}`>,
  restriction: Field,
): ReadonlyArray<DecodeError> => {
  const end = s[field]
  if (end === undefined) return []
  if (s[restriction] === undefined) return [{ path: field, problem: `only allowed with ${restriction}` }]
  return end < s.application_date
    ? [{ path: field, problem: 'expected a date not before application_date' }]
    : []
}
