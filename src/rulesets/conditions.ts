import * as E from '#fp/Either'
import { type Finding, valueError } from '../foundation/documents/problem.ts'
import { type Condition, compileCondition } from './cel/condition.ts'
import type { Diagnostic } from './cel/diagnostic.ts'
import type { Evidence, Truth } from './ruleset.ts'
import { declaredSignals, isRecord } from './shape.ts'

/** Where a document has conditions: in a field of each entry of a list. */
export type ConditionField = { readonly list: string; readonly field: string }

/**
 * Compiles a document's conditions over the signals that it declares, by the entry's index. Done even if other parts are
 * wrong, so that one run finds every error.
 */
export const compileConditions = (
  document: unknown,
  at: ConditionField,
): { readonly compiled: ReadonlyMap<number, Condition>; readonly findings: ReadonlyArray<Finding> } => {
  const compiled = new Map<number, Condition>()
  const findings: Finding[] = []
  const signals = declaredSignals(document)
  if (signals === null) return { compiled, findings }
  for (const { index, text } of writtenConditions(document, at)) {
    const result = compileCondition(text, signals)
    if (E.isRight(result)) compiled.set(index, result.right)
    else findings.push(...result.left.map((diagnostic) => conditionFinding(at, index, diagnostic)))
  }
  return { compiled, findings }
}

/** What a condition that reads nothing always is; null if it reads something. */
export const constantTruth = ({ reads, evaluate }: Pick<Condition, 'reads' | 'evaluate'>): Truth | null =>
  reads.size === 0 ? evaluate(NOTHING) : null

const NOTHING: Evidence = {
  signals: {},
  detector: { kind: '', id: '', version: '' },
  flag: { category: '', source: '' },
  content: null,
}

/** A diagnostic as an error at its place in the document. */
export const conditionFinding = (
  { list, field }: ConditionField,
  index: number,
  { offset, message, hint }: Diagnostic,
): Finding => ({ ...valueError([list, index, field], message, hint), offset })

/** The conditions that can be read from a document whose other parts may be wrong. */
const writtenConditions = (
  value: unknown,
  { list, field }: ConditionField,
): ReadonlyArray<{ readonly index: number; readonly text: string }> => {
  const entries: unknown = isRecord(value) ? value[list] : undefined
  if (!Array.isArray(entries)) return []
  return entries.flatMap((entry: unknown, index) => {
    const text: unknown = isRecord(entry) ? entry[field] : undefined
    return typeof text === 'string' ? [{ index, text }] : []
  })
}
