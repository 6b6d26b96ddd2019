import * as E from '#fp/Either'
import type { Decision, Flag } from '../../domain/account.ts'
import { instantOf } from '../../domain/time.ts'
import { isBlank } from '../../foundation/blank.ts'
import { contentDateOf, contentOf, dayOf } from './content.ts'
import { eeaCountries, euCountries } from './enumerations.ts'
import { type Mapping, type MappingEntry, under } from './mapping.ts'
import { type FieldError, given, missing, type Part, type Remark } from './part.ts'
import { sourceOf } from './source.ts'
import { days, type Statement, statementProblems } from './statement.ts'
import type { Values } from './template.ts'
import { groundOf, textPart } from './texts.ts'

/** A statement that the database takes, and where it says something else than the record. */
export type Filled = { readonly statement: Statement; readonly remarks: ReadonlyArray<Remark> }

/**
 * The statement of one decision, as it was made; `grounds` are those of its flags that are on record. Every field that
 * cannot be filled is an error. What a person wrote, ids of accounts and contents and the values of signals never get in.
 */
export const fillStatement = (
  decision: Decision,
  grounds: ReadonlyArray<Flag>,
  mapping: Mapping,
): E.Either<ReadonlyArray<FieldError>, Filled> => {
  const { data } = decision.made
  const undatable = undatableOf(decision)
  if (undatable !== null) return E.left([undatable])
  const entry: MappingEntry = { ...mapping.default, ...under(mapping.categories, data.category) }
  const values = valuesOf(decision, grounds)
  const parts: ReadonlyArray<Part> = [
    given({
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
  const filled = parts.flatMap((part) => (E.isRight(part) ? [part.right] : []))
  const statement: unknown = Object.assign({}, ...filled.map(({ fields }) => fields))
  const problems = statementProblems(statement)
  if (problems.length > 0) return E.left(problems.map(refused))
  // Cast: the codec found nothing wrong with it.
  return E.right({ statement: statement as Statement, remarks: filled.flatMap(({ remarks }) => remarks) })
}

const automated = {
  fully: 'AUTOMATED_DECISION_FULLY',
  partially: 'AUTOMATED_DECISION_PARTIALLY',
  not: 'AUTOMATED_DECISION_NOT_AUTOMATED',
} as const

const refused = ({ path, expected }: { path: string; expected: string }): FieldError => ({
  field: path,
  problem: `the database expects ${expected}`,
  todo: 'change what the mapping gives here',
})

/** Why no statement can ever be made of a decision with these dates; null: one can. */
const undatableOf = (decision: Decision): FieldError | null => {
  const applied = dayOf(decision.at)
  if (applied < days.firstApplication || applied > days.last) {
    return {
      field: 'application_date',
      problem: `the decision was made on ${applied}, and the database takes ${days.firstApplication} to ${days.last}`,
      todo: 'it cannot be sent, so this line stays and no run tries it again; --from and --to leave such decisions out of a new folder',
      final: true,
    }
  }
  const end = endOf(decision)
  if (end === undefined || end >= applied) return null
  return {
    field: 'end_date_account_restriction',
    problem: `the decision of ${applied} was to end on ${end}, before it was made`,
    todo: 'this line stays, and no run tries it again; publish the decision under another id with the end that was meant',
    final: true,
  }
}

/** The end that was set when the decision was made: a removal has none. */
const endOf = ({ made }: Decision): string | undefined =>
  made.type === 'account.deactivated.v1' && made.data.until !== undefined
    ? dayOf(instantOf(made.data.until))
    : undefined

const valuesOf = (decision: Decision, grounds: ReadonlyArray<Flag>): Values => {
  const { made } = decision
  const rules = [...new Set(grounds.flatMap(({ raised }) => raised.data.rule?.id ?? []))]
  return {
    action: made.type === 'content.removed.v1' ? 'removed' : made.data.restriction,
    category: made.data.category,
    content_kind: made.type === 'content.removed.v1' ? made.data.content.kind : undefined,
    date: dayOf(decision.at),
    flags: grounds.length === 0 ? undefined : String(grounds.length),
    reference:
      made.data.basis === undefined || isBlank(made.data.basis.reference)
        ? undefined
        : made.data.basis.reference,
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
  return given({
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
    const decision_account =
      made.data.restriction === 'suspended' ? 'DECISION_ACCOUNT_SUSPENDED' : 'DECISION_ACCOUNT_TERMINATED'
    if (end === undefined) return given({ decision_account })
    if (end <= days.last) return given({ decision_account, end_date_account_restriction: end })
    return given(
      { decision_account },
      {
        field: 'end_date_account_restriction',
        remark: `it ends on ${end}, and the database takes no end after ${days.last}: left out`,
      },
    )
  }
  const { decision_visibility = ['DECISION_VISIBILITY_CONTENT_REMOVED'], decision_visibility_other } = mapping
  const isOther = decision_visibility.includes('DECISION_VISIBILITY_OTHER')
  return given({
    decision_visibility,
    ...(isOther && decision_visibility_other !== undefined ? { decision_visibility_other } : {}),
  })
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
  return given({ territorial_scope: scope === 'EU' ? euCountries : scope === 'EEA' ? eeaCountries : scope })
}
