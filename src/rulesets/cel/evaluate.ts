import type { CelInput, plan } from '@bufbuild/cel'
import { compareUtf8 } from '../../domain/order.ts'
import { lazy } from '../../foundation/lazy.ts'
import type { Truth } from '../ruleset.ts'
import { cel } from './library.ts'
import type { ParsedCondition } from './parse.ts'
import type { ConditionScope, Reads, Variables } from './scope.ts'

/** What evaluates conditions, and the value that stands for a missing one. */
const evaluation = lazy(() => {
  const { CelScalar, celEnv, celError, celFunc, plan } = cel()
  const { BOOL, STRING } = CelScalar
  // CEL orders strings by code points; the library compares UTF-16 units, which differ beyond U+FFFF.
  const funcs = (['<', '<=', '>', '>='] as const).map((operator) =>
    celFunc(`_${operator}_`, [STRING, STRING], BOOL, (a, b) => {
      const order = compareUtf8(a, b)
      return operator === '<'
        ? order < 0
        : operator === '<='
          ? order <= 0
          : operator === '>'
            ? order > 0
            : order >= 0
    }),
  )
  const environment = celEnv({ funcs })
  return {
    planned: (parsed: ParsedCondition) => plan(environment, parsed.tree),
    // Created once, because creating an error each time would cost more than an evaluation.
    missing: celError('missing'),
  }
})

/** A checked condition as a function of an input. Planned once; only what the condition reads is provided. */
export const evaluator = <Input>(
  parsed: ParsedCondition,
  reads: Reads,
  { binder }: Pick<ConditionScope<Input>, 'binder'>,
): ((input: Input) => Truth) => {
  const { planned, missing } = evaluation()
  const run = planned(parsed)
  const bind = binder(reads, missing)
  // One for all evaluations: each overwrites everything that the plan looks up.
  const variables: Variables = {}
  return (input) => {
    bind(input, variables)
    return truthOf(run, variables)
  }
}

/**
 * An unknown part makes the library build an error in each `&&` and `||` around it; without a stack trace, which
 * is never read, that is nine times as fast.
 */
const truthOf = (run: ReturnType<typeof plan>, variables: Variables): Truth => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    // Cast: a variable may hold an error instead of a value, and is then unknown; `CelBindings` does not declare that.
    const result = run(variables as Record<string, CelInput>)
    return result === true ? 'true' : result === false ? 'false' : 'unknown'
  } finally {
    Error.stackTraceLimit = limit
  }
}
