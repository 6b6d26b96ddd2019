import * as E from '#fp/Either'
import type { MappingEntry } from './mapping.ts'
import { given, missing, type Part } from './part.ts'
import type { Stated } from './stated.ts'
import type { Statement } from './statement.ts'
import { fillTemplate, type Values } from './template.ts'

/** The first of a mapping's texts whose placeholders are all on record. */
export const textPart = (
  field: keyof Statement,
  templates: string | ReadonlyArray<string> | undefined,
  path: string,
  category: string,
  values: Values,
): Part => {
  if (templates === undefined) {
    return missing(field, `the mapping has no ${path} for ${category}`, `add categories.${category}.${path}`)
  }
  const filled = [templates].flat().map((template) => fillTemplate(template, values))
  const [first] = filled.flatMap((text) => (E.isRight(text) ? [text.right] : []))
  if (first !== undefined) return given({ [field]: first })
  const [unknown = []] = filled.flatMap((text) => (E.isLeft(text) ? [text.left] : []))
  return missing(
    field,
    `${unknown.map((name) => `{${name}}`).join(', ')}: not on record for this decision`,
    `add a text without it to categories.${category}.${path}: the first text that can be filled is used`,
  )
}

/** The law or the term that a decision is based on, with the texts that the database requires. */
export const groundOf = ({ made }: Stated, entry: MappingEntry, values: Values): ReadonlyArray<Part> => {
  const { category } = made.data
  const basis = made.data.basis?.kind ?? entry.basis
  if (basis === undefined) {
    const todo = `set categories.${category}.basis: law or terms`
    return [missing('decision_ground', 'whether it is based on law or on terms is not on record', todo)]
  }
  const texts = entry[basis]
  const url = given(texts?.url === undefined ? {} : { decision_ground_reference_url: texts.url })
  if (basis === 'law') {
    return [
      given({ decision_ground: 'DECISION_GROUND_ILLEGAL_CONTENT' }),
      textPart('illegal_content_legal_ground', texts?.ground, 'law.ground', category, values),
      textPart('illegal_content_explanation', texts?.explanation, 'law.explanation', category, values),
      url,
    ]
  }
  const illegal = entry.terms?.illegal
  return [
    given({
      decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
      ...(illegal === undefined ? {} : { incompatible_content_illegal: illegal }),
    }),
    textPart('incompatible_content_ground', texts?.ground, 'terms.ground', category, values),
    textPart('incompatible_content_explanation', texts?.explanation, 'terms.explanation', category, values),
    url,
  ]
}
