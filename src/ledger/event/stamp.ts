import { leafHash, recordedAtMember } from './leaf.ts'

/**
 * The stored form of a plain event for one recording time, and its leaf hash (32 bytes): what the ledger computes when
 * it appends the event, computed before that by another thread.
 */
export type Stamp = {
  /** In ms since the epoch. */
  readonly recordedAt: number
  readonly canonical: string
  readonly leaf: Uint8Array
}

/** Stamps plain events, by the two pieces of their texts, for one recording time. */
export const stamping = (
  recordedAt: number,
): ((event: { readonly head: string; readonly tail: string }) => Stamp) => {
  const member = recordedAtMember(recordedAt)
  return ({ head, tail }) => {
    const canonical = head + member + tail
    return { recordedAt, canonical, leaf: Buffer.from(leafHash(canonical), 'hex') }
  }
}
