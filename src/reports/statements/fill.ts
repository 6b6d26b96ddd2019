import * as E from '#fp/Either'
import type { Flag } from '../../domain/account.ts'
import type { DecodeError } from '../../domain/codec.ts'
import type { Restriction } from '../../domain/parts.ts'
import { isBlank } from '../../foundation/text/blank.ts'
import { contentDateOf, contentOf, dayOf } from './content.ts'
import { eeaCountries, euCountries } from './enumerations.ts'
import { type Mapping, type MappingEntry, under } from './mapping.ts'
import { type FieldError, given, missing, type Part, type Remark } from './part.ts'
import { sourceTypeOf } from './source.ts'
import type { Stated } from './stated.ts'
import { days, type Statement, statementProblems } from './statement.ts'
import type { Values } from './template.ts'
import { groundOf, textPart } from './texts.ts'

/** A statement that the database accepts, and where it differs from the record. */
export type Filled = { readonly statement: Statement; readonly remarks: ReadonlyArray<Remark> }

/**
 * The statement of one decision; `grounds` are those of its flags that are on record. Every field that cannot be filled
 * is an error. It never contains what a person wrote, ids of accounts or content, or values of signals.
 */
export const fillStatement = (
  stated: Stated,
  grounds: ReadonlyArray<Flag>,
  mapping: Mapping,
): E.Either<ReadonlyArray<FieldError>, Filled> => {
  const { data } = stated.made
  const undatable = undatableOf(stated)
  if (undatable !== null) return E.left([undatable])
  const entry: MappingEntry = { ...mapping.default, ...under(mapping.categories, data.category) }
  const values = valuesOf(stated, grounds)
  const parts: ReadonlyArray<Part> = [
    given({
      puid: stated.puid,
      application_date: dayOf(stated.at),
      automated_detection: data.automation.detection ? 'Yes' : 'No',
      automated_decision: automated[data.automation.decision],
      ...(mapping.account_type === undefined ? {} : { account_type: mapping.account_type }),
    }),
    categoryOf(data.category, entry),
    restrictionOf(stated, mapping),
    contentOf(stated, grounds, mapping),
    contentDateOf(stated, grounds, mapping),
    scopeOf(data.territory, mapping),
    sourceTypeOf(stated, grounds, mapping),
    textPart('decision_facts', entry.facts, 'facts', data.category, values),
    ...groundOf(stated, entry, values),
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

const refused = ({ path, problem }: DecodeError): FieldError => ({
  field: path,
  problem: `the database would refuse it: ${problem}`,
  todo: 'change what the mapping sets here',
})

/** Why the dates of a decision or change rule out a statement for good; null: they do not. */
const undatableOf = (stated: Stated): FieldError | null => {
  const what = stated.change === null ? 'decision' : 'change'
  const applied = dayOf(stated.at)
  if (applied < days.firstApplication || applied > days.last) {
    return {
      field: 'application_date',
      problem: `the ${what} was made on ${applied}, and the database accepts ${days.firstApplication} to ${days.last}`,
      todo: 'it cannot be sent, so this line stays and no run tries it again; to leave such decisions out of a new folder, use --from and --to',
      final: true,
    }
  }
  const end = endOf(stated)
  if (end === undefined || end >= applied) return null
  return {
    field: endField(stated),
    problem: `the ${what} was made on ${applied} but ends on ${end}, before that`,
    todo: `this line stays, and no run tries it again; publish the ${what} under another id with the intended end`,
    final: true,
  }
}

const endField = ({ restriction }: Stated) =>
  restriction === null ? 'end_date_visibility_restriction' : 'end_date_account_restriction'

const endOf = ({ until }: Stated): string | undefined => (until === null ? undefined : dayOf(until))

const valuesOf = (stated: Stated, grounds: ReadonlyArray<Flag>): Values => {
  const { made } = stated
  const rules = [...new Set(grounds.flatMap(({ raised }) => raised.data.rule?.id ?? []))]
  return {
    action: stated.restriction ?? 'removed',
    category: made.data.category,
    content_kind: made.type === 'content.removed.v1' ? made.data.content.kind : undefined,
    date: dayOf(stated.at),
    flags: grounds.length === 0 ? undefined : String(grounds.length),
    reference:
      made.data.basis === undefined || isBlank(made.data.basis.reference)
        ? undefined
        : made.data.basis.reference,
    rules: rules.length === 0 ? undefined : rules.join(', '),
    ruleset: made.data.ruleset?.id,
    until: endOf(stated),
    version: made.data.ruleset?.version,
  }
}

const categoryOf = (category: string, entry: MappingEntry): Part => {
  if (entry.category === undefined) {
    return missing(
      'category',
      `the mapping has no category for ${category}`,
      `add categories.${category}.category`,
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

const restrictionOf = (stated: Stated, mapping: Mapping): Part => {
  const decided = stated.restriction === null ? visibilityOf(mapping) : accountOf(stated.restriction)
  const end = endOf(stated)
  const field = endField(stated)
  if (end === undefined) return given(decided)
  if (end <= days.last) return given({ ...decided, [field]: end })
  const remark = `it ends on ${end}, and the database accepts no end after ${days.last}: left out`
  return given(decided, { field, remark })
}

const accountOf = (restriction: Restriction): Partial<Statement> => ({
  decision_account:
    restriction === 'suspended' ? 'DECISION_ACCOUNT_SUSPENDED' : 'DECISION_ACCOUNT_TERMINATED',
})

const visibilityOf = (mapping: Mapping): Partial<Statement> => {
  const { decision_visibility = ['DECISION_VISIBILITY_CONTENT_REMOVED'], decision_visibility_other } = mapping
  const isOther = decision_visibility.includes('DECISION_VISIBILITY_OTHER')
  return {
    decision_visibility,
    ...(isOther && decision_visibility_other !== undefined ? { decision_visibility_other } : {}),
  }
}

const scopeOf = (territory: string | undefined, mapping: Mapping): Part => {
  const scope = territory === undefined ? mapping.territorial_scope : under(mapping.territories, territory)
  if (scope === undefined) {
    return missing(
      'territorial_scope',
      'the mapping does not say which countries the territory of this decision covers',
      `add territories.${JSON.stringify(territory)}`,
    )
  }
  return given({ territorial_scope: scope === 'EU' ? euCountries : scope === 'EEA' ? eeaCountries : scope })
}
