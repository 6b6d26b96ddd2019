import * as E from '#fp/Either'
import { describeLineError } from '../../foundation/documents/line-errors.ts'
import {
  describeProblem,
  type Finding,
  type Segments,
  valueError,
} from '../../foundation/documents/problem.ts'
import { checkClosed } from '../../rulesets/closed-document.ts'
import { compileDocument } from '../../rulesets/compile.ts'
import { parseRuleset } from '../../rulesets/document.ts'
import { isRecord } from '../../rulesets/shape.ts'
import type { CorrectedRules } from './correction.ts'
import { type FlagList, parseFlagList } from './flag-list.ts'
import { RulesAsTheyWere } from './shape.ts'

/** The files that a document names, by their paths as written: their text, or why they could not be read. */
export type NamedFiles = ReadonlyMap<string, E.Either<string, string>>

type Checked<A> = E.Either<ReadonlyArray<Finding>, A>

/** The files that a document names, even if other parts of it are wrong. */
export const filesNamedIn = (document: unknown): ReadonlyArray<string> => {
  const ruleset = isRecord(document) ? document.ruleset : undefined
  const paths = [...(isPath(ruleset) ? [ruleset] : []), ...listsNamedIn(document).map(({ path }) => path)]
  return [...new Set(paths)]
}

/**
 * The rules of a document, even if other parts of it are wrong; null if its `ruleset` has not the shape of a file, a ruleset
 * or an id, which the check of the shape reports.
 */
export const correctedRules = (document: unknown, files: NamedFiles): Checked<CorrectedRules> | null => {
  const written = isRecord(document) ? document.ruleset : undefined
  const at = ['ruleset']
  if (isPath(written)) {
    const text = textOf(written, files, at)
    if (E.isLeft(text)) return text
    const ruleset = parseRuleset(text.right)
    return E.isLeft(ruleset)
      ? E.left(ruleset.left.map((problem) => valueError(at, `${written}:${describeProblem(problem)}`)))
      : E.right({ kind: 'corrected', ruleset: ruleset.right })
  }
  if (!isRecord(written)) return null
  if (Object.hasOwn(written, 'id') && !Object.hasOwn(written, 'ruleset')) {
    const named = checkClosed(RulesAsTheyWere, written)
    return E.isLeft(named)
      ? E.left(named.left.map(below(at)))
      : E.right({ kind: 'as_they_were', rulesetId: named.right.id })
  }
  const ruleset = compileDocument(written)
  return E.isLeft(ruleset)
    ? E.left(ruleset.left.map(below(at)))
    : E.right({ kind: 'corrected', ruleset: ruleset.right })
}

/** The lists of flags that a document's withdrawals name, by the withdrawal's index, and what is wrong with them. */
export const flagListsNamedIn = (
  document: unknown,
  files: NamedFiles,
): { readonly lists: ReadonlyMap<number, FlagList>; readonly findings: ReadonlyArray<Finding> } => {
  const lists = new Map<number, FlagList>()
  const findings: Finding[] = []
  for (const { index, path } of listsNamedIn(document)) {
    const at = ['withdrawals', index, 'flags_file']
    const list = E.chain(readList(path, at))(textOf(path, files, at))
    if (E.isRight(list)) lists.set(index, list.right)
    else findings.push(...list.left)
  }
  return { lists, findings }
}

const readList =
  (path: string, at: Segments) =>
  (text: string): Checked<FlagList> => {
    const list = parseFlagList(text)
    if (E.isRight(list)) return list
    return E.left(list.left.map((error) => valueError(at, describeLineError(path, error))))
  }

const isPath = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** The files with lists of flags that a document's withdrawals name, by the withdrawal's index. */
export const listsNamedIn = (
  document: unknown,
): ReadonlyArray<{ readonly index: number; readonly path: string }> => {
  const withdrawals = isRecord(document) ? document.withdrawals : undefined
  if (!Array.isArray(withdrawals)) return []
  return withdrawals.flatMap((withdrawal: unknown, index) =>
    isRecord(withdrawal) && isPath(withdrawal.flags_file) ? [{ index, path: withdrawal.flags_file }] : [],
  )
}

const textOf = (path: string, files: NamedFiles, at: Segments): Checked<string> => {
  const text = files.get(path) ?? E.left(`cannot read ${path}: it was not given`)
  return E.isLeft(text) ? E.left([valueError(at, text.left)]) : text
}

const below =
  (at: Segments) =>
  (finding: Finding): Finding => ({ ...finding, segments: [...at, ...finding.segments] })
