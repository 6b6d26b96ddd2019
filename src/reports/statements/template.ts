import * as t from 'io-ts'
import * as E from '#fp/Either'
import { isBlank } from '../../foundation/text/blank.ts'
import { didYouMean } from '../../foundation/text/nearest.ts'

/** The placeholders, in curly brackets, that a text of a mapping file can use. None is a person's own words. */
export const placeholders = {
  action: 'removed, suspended or terminated',
  category: 'the platform\u2019s own category',
  content_kind: 'what was removed: pin, post...',
  date: 'the day of the decision',
  flags: 'the number of flags that are its grounds',
  reference: 'the law or the term that the decision cites',
  rules: 'the rules that its grounds name',
  ruleset: 'the ruleset that it names',
  until: 'the day when it ends',
  version: 'the version of that ruleset',
} as const
export type Placeholder = keyof typeof placeholders

/** The values of the placeholders for one decision; undefined: not on record. */
export type Values = Readonly<Record<Placeholder, string | undefined>>

const BRACKETS = /\{([^{}]*)\}/g
const isPlaceholder = (name: string): name is Placeholder => Object.hasOwn(placeholders, name)

/** What is wrong with a template; null: nothing. */
const problemIn = (text: string): string | null => {
  const names = Array.from(text.matchAll(BRACKETS), ([, name = '']) => name)
  const wrong = names.find((name) => !isPlaceholder(name))
  if (wrong !== undefined) {
    const known = Object.keys(placeholders)
    return `unknown placeholder {${wrong}}: ${didYouMean(wrong, known) ?? `use one of ${known.join(', ')}`}`
  }
  return /[{}]/.test(text.replace(BRACKETS, '')) ? 'unbalanced curly brackets' : null
}

const isText = (u: unknown): u is string => typeof u === 'string' && u.isWellFormed() && !isBlank(u)

/** A text with placeholders. */
export const Template = new t.Type<string>(
  'a string',
  (u): u is string => isText(u) && problemIn(u) === null,
  (u, context) => {
    if (!isText(u)) return t.failure(u, context, 'a string')
    const problem = problemIn(u)
    return problem === null ? t.success(u) : t.failure(u, context, problem)
  },
  t.identity,
)

/** A template filled in, or the placeholders whose values are not on record. */
export const fillTemplate = (
  template: string,
  values: Values,
): E.Either<ReadonlyArray<Placeholder>, string> => {
  const missing = new Set<Placeholder>()
  const text = template.replace(BRACKETS, (whole, name: string) => {
    if (!isPlaceholder(name)) return whole // the codec refuses such a template
    const value = values[name]
    if (value === undefined) missing.add(name)
    return value ?? ''
  })
  return missing.size > 0 ? E.left([...missing]) : E.right(text)
}
