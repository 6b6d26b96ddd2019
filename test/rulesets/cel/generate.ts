import fc from 'fast-check'
import type { Signals } from '../../../src/domain/parts.ts'
import type { Evidence, SignalType, Truth } from '../../../src/rulesets/ruleset.ts'

/** What generated conditions read. */
export const declared: ReadonlyMap<string, SignalType> = new Map([
  ['d1', 'double'],
  ['d2', 'double'],
  ['i1', 'int'],
  ['i2', 'int'],
  ['b1', 'bool'],
  ['b2', 'bool'],
  ['s1', 'string'],
  ['s2', 'string'],
])

/** Not there, or an error: `undefined`. */
type Result = boolean | number | bigint | string | undefined

/** A condition or a part of one: its text, and its meaning computed without CEL. */
export type Term = { readonly text: string; readonly meaning: (evidence: Evidence) => Result }

export const truthOf = (result: Result): Truth =>
  result === undefined ? 'unknown' : result === true ? 'true' : 'false'

const fits = (value: unknown, type: SignalType): boolean =>
  type === 'int'
    ? typeof value === 'number' && Number.isSafeInteger(value)
    : typeof value === (type === 'double' ? 'number' : type === 'bool' ? 'boolean' : 'string')

const signal = (name: string, type: SignalType): Term => ({
  text: `signals.${name}`,
  meaning: ({ signals }) => {
    const value = signals[name]
    if (!fits(value, type)) return undefined
    return type === 'int' ? BigInt(Number(value)) : value
  },
})
const named = (type: SignalType): fc.Arbitrary<Term> =>
  fc.constantFrom(...[...declared].filter(([, t]) => t === type).map(([name]) => signal(name, type)))

const constant = (text: string, value: Result): Term => ({ text, meaning: () => value })

const strict =
  (operator: (a: Exclude<Result, undefined>, b: Exclude<Result, undefined>) => Result) =>
  (a: Term, b: Term) =>
  (evidence: Evidence): Result => {
    const [x, y] = [a.meaning(evidence), b.meaning(evidence)]
    return x === undefined || y === undefined ? undefined : operator(x, y)
  }

const int64 = (n: bigint): bigint | undefined => (n >= -(2n ** 63n) && n < 2n ** 63n ? n : undefined)
const arithmetic = {
  '+': (a: Result, b: Result): Result => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return int64(a + b)
    if (typeof a === 'number' && typeof b === 'number') return a + b
    return `${String(a)}${String(b)}`
  },
  '-': (a: Result, b: Result): Result =>
    typeof a === 'bigint' && typeof b === 'bigint' ? int64(a - b) : Number(a) - Number(b),
  '*': (a: Result, b: Result): Result =>
    typeof a === 'bigint' && typeof b === 'bigint' ? int64(a * b) : Number(a) * Number(b),
}

/** By code points, which is also the order of UTF-8 bytes. */
const isLess = (a: Result, b: Result): boolean =>
  typeof a === 'string' && typeof b === 'string'
    ? Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
    : Number(a) === Number(b)
      ? isSmallerInt(a, b)
      : Number(a) < Number(b)
const isSmallerInt = (a: Result, b: Result): boolean =>
  typeof a === 'bigint' && typeof b === 'bigint' ? a < b : false
const hasNaN = (a: Result, b: Result): boolean => Number.isNaN(a) || Number.isNaN(b)

const comparison = {
  '==': (a: Result, b: Result) => a === b,
  '!=': (a: Result, b: Result) => a !== b,
  '<': (a: Result, b: Result) => !hasNaN(a, b) && isLess(a, b),
  '<=': (a: Result, b: Result) => !hasNaN(a, b) && !isLess(b, a),
  '>': (a: Result, b: Result) => !hasNaN(a, b) && isLess(b, a),
  '>=': (a: Result, b: Result) => !hasNaN(a, b) && !isLess(a, b),
}

const texts = fc.constantFrom('', 'a', 'ab', 'b', '\u{ff61}', '\u{1f600}', '"', "it's", '\\', 'constructor')
const quote = (text: string): string => JSON.stringify(text)
const double = (n: number): string => {
  const text = String(n)
  return /[.e]/.test(text) ? text : `${text}.0`
}
const ints = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(BigInt),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n),
)
const doubles = fc.constantFrom(-1.5, -0.5, 0, 0.25, 0.97, 1, 3, 1e300)

const literal: Readonly<Record<'int' | 'double' | 'string', fc.Arbitrary<Term>>> = {
  int: ints.map((n) => constant(String(n), n)),
  double: doubles.map((n) => constant(double(n), n)),
  string: texts.map((text) => constant(quote(text), text)),
}

const valuesOf = (type: 'int' | 'double' | 'string', depth: number): fc.Arbitrary<Term> => {
  const leaf = fc.oneof(named(type), literal[type])
  if (depth === 0) return leaf
  const operators = type === 'string' ? (['+'] as const) : (['+', '-', '*'] as const)
  const part = valuesOf(type, depth - 1)
  const compound = fc.tuple(fc.constantFrom(...operators), part, part).map(
    ([operator, a, b]): Term => ({
      text: `(${a.text} ${operator} ${b.text})`,
      meaning: strict(arithmetic[operator])(a, b),
    }),
  )
  return fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: compound })
}

const comparisonOf = (type: 'int' | 'double' | 'string'): fc.Arbitrary<Term> =>
  fc
    .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>=' as const), valuesOf(type, 2), valuesOf(type, 2))
    .map(([operator, a, b]) => ({
      text: `${a.text} ${operator} ${b.text}`,
      meaning: strict(comparison[operator])(a, b),
    }))

const membershipOf = (type: 'int' | 'double' | 'string'): fc.Arbitrary<Term> =>
  fc.tuple(valuesOf(type, 1), fc.array(literal[type], { minLength: 1, maxLength: 4 })).map(([a, list]) => ({
    text: `${a.text} in [${list.map(({ text }) => text).join(', ')}]`,
    meaning: (evidence) => {
      const value = a.meaning(evidence)
      return value === undefined ? undefined : list.some(({ meaning }) => meaning(evidence) === value)
    },
  }))

const methods = {
  startsWith: (a: string, b: string) => a.startsWith(b),
  endsWith: (a: string, b: string) => a.endsWith(b),
  contains: (a: string, b: string) => a.includes(b),
}
const methodCall: fc.Arbitrary<Term> = fc
  .tuple(
    fc.constantFrom('startsWith', 'endsWith', 'contains' as const),
    valuesOf('string', 1),
    valuesOf('string', 1),
  )
  .map(([method, a, b]) => ({
    text: `${a.text}.${method}(${b.text})`,
    meaning: strict((x, y) => methods[method](String(x), String(y)))(a, b),
  }))

const presence: fc.Arbitrary<Term> = fc.constantFrom(...declared).map(([name, type]) => ({
  text: `has(signals.${name})`,
  meaning: ({ signals }) => fits(signals[name], type),
}))

const contentTerm: fc.Arbitrary<Term> = fc
  .constantFrom(
    { text: 'has(content.id)', meaning: ({ content }: Evidence) => content !== null },
    { text: 'content.kind == "pin"', meaning: ({ content }: Evidence) => content && content.kind === 'pin' },
    { text: 'detector.kind == "model"', meaning: ({ detector }: Evidence) => detector.kind === 'model' },
    { text: 'flag.category in ["spam"]', meaning: ({ flag }: Evidence) => flag.category === 'spam' },
  )
  .map(({ text, meaning }) => ({ text, meaning: (evidence) => meaning(evidence) ?? undefined }))

const types = ['int', 'double', 'string'] as const
const atom: fc.Arbitrary<Term> = fc.oneof(
  { weight: 2, arbitrary: named('bool') },
  { weight: 1, arbitrary: fc.boolean().map((value) => constant(String(value), value)) },
  { weight: 6, arbitrary: fc.oneof(...types.map(comparisonOf)) },
  { weight: 2, arbitrary: fc.oneof(...types.map(membershipOf)) },
  { weight: 2, arbitrary: presence },
  { weight: 1, arbitrary: methodCall },
  { weight: 1, arbitrary: contentTerm },
)

/** Kleene's three-valued logic: what holds whatever the unknown part is, is certain. */
const and = (a: Result, b: Result): Result =>
  a === false || b === false ? false : a === undefined || b === undefined ? undefined : true
const or = (a: Result, b: Result): Result =>
  a === true || b === true ? true : a === undefined || b === undefined ? undefined : false
const not = (a: Result): Result => (a === undefined ? undefined : !a)

/** Any condition of the supported language. */
export const conditions: fc.Arbitrary<Term> = fc.letrec<{ condition: Term }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => ({
      text: `(${a.text}) && (${b.text})`,
      meaning: (e: Evidence) => and(a.meaning(e), b.meaning(e)),
    })),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => ({
      text: `(${a.text}) || (${b.text})`,
      meaning: (e: Evidence) => or(a.meaning(e), b.meaning(e)),
    })),
    tie('condition').map((a) => ({ text: `!(${a.text})`, meaning: (e: Evidence) => not(a.meaning(e)) })),
  ),
})).condition

const anyValue = fc.oneof(
  fc.constantFrom(-3, -1, 0, 1, 2, 3, 0.25, 0.97, -0.5, 1e300, 2 ** 53, -0),
  texts,
  fc.boolean(),
)
const fitting = (type: SignalType): fc.Arbitrary<number | string | boolean> =>
  type === 'int'
    ? fc.integer({ min: -3, max: 3 })
    : type === 'double'
      ? doubles
      : type === 'bool'
        ? fc.boolean()
        : texts

/** Evidence whose signals are present and fit, are present but do not fit, or are missing. */
export const evidences: fc.Arbitrary<Evidence> = fc.record({
  signals: fc
    .tuple(
      ...[...declared].map(([name, type]) =>
        fc
          .option(fc.oneof({ weight: 3, arbitrary: fitting(type) }, { weight: 1, arbitrary: anyValue }), {
            nil: undefined,
            freq: 3,
          })
          .map((value) => [name, value] as const),
      ),
    )
    .map((entries): Signals => {
      const present: Record<string, number | string | boolean> = {}
      for (const [name, value] of entries) if (value !== undefined) present[name] = value
      return present
    }),
  detector: fc.record({
    kind: fc.constantFrom('model', 'rule'),
    id: fc.constant('scanner'),
    version: fc.constant('1'),
  }),
  flag: fc.record({ category: fc.constantFrom('spam', 'adult'), source: fc.constant('own_initiative') }),
  content: fc.option(fc.record({ id: fc.constant('p1'), kind: fc.constantFrom('pin', 'board') })),
})
