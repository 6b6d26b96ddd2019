import * as E from '#fp/Either'
import { type Finding, type Problem, pathOf, valueError } from '../foundation/documents/problem.ts'
import { readSource, type TextPlace } from '../foundation/documents/source.ts'
import { compileDocument, MAX_DOCUMENT_BYTES } from './compile.ts'
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
  return E.isRight(compiled) ? compiled : E.left(compiled.left.map((finding) => toProblem(finding, null)))
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
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
    const tooLarge = valueError([], `larger than ${MAX_DOCUMENT_BYTES} bytes`)
    return { ruleset: null, document: undefined, problems: [toProblem(tooLarge, { line: 1, column: 1 })] }
  }
  const source = readSource(text)
  if (source.findings.length > 0) {
    const problems = source.findings.map((finding) => toProblem(finding, finding.place))
    return { ruleset: null, document: undefined, problems }
  }
  const compiled = compileDocument(source.value)
  const findings = E.isLeft(compiled) ? compiled.left : review(compiled.right)
  return {
    ruleset: E.isRight(compiled) ? compiled.right : null,
    document: source.value,
    problems: findings.map((finding) => toProblem(finding, source.locate(finding))).sort(byPlace),
  }
}

const byPlace = (a: Problem, b: Problem): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)

const toProblem = (
  { severity, segments, offset, message, hint }: Finding,
  place: TextPlace | null,
): Problem => ({
  severity,
  path: pathOf(segments),
  line: place?.line ?? null,
  column: place?.column ?? null,
  message: place === null && offset !== null ? `character ${offset + 1}: ${message}` : message,
  hint,
})
