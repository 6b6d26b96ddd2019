import type { Flag } from '../../domain/account.ts'
import { formatInstant, instantOf } from '../../domain/time.ts'
import { languageCode } from './languages.ts'
import { type Mapping, under } from './mapping.ts'
import { given, missing, type Part } from './part.ts'
import type { Stated } from './stated.ts'
import { days } from './statement.ts'

/** The day of an instant in UTC, which is how the API writes dates. */
export const dayOf = (at: number): string => formatInstant(at).slice(0, 10)

/** The content that a decision is about; for a deactivation, the content that its grounds are about. */
const contentsOf = ({ made }: Stated, grounds: ReadonlyArray<Flag>) =>
  made.type === 'content.removed.v1'
    ? [made.data.content]
    : grounds.flatMap(({ raised }) => raised.data.content ?? [])

/** The kind of content, and its language if the database knows it. */
export const contentOf = (stated: Stated, grounds: ReadonlyArray<Flag>, mapping: Mapping): Part => {
  const contents = contentsOf(stated, grounds)
  const kinds = [...new Set(contents.map(({ kind }) => kind as string))]
  const unmapped = kinds.find((kind) => under(mapping.content_types, kind) === undefined)
  if (unmapped !== undefined) {
    const problem = `the mapping has no content type for ${unmapped}`
    return missing('content_type', problem, `add content_types.${unmapped}`)
  }
  const types =
    kinds.length === 0
      ? mapping.account_content_type
      : kinds.flatMap((kind) => under(mapping.content_types, kind) ?? [])
  if (types === undefined) {
    return missing('content_type', 'the grounds of this decision name no content', 'add account_content_type')
  }
  const content_type = [...new Set(types)].sort()
  const other = content_type.includes('CONTENT_TYPE_OTHER') ? mapping.content_type_other : undefined
  const tags = [...new Set(contents.map(({ language }) => language))]
  const [code, ...others] = new Set(tags.map((tag) => (tag === undefined ? undefined : languageCode(tag))))
  const unknown = tags.flatMap((tag) => (tag === undefined || languageCode(tag) !== undefined ? [] : [tag]))
  return given(
    {
      content_type,
      ...(other === undefined ? {} : { content_type_other: other }),
      ...(code === undefined || others.length > 0 ? {} : { content_language: code }),
    },
    ...unknown.map((tag) => ({
      field: 'content_language' as const,
      remark: `the database has no language ${tag}: left out`,
    })),
  )
}

/** When the oldest of the content was created, within the dates that the database accepts. */
export const contentDateOf = (stated: Stated, grounds: ReadonlyArray<Flag>, mapping: Mapping): Part => {
  const dates = contentsOf(stated, grounds).flatMap(({ createdAt }) =>
    createdAt === undefined ? [] : [instantOf(createdAt)],
  )
  const created = dates.length === 0 ? null : dayOf(dates.reduce((first, date) => Math.min(first, date)))
  if (created !== null && created >= days.firstContent && created <= days.last) {
    return given({ content_date: created })
  }
  const applied = dayOf(stated.at)
  if (created !== null && created < days.firstContent) {
    const { early_content_date = 'first' } = mapping
    const why = `the content was created on ${created}, and the database accepts no date before ${days.firstContent}`
    if (early_content_date === 'error') {
      return missing(
        'content_date',
        why,
        'set early_content_date: first, or application_date, in the mapping',
      )
    }
    return dated(early_content_date === 'first' ? days.firstContent : applied, why)
  }
  const why =
    created === null
      ? 'when the content was created is not on record'
      : `the content was created on ${created}, and the database accepts no date after ${days.last}`
  if (mapping.content_date !== 'application_date') {
    const todo =
      created === null
        ? 'publish content.createdAt, or set content_date: application_date in the mapping'
        : 'set content_date: application_date in the mapping'
    return missing('content_date', why, todo)
  }
  return created === null ? given({ content_date: applied }) : dated(applied, why)
}

/** A date other than the recorded one. */
const dated = (content_date: string, why: string): Part =>
  given({ content_date }, { field: 'content_date', remark: `${why}: written as ${content_date}` })
