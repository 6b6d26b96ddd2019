import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { describeProblem } from '../../../src/foundation/documents/problem.ts'
import { type Mapping, parseMapping } from '../../../src/reports/statements/mapping.ts'

/** The example that the README shows, for the simulated platform. */
export const exampleFile = join(import.meta.dirname, 'mapping.yaml')
export const exampleText = readFileSync(exampleFile, 'utf8')

/** A mapping out of its text, or a failed test. */
export const mappingOf = (text: string): Mapping => {
  const mapping = parseMapping(text)
  if (E.isLeft(mapping)) throw new Error(mapping.left.map(describeProblem).join('\n'))
  return mapping.right
}

/** What is wrong with a mapping's text, a line each. */
export const problemsOf = (text: string): ReadonlyArray<string> => {
  const mapping = parseMapping(text)
  return E.isLeft(mapping) ? mapping.left.map(describeProblem) : []
}
