import * as t from 'io-ts'
import { described } from './schema.ts'

/**
 * The version of the vocabulary that this Redress knows: of all types and fields of events. One more with each release
 * that adds some; what it adds is marked with `since`. A ledger is read only by who knows the vocabulary of its events.
 */
export const VOCABULARY: number = 1

/** Gives the version of the vocabulary that a value of a codec needs. */
type Need = (value: unknown) => number

/** Of codecs in which something is newer than version 1, and of no others: ordinary events cost nothing. */
const needs = new WeakMap<t.Mixed, Need>()

/** The version of the vocabulary that a value needs, which the codec accepts. */
export const neededBy = (codec: t.Mixed, value: unknown): number => needs.get(codec)?.(value) ?? 1

/**
 * A codec of something that is there since a version of the vocabulary: the `data` of a new type, a new optional field,
 * or of a codec that was there before only the values for which `isNew` holds, such as a new word.
 */
export const since = <A>(
  version: number,
  codec: t.Type<A>,
  isNew: (value: A) => boolean = () => true,
): t.Type<A> => {
  const newer = described(new t.Type<A>(codec.name, codec.is, codec.validate, codec.encode), (of) =>
    of(codec),
  )
  needs.set(newer, (value) => Math.max(codec.is(value) && isNew(value) ? version : 1, neededBy(codec, value)))
  return newer
}

/** A value's parts, each with its codec. */
type Parts = (value: unknown) => ReadonlyArray<readonly [t.Mixed, unknown]>

/** The codec itself, whose values need from now on what their parts need. `inner` are the codecs that parts can have. */
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
