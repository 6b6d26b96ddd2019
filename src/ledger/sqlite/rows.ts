import { leafHash } from '../leaf.ts'
import { Damage } from './errors.ts'

/** For statements whose rows are read as lists, which is faster. */
export const ARRAYS = { returnArrays: true }

/** A row of such a statement; no values when there is none. */
export const row = (found: unknown): ReadonlyArray<unknown> => (Array.isArray(found) ? found : [])

/** What to select of a stored event's leaf hash, for `verified`. */
export const LEAF = 'lower(hex(leaf_hash))'

/** A stored event's text and leaf hash, if they belong together; throws `Damage` otherwise. */
export const verified = (
  sequence: number,
  canonical: unknown,
  hash: unknown,
): { readonly canonical: string; readonly leafHash: string } => {
  if (typeof canonical === 'string' && typeof hash === 'string' && leafHash(canonical) === hash) {
    return { canonical, leafHash: hash }
  }
  throw new Damage(`event ${sequence} is not the one that was recorded: its text does not match its hash`)
}
