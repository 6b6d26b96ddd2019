import * as E from '#fp/Either'
import type { Evidence, SignalType, Truth } from '../ruleset.ts'
import { checkCondition } from './check.ts'
import type { Diagnostic } from './diagnostic.ts'
import { evaluator } from './evaluate.ts'
import { evidenceScope } from './evidence-scope.ts'
import { parseCondition } from './parse.ts'
import type { ConditionScope } from './scope.ts'

export type Condition<Input = Evidence> = {
  /** Never throws; unknown if what it reads is insufficient. */
  readonly evaluate: (input: Input) => Truth
  /** Every name that it reads or tests with `has()`, such as `signals.link_count`. */
  readonly reads: ReadonlySet<string>
  /** What is allowed but cannot be intended. */
  readonly remarks: ReadonlyArray<Diagnostic>
}

/** Compiles a condition in the supported part of CEL over declared signals, or returns everything wrong with it. */
export const compileCondition = (
  text: string,
  signals: ReadonlyMap<string, SignalType>,
): E.Either<ReadonlyArray<Diagnostic>, Condition> => compileIn(evidenceScope(signals), text)

/** The same over what a scope names. */
export const compileIn = <Input>(
  scope: ConditionScope<Input>,
  text: string,
): E.Either<ReadonlyArray<Diagnostic>, Condition<Input>> => {
  const parsed = parseCondition(text)
  if (E.isLeft(parsed)) return E.left([parsed.left])
  const { reads, diagnostics, remarks } = checkCondition(parsed.right, scope)
  if (diagnostics.length > 0) return E.left(diagnostics)
  return E.right({
    evaluate: evaluator(parsed.right, reads, scope),
    reads: new Set([...reads.values, ...reads.presences]),
    remarks,
  })
}
