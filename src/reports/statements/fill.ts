import * as E from '#fp/Either'
import type { Decision } from '../../domain/account.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { formatInstant, instantOf } from '../../domain/time.ts'
import { eeaCountries, euCountries } from './enumerations.ts'
import { type Mapping, type MappingEntry, under } from './mapping.ts'
import { type FieldError, missing, type Part } from './part.ts'
import { type Statement, statementProblems } from './statement.ts'
import type { Values } from './template.ts'
import { groundOf, textPart } from './texts.ts'

type Raised = StoredEvent<'flag.raised.v1'>

/**
 * The statement of one decision, as it was made; `grounds` are those of its flags that are on record. Every field that
 * can't be filled is an error. What a person wrote, ids of accounts and contents and the values of signals never get in.
 */
export const fillStatement = (
  decision: Decision,
  grounds: ReadonlyArray<Raised>,
  mapping: Mapping,
): E.Either<ReadonlyArray<FieldError>, Statement> => {
  const { data } = decision.made
  const entry: MappingEntry = { ...mapping.default, ...under(mapping.categories, data.category) }
  const values = valuesOf(decision, grounds)
  const parts: ReadonlyArray<Part> = [
    E.right({
      puid: decision.decisionId,
      application_date: dayOf(decision.at),
      automated_detection: data.automation.detection ? 'Yes' : 'No',
      automated_decision: automated[data.automation.decision],
      ...(mapping.account_type === undefined ? {} : { account_type: mapping.account_type }),
    }),
    categoryOf(data.category, entry),
    restrictionOf(decision, mapping),
    contentOf(decision, grounds, mapping),
    contentDateOf(decision, grounds, mapping),
    scopeOf(data.territory, mapping),
    sourceOf(decision, grounds, mapping),
    textPart('decision_facts', entry.facts, 'facts', data.category, values),
    ...groundOf(decision, entry, values),
  ]
  const errors = parts.flatMap((part) => (E.isLeft(part) ? [part.left] : []))
  if (errors.length > 0) return E.left(errors)
  const filled: unknown = Object.assign({}, ...parts.map((part) => (E.isRight(part) ? part.right : {})))
  const problems = statementProblems(filled)
  // Cast: the codec found nothing wrong with it.
  return problems.length === 0 ? E.right(filled as Statement) : E.left(problems.map(refused))
}

const automated = {
  fully: 'AUTOMATED_DECISION_FULLY',
  partially: 'AUTOMATED_DECISION_PARTIALLY',
  not: 'AUTOMATED_DECISION_NOT_AUTOMATED',
} as const

const refused = ({ path, expected }: { path: string; expected: string }): FieldError => ({
  field: path,
  problem: `the database expects ${expected}`,
  todo: path.endsWith('_date') || path.startsWith('end_date') ? DATES : 'change what the mapping gives here',
})
const DATES =
  'the database takes no such date: leave this decision out with --from or --to, or correct the record'

/** The day of an instant in UTC, which is how the API writes dates. */
const dayOf = (at: number): string => formatInstant(at).slice(0, 10)

/** The end that was set when the decision was made: a removal has none. */
const endOf = ({ made }: Decision): string | undefined =>
  made.type === 'account.deactivated.v1' && made.data.until !== undefined
    ? dayOf(instantOf(made.data.until))
    : undefined

const valuesOf = (decision: Decision, grounds: ReadonlyArray<Raised>): Values => {
  const { made } = decision
  const rules = [...new Set(grounds.flatMap(({ data }) => data.rule?.id ?? []))]
  return {
    action: made.type === 'content.removed.v1' ? 'removed' : made.data.restriction,
    category: made.data.category,
    content_kind: made.type === 'content.removed.v1' ? made.data.content.kind : undefined,
    date: dayOf(decision.at),
    flags: grounds.length === 0 ? undefined : String(grounds.length),
    reference: made.data.basis?.reference,
    rules: rules.length === 0 ? undefined : rules.join(', '),
    ruleset: made.data.ruleset?.id,
    until: endOf(decision),
    version: made.data.ruleset?.version,
  }
}

const categoryOf = (category: string, entry: MappingEntry): Part => {
  if (entry.category === undefined) {
    return missing(
      'category',
      `the mapping has no category for ${category}`,
      `give categories.${category}.category`,
    )
  }
  const { category_addition, category_specification, category_specification_other } = entry
  return E.right({
    category: entry.category,
    ...(category_addition === undefined ? {} : { category_addition }),
    ...(category_specification === undefined ? {} : { category_specification }),
    ...(category_specification_other === undefined ? {} : { category_specification_other }),
  })
}

const restrictionOf = (decision: Decision, mapping: Mapping): Part => {
  const { made } = decision
  if (made.type === 'account.deactivated.v1') {
    const end = endOf(decision)
    return E.right({
      decision_account:
        made.data.restriction === 'suspended' ? 'DECISION_ACCOUNT_SUSPENDED' : 'DECISION_ACCOUNT_TERMINATED',
      ...(end === undefined ? {} : { end_date_account_restriction: end }),
    })
  }
  const { decision_visibility = ['DECISION_VISIBILITY_CONTENT_REMOVED'], decision_visibility_other } = mapping
  const isOther = decision_visibility.includes('DECISION_VISIBILITY_OTHER')
  return E.right({
    decision_visibility,
    ...(isOther && decision_visibility_other !== undefined ? { decision_visibility_other } : {}),
  })
}

/** The content that a decision is about: of an account's what its grounds are about. */
const contentsOf = ({ made }: Decision, grounds: ReadonlyArray<Raised>) =>
  made.type === 'content.removed.v1' ? [made.data.content] : grounds.flatMap(({ data }) => data.content ?? [])

const contentOf = (decision: Decision, grounds: ReadonlyArray<Raised>, mapping: Mapping): Part => {
  const contents = contentsOf(decision, grounds)
  const kinds = [...new Set(contents.map(({ kind }) => kind as string))]
  const unmapped = kinds.find((kind) => under(mapping.content_types, kind) === undefined)
  if (unmapped !== undefined) {
    const problem = `the mapping has no content type for ${unmapped}`
    return missing('content_type', problem, `give content_types.${unmapped}`)
  }
  const types =
    kinds.length === 0
      ? mapping.account_content_type
      : kinds.flatMap((kind) => under(mapping.content_types, kind) ?? [])
  if (types === undefined) {
    return missing(
      'content_type',
      'the grounds of this decision name no content',
      'give account_content_type',
    )
  }
  const content_type = [...new Set(types)].sort()
  const other = content_type.includes('CONTENT_TYPE_OTHER') ? mapping.content_type_other : undefined
  const [language, ...others] = new Set(contents.map((content) => content.language))
  // Tags such as `pt-BR` are of a language too; the database knows no region.
  const [, code] = others.length === 0 ? (/^([a-z]{2})(?:-|$)/i.exec(language ?? '') ?? []) : []
  return E.right({
    content_type,
    ...(other === undefined ? {} : { content_type_other: other }),
    ...(code === undefined ? {} : { content_language: code.toUpperCase() }),
  })
}

const contentDateOf = (decision: Decision, grounds: ReadonlyArray<Raised>, mapping: Mapping): Part => {
  const dates = contentsOf(decision, grounds).flatMap(({ createdAt }) =>
    createdAt === undefined ? [] : [instantOf(createdAt)],
  )
  if (dates.length > 0) return E.right({ content_date: dayOf(Math.min(...dates)) })
  return mapping.content_date === 'application_date'
    ? E.right({ content_date: dayOf(decision.at) })
    : missing(
        'content_date',
        'when the content was created is not on record',
        'publish content.createdAt, or say content_date: application_date in the mapping',
      )
}

const scopeOf = (territory: string | undefined, mapping: Mapping): Part => {
  const scope = territory === undefined ? mapping.territorial_scope : under(mapping.territories, territory)
  if (scope === undefined) {
    return missing(
      'territorial_scope',
      'the mapping does not say which countries the territory of this decision is',
      `give territories.${JSON.stringify(territory)}`,
    )
  }
  return E.right({ territorial_scope: scope === 'EU' ? euCountries : scope === 'EEA' ? eeaCountries : scope })
}

/** Of several sources the first one here: a notice says more than that the platform looked by itself. */
const sources = [
  ['authority', 'SOURCE_TYPE_OTHER_NOTIFICATION'],
  ['trusted_flagger', 'SOURCE_TRUSTED_FLAGGER'],
  ['user_notice', 'SOURCE_ARTICLE_16'],
  ['own_initiative', 'SOURCE_VOLUNTARY'],
] as const

const sourceOf = ({ made }: Decision, grounds: ReadonlyArray<Raised>, mapping: Mapping): Part => {
  // What is exported can't be changed when a flag arrives late: a user's notice would count as the platform's own look.
  const late = made.data.grounds.find((flagId) => grounds.every(({ data }) => data.flagId !== flagId))
  if (late !== undefined && mapping.missing_grounds !== 'ignore') {
    return missing(
      'source_type',
      `the flag ${late} that it rests on is not on record of this account`,
      'wait until it is, or say missing_grounds: ignore in the mapping',
    )
  }
  const found = sources.find(([source]) => grounds.some(({ data }) => data.source === source))
  const source_type = found?.[1] ?? mapping.source_type
  return source_type === undefined
    ? missing('source_type', 'no flag that it rests on is on record', 'give source_type in the mapping')
    : E.right({ source_type })
}
