import * as E from '#fp/Either'
import type { Finding, Problem } from '../foundation/documents/problem.ts'
import { problemWithoutText, readDocument } from '../foundation/documents/read-document.ts'
import { compileDocument } from './compile.ts'
import { reviewRuleset } from './review.ts'
import type { Ruleset } from './ruleset.ts'

export { describeProblem, type Problem } from '../foundation/documents/problem.ts'

/**
 * Compiles a ruleset's document, YAML or JSON text, or returns everything wrong with it, in the order of the text, with
 * lines and columns.
 */
export const parseRuleset = (text: string): E.Either<ReadonlyArray<Problem>, Ruleset> => {
  const { ruleset, problems } = readRuleset(text, () => [])
  return ruleset === null ? E.left(problems) : E.right(ruleset)
}

/** Compiles an already parsed document (from an event or the vault). Its problems have no positions. */
export const compileRuleset = (document: unknown): E.Either<ReadonlyArray<Problem>, Ruleset> => {
  const compiled = compileDocument(document)
  return E.isRight(compiled) ? compiled : E.left(compiled.left.map(problemWithoutText))
}

export type CheckedRuleset = {
  /** Null if the document is invalid. */
  readonly ruleset: Ruleset | null
  /** The document as JSON data; undefined when its text could not be read. */
  readonly document: unknown
  readonly problems: ReadonlyArray<Problem>
}

/** Checks a document's text for its author, including what can never act and what is probably a mistake. */
export const checkRuleset = (text: string): CheckedRuleset => readRuleset(text, reviewRuleset)

const readRuleset = (text: string, review: (ruleset: Ruleset) => ReadonlyArray<Finding>): CheckedRuleset => {
  const { value, problems, locate } = readDocument(text)
  if (problems.length > 0) return { ruleset: null, document: undefined, problems }
  const compiled = compileDocument(value)
  return E.isLeft(compiled)
    ? { ruleset: null, document: value, problems: locate(compiled.left) }
    : { ruleset: compiled.right, document: value, problems: locate(review(compiled.right)) }
}
