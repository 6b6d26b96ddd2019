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
const fields: ReadonlyArray<Term> = [
  { text: 'detector.kind', meaning: ({ detector }) => detector.kind },
  { text: 'detector.id', meaning: ({ detector }) => detector.id },
  { text: 'detector.version', meaning: ({ detector }) => detector.version },
  { text: 'flag.category', meaning: ({ flag }) => flag.category },
  { text: 'flag.source', meaning: ({ flag }) => flag.source },
  { text: 'content.id', meaning: ({ content }) => content?.id },
  { text: 'content.kind', meaning: ({ content }) => content?.kind },
]
const named = (type: SignalType): fc.Arbitrary<Term> => {
  const signals = [...declared].filter(([, t]) => t === type).map(([name]) => signal(name, type))
  const signalTerm = fc.constantFrom(...signals)
  return type === 'string'
    ? fc.oneof({ weight: 2, arbitrary: signalTerm }, { weight: 1, arbitrary: fc.constantFrom(...fields) })
    : signalTerm
}

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

const texts = fc.constantFrom(
  ...['', 'a', 'ab', 'b', 'A', '\u{ff61}', '\u{1f600}', '"', "it's", "''", '\\', 'constructor'],
  ...['NaN', 'null', 'true', '7', '-- x', '/*', '$$', '$1', '%', '_', 'a_', 'a\nb', '\u00a0', '\u200b'],
  ...['\u00e9', 'e\u0301', '\0', 'a\0', 'a\0b', '\u0001', 'model', 'spam', 'p1', 'longer than twelve bytes'],
)
/** CEL's ways to write a string; the escapes of JSON are among those of CEL. */
const quoted = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    JSON.stringify(text),
    ...(text.includes("'") ? [] : [`'''${JSON.stringify(text).slice(1, -1)}'''`]),
    ...(/^[\w ]*$/.test(text) ? [`'${text}'`, `r"${text}"`] : []),
  )
const double = (n: number): string => {
  const text = Object.is(n, -0) ? '-0' : String(n)
  return /[.e]/.test(text) ? text : `${text}.0`
}
const ints = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(BigInt),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n, 3037000500n, 1024n, 1025n),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) + 1n, 2n ** 31n - 1n, -(2n ** 31n)),
)
const doubles = fc.oneof(
  fc.constantFrom(-1.5, -0.5, 0, -0, 0.1, 0.2, 0.25, 0.97, 1, 3, 2 ** 53, 2 ** 53 - 1, 1e22, 1e23),
  fc.constantFrom(1e154, 1e155, 1e300, 1e308, -1e308, Number.MAX_VALUE, 5e-324, 2.2250738585072014e-308),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

const literal: Readonly<Record<SignalType, fc.Arbitrary<Term>>> = {
  bool: fc.boolean().map((value) => constant(String(value), value)),
  int: ints.map((n) => constant(String(n), n)),
  double: doubles.map((n) => constant(double(n), n)),
  string: texts.chain((text) => quoted(text).map((written) => constant(written, text))),
}

const valuesOf = (type: SignalType, depth: number): fc.Arbitrary<Term> => {
  const leaf = fc.oneof(named(type), literal[type])
  if (depth === 0 || type === 'bool') return leaf
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

const comparisonOf = (type: SignalType): fc.Arbitrary<Term> =>
  fc
    .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>=' as const), valuesOf(type, 2), valuesOf(type, 2))
    .map(([operator, a, b]) => ({
      text: `${a.text} ${operator} ${b.text}`,
      meaning: strict(comparison[operator])(a, b),
    }))

/** A minus before a literal; the least int has no opposite. */
const negated = ({ text, meaning }: Term): Term => ({
  text: `-(${text})`,
  meaning: (evidence) => {
    const value = meaning(evidence)
    return typeof value === 'bigint' ? int64(-value) : -Number(value)
  },
})
const elementOf = (type: SignalType): fc.Arbitrary<Term> =>
  type === 'int' || type === 'double'
    ? fc.oneof({ weight: 9, arbitrary: literal[type] }, { weight: 1, arbitrary: literal[type].map(negated) })
    : literal[type]

const membershipOf = (type: SignalType): fc.Arbitrary<Term> =>
  fc.tuple(valuesOf(type, 1), fc.array(elementOf(type), { minLength: 1, maxLength: 9 })).map(([a, list]) => ({
    text: `${a.text} in [${list.map(({ text }) => text).join(', ')}]`,
    meaning: (evidence) => {
      const value = a.meaning(evidence)
      const elements = list.map(({ meaning }) => meaning(evidence))
      return value === undefined || elements.includes(undefined)
        ? undefined
        : elements.some((element) => element === value)
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

const contentPresence: fc.Arbitrary<Term> = fc.constantFrom('id', 'kind').map((field) => ({
  text: `has(content.${field})`,
  meaning: ({ content }) => content !== null,
}))

const types = ['int', 'double', 'string', 'bool'] as const
const atom: fc.Arbitrary<Term> = fc.oneof(
  { weight: 2, arbitrary: named('bool') },
  { weight: 1, arbitrary: fc.boolean().map((value) => constant(String(value), value)) },
  { weight: 6, arbitrary: fc.oneof(...types.map(comparisonOf)) },
  { weight: 2, arbitrary: fc.oneof(...types.map(membershipOf)) },
  { weight: 2, arbitrary: presence },
  { weight: 1, arbitrary: methodCall },
  { weight: 1, arbitrary: contentPresence },
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
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '>=' as const), tie('condition'), tie('condition'))
      .map(([operator, a, b]) => ({
        text: `(${a.text}) ${operator} (${b.text})`,
        meaning: strict(comparison[operator])(a, b),
      })),
  ),
})).condition

const signalInts = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 31, 3037000500, -0, 94906267) },
)
const anyValue = fc.oneof(
  fc.constantFrom(-3, -1, 0, 1, 2, 3, 0.25, 0.97, -0.5, 1e300, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e19, -0),
  signalInts,
  doubles,
  texts,
  fc.boolean(),
)
const fitting: Readonly<Record<SignalType, fc.Arbitrary<number | string | boolean>>> = {
  int: signalInts,
  double: doubles,
  bool: fc.boolean(),
  string: texts,
}

/** Evidence whose signals are present and fit, are present but do not fit, or are missing. */
export const evidences: fc.Arbitrary<Evidence> = fc.record({
  signals: fc
    .tuple(
      ...[...declared].map(([name, type]) =>
        fc
          .option(fc.oneof({ weight: 3, arbitrary: fitting[type] }, { weight: 1, arbitrary: anyValue }), {
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
    id: fc.constantFrom('scanner', 'a', 'ab'),
    version: fc.constantFrom('1', '7'),
  }),
  flag: fc.record({
    category: fc.constantFrom('spam', 'adult'),
    source: fc.constantFrom('own_initiative', 'user_notice'),
  }),
  content: fc.option(
    fc.record({ id: fc.constantFrom('p1', 'a\u{1f600}'), kind: fc.constantFrom('pin', 'board', 'a') }),
  ),
})
