import type * as t from 'io-ts'
import type { EventDefinition } from './event-definition.ts'
import type { Fields } from './fields.ts'

/** The fields of a definition, where it says of some of them that their column is text whatever the words. */
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
export const withoutClash = <const D extends ReadonlyArray<EventDefinition>>(
  definitions: D & OneVocabulary<Clash<D[number]>>,
): D => definitions

type OneVocabulary<P> = [P] extends [never]
  ? unknown
  : { readonly 'these paths have different vocabularies; rename one, or say of both { kind: text }': P }
