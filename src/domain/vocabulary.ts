import * as t from 'io-ts'
import { writtenAs } from './compiled/write.ts'
import { described } from './schema.ts'

/**
 * The version of the vocabulary (all types and fields of events) that this Redress knows. Incremented by each release
 * that adds to it; additions are marked with `since`. Only a Redress that knows the vocabulary of a ledger can read it.
 */
export const VOCABULARY: number = 6

/** The version that has the attribute `backfill` first. */
export const BACKFILL_SINCE = 3

/** Returns the version of the vocabulary that a value of a codec needs. */
type Need = (value: unknown) => number

/** Only for codecs with parts newer than version 1: ordinary events cost nothing. */
const needs = new WeakMap<t.Mixed, Need>()

/** Whether values of a codec may need more than version 1. */
export const mayBeNewer = (codec: t.Mixed): boolean => needs.has(codec)

/** The version of the vocabulary that a value needs, which the codec accepts. */
export const neededBy = (codec: t.Mixed, value: unknown): number => needs.get(codec)?.(value) ?? 1

/**
 * A codec of something that exists since a version of the vocabulary: the `data` of a new type, a new optional field, or,
 * for an existing codec, only the values for which `isNew` holds, such as a new word.
 */
export const since = <A>(
  version: number,
  codec: t.Type<A>,
  isNew: (value: A) => boolean = () => true,
): t.Type<A> => {
  const newer = described(new t.Type<A>(codec.name, codec.is, codec.validate, codec.encode), (of) =>
    of(codec),
  )
  writtenAs(newer, codec)
  needs.set(newer, (value) => Math.max(codec.is(value) && isNew(value) ? version : 1, neededBy(codec, value)))
  return newer
}

/** A value's parts, each with its codec. */
type Parts = (value: unknown) => ReadonlyArray<readonly [t.Mixed, unknown]>

/** Makes a codec's values need what their parts need, and returns the codec. `inner` are the codecs of its parts. */
export const withParts = <C extends t.Mixed>(codec: C, inner: Iterable<t.Mixed>, parts: Parts): C => {
  for (const one of inner) {
    if (!needs.has(one)) continue
    needs.set(codec, (value) =>
      parts(value).reduce((most, [part, partOfIt]) => Math.max(most, neededBy(part, partOfIt)), 1),
    )
    break
  }
  return codec
}
