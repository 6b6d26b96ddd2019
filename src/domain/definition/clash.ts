import type * as t from 'io-ts'
import type { EventDefinition } from './event-definition.ts'
import type { Fields } from './fields.ts'

/** The fields of a definition, some of which it may declare as text columns, whatever their words. */
type Columned<D, C> =
  Fields<D> extends infer F
    ? F extends readonly [infer P, infer V]
      ? readonly [P, P extends AsText<C> ? 'text' : V]
      : never
    : never

type AsText<C> = { [P in keyof C]: C[P] extends { readonly kind: 'text' } ? P : never }[keyof C]

type Defined = { readonly stored: t.Mixed; readonly columns: object }

type ColumnsOf<D> = D extends Defined ? Columned<t.TypeOf<D['stored']>, D['columns']> : never

/** The paths that several definitions fill with different vocabularies. */
type Clash<D, F = ColumnsOf<D>> = F extends readonly [infer P, unknown]
  ? true extends IsUnion<Extract<ColumnsOf<D>, readonly [P, unknown]>[1]>
    ? P
    : never
  : never

type IsUnion<A, All = A> = A extends unknown ? ([All] extends [A] ? false : true) : never

/**
 * Returns the definitions. Does not compile if two of them fill one path with different vocabularies: the column would
 * hold the words of one of them, and refuse the other's.
 */
export const withoutClash = <const D extends ReadonlyArray<EventDefinition>>(
  definitions: D & OneVocabulary<Clash<D[number]>>,
): D => definitions

type OneVocabulary<P> = [P] extends [never]
  ? unknown
  : { readonly 'these paths have different vocabularies; rename one, or declare both as { kind: text }': P }
