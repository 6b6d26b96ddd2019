import { type Finding, type Problem, pathOf, valueError } from './problem.ts'
import { readSource, type TextPlace } from './source.ts'

/** How large a document's text may be, in bytes, unless its reader says otherwise. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024

/** A document read from its text, before its meaning is checked. */
export type ReadDocument = {
  /** JSON data; undefined if `problems` says why the text could not be read. */
  readonly value: unknown
  readonly problems: ReadonlyArray<Problem>
  /** Findings about the value as problems with their lines and columns, in the order of the text. */
  readonly locate: (findings: ReadonlyArray<Finding>) => ReadonlyArray<Problem>
}

/** Reads the text of a YAML or JSON document; `tooLargeHint` says what to do about one that is too large. */
export const readDocument = (text: string, tooLargeHint: string | null = null): ReadDocument => {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
    const tooLarge = valueError([], `larger than ${MAX_DOCUMENT_BYTES} bytes`, tooLargeHint)
    return unreadable([toProblem(tooLarge, { line: 1, column: 1 })])
  }
  const source = readSource(text)
  if (source.findings.length > 0) {
    return unreadable(source.findings.map((finding) => toProblem(finding, finding.place)))
  }
  return {
    value: source.value,
    problems: [],
    locate: (findings) =>
      findings.map((finding) => toProblem(finding, source.locate(finding))).sort(byTextPlace),
  }
}

/** A finding about a document that came without its text. */
export const problemWithoutText = (finding: Finding): Problem => toProblem(finding, null)

const unreadable = (problems: ReadonlyArray<Problem>): ReadDocument => ({
  value: undefined,
  problems,
  locate: (findings) => findings.map(problemWithoutText),
})

const byTextPlace = (a: Problem, b: Problem): number =>
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
