import type * as t from 'io-ts'

/**
 * The names of fields that get no column from their path: signals have columns of their own, by the types that rulesets
 * declare, the ciphertext of a personal text is kept elsewhere, a rehearsal counts by `rules` of any name, and what a replay
 * counted, the waves of a plan, which part of a request it is, or what an alarm, an incident or a hold is about, is in the
 * whole event.
 */
export const withoutColumn = [
  'signals',
  'sealed',
  'rules',
  'key',
  'suspects',
  'counts',
  'waves',
  'part',
] as const

type WithoutColumn = (typeof withoutColumn)[number]

/** What a column can hold of a field: text, one of a fixed list of words, a list of texts, an instant... */
type HeldAs<A> = [A] extends [boolean]
  ? 'boolean'
  : [A] extends [number]
    ? 'number'
    : [A] extends [ReadonlyArray<unknown>]
      ? 'texts'
      : [A] extends [t.Brand<{ readonly Timestamp: symbol }>]
        ? 'instant'
        : [A] extends [t.Brand<unknown>]
          ? 'text'
          : string extends A
            ? 'text'
            : { readonly words: A }

type Scalar = boolean | number | string | ReadonlyArray<unknown>

/** The fields of `data` that have columns: for each its path and its vocabulary. `Depth`: how many steps a path can have. */
export type Fields<D, Depth extends keyof Less = 4> = {
  [K in Exclude<keyof D & string, WithoutColumn>]-?: [NonNullable<D[K]>] extends [Scalar]
    ? readonly [path: K, held: HeldAs<NonNullable<D[K]>>]
    : Below<K, Less[Depth] extends keyof Less ? Fields<NonNullable<D[K]>, Less[Depth]> : never>
}[Exclude<keyof D & string, WithoutColumn>]

/** Without a limit, TypeScript would follow the paths of an unresolved `D` forever. */
type Less = { 4: 3; 3: 2; 2: 1; 1: 0 }

type Below<K extends string, F> = F extends readonly [infer P extends string, infer V]
  ? readonly [path: `${K}.${P}`, held: V]
  : never
