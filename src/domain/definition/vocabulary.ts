import type * as t from 'io-ts'
import type { EventDefinition } from './event-definition.ts'

/**
 * Fields of `data` that get no column from their path: the signals have columns of their own, by the types that rulesets
 * declare, and of a personal text the ledger keeps the ciphertext elsewhere.
 */
export const withoutColumn = ['signals', 'sealed'] as const

type WithoutColumn = (typeof withoutColumn)[number]

/** What a column can hold of a field: text, one of a few words, a list of texts, an instant... */
type VocabularyOf<A> = [A] extends [boolean]
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

/** The fields of `data` that have columns: for each its path and its vocabulary. `Depth`: steps that a path can have. */
export type Fields<D, Depth extends keyof Less = 4> = {
  [K in Exclude<keyof D & string, WithoutColumn>]-?: [NonNullable<D[K]>] extends [Scalar]
    ? readonly [path: K, vocabulary: VocabularyOf<NonNullable<D[K]>>]
    : Below<K, Less[Depth] extends keyof Less ? Fields<NonNullable<D[K]>, Less[Depth]> : never>
}[Exclude<keyof D & string, WithoutColumn>]

/** Without an end to it, TypeScript would follow the paths of a `D` that it does not know yet for ever. */
type Less = { 4: 3; 3: 2; 2: 1; 1: 0 }

type Below<K extends string, F> = F extends readonly [infer P extends string, infer V]
  ? readonly [path: `${K}.${P}`, vocabulary: V]
  : never

/** The same, where a definition says of some of them that their column is text whatever the words. */
type Columned<D, C> =
  Fields<D> extends infer F
    ? F extends readonly [infer P, infer V]
      ? readonly [P, P extends AsText<C> ? 'text' : V]
      : never
    : never

type AsText<C> = { [P in keyof C]: C[P] extends { readonly kind: 'text' } ? P : never }[keyof C]

type Defined = { readonly stored: t.Mixed; readonly columns: object }

type ColumnsOf<D> = D extends Defined ? Columned<t.TypeOf<D['stored']>, D['columns']> : never

/** Of several definitions the paths of fields that not all of them fill with one vocabulary. */
type Clash<D, F = ColumnsOf<D>> = F extends readonly [infer P, unknown]
  ? true extends IsUnion<Extract<ColumnsOf<D>, readonly [P, unknown]>[1]>
    ? P
    : never
  : never

type IsUnion<A, All = A> = A extends unknown ? ([All] extends [A] ? false : true) : never

/**
 * Gives the definitions back. It does not compile where two of them fill one path with different vocabularies: the
 * column would be of the words of one of them, and refuse the other's.
 */
export const inOneVocabulary = <const D extends ReadonlyArray<EventDefinition>>(
  definitions: D & OneVocabulary<Clash<D[number]>>,
): D => definitions

type OneVocabulary<P> = [P] extends [never]
  ? unknown
  : { readonly 'these paths have different vocabularies; rename one, or say of both { kind: text }': P }
