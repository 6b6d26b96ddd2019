import type { CelInput, plan } from '@bufbuild/cel'
import { compareUtf8 } from '../../domain/order.ts'
import type { SignalValue } from '../../domain/parts.ts'
import { lazy } from '../../foundation/lazy.ts'
import type { Evidence, SignalType, Truth } from '../ruleset.ts'
import type { Reads } from './check.ts'
import { cel } from './library.ts'
import type { ParsedCondition } from './parse.ts'

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

type Missing = ReturnType<typeof evaluation>['missing']
type Variables = Record<string, CelInput | Missing>

/**
 * A checked condition as a function of recorded evidence. Planned once; only what the condition reads is
 * provided, under qualified names (`signals.link_count`), which CEL looks up before the parts of a name.
 */
export const evaluator = (
  parsed: ParsedCondition,
  reads: Reads,
  signals: ReadonlyMap<string, SignalType>,
): ((evidence: Evidence) => Truth) => {
  const { planned, missing } = evaluation()
  const run = planned(parsed)
  const signalsRead = read('signals', reads.values).map((name) => ({
    name,
    key: `signals.${name}`,
    type: signals.get(name) ?? 'string',
  }))
  const signalsAsked = read('signals', reads.presences).map((name) => ({
    name,
    type: signals.get(name) ?? 'string',
  }))
  const contentAsked = read('content', reads.presences)
  const readsDetector = read('detector', reads.values).length > 0
  const readsFlag = read('flag', reads.values).length > 0
  const readsContent = read('content', reads.values).length > 0
  // One for all evaluations: each overwrites everything that the plan looks up.
  const variables: Variables = {}

  return ({ signals: recorded, detector, flag, content }) => {
    for (const { name, key, type } of signalsRead) variables[key] = fitted(recorded[name], type) ?? missing
    if (signalsAsked.length > 0) {
      const present = new Map<string, boolean>()
      for (const { name, type } of signalsAsked) {
        if (fitsSignal(recorded[name], type)) present.set(name, true)
      }
      variables.signals = present
    }
    if (readsDetector) {
      variables['detector.kind'] = detector.kind
      variables['detector.id'] = detector.id
      variables['detector.version'] = detector.version
    }
    if (readsFlag) {
      variables['flag.category'] = flag.category
      variables['flag.source'] = flag.source
    }
    if (readsContent) {
      variables['content.id'] = content?.id ?? missing
      variables['content.kind'] = content?.kind ?? missing
    }
    if (contentAsked.length > 0) {
      variables.content = new Map(content === null ? [] : contentAsked.map((name) => [name, true]))
    }
    return truthOf(run, variables)
  }
}

const read = (root: string, names: ReadonlySet<string>): ReadonlyArray<string> =>
  [...names].filter((name) => name.startsWith(`${root}.`)).map((name) => name.slice(root.length + 1))

/** Whether a recorded value fits a declared type: any other is missing. */
export const fitsSignal = (value: SignalValue | undefined, type: SignalType): boolean =>
  fitted(value, type) !== undefined

/** A recorded value as a CEL value of the declared type; undefined if it does not fit. */
const fitted = (value: SignalValue | undefined, type: SignalType): CelInput | undefined => {
  switch (type) {
    case 'double':
      return typeof value === 'number' ? value : undefined
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'string':
      return typeof value === 'string' ? value : undefined
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
