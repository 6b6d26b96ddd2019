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

/** Stamps a plain event, by the two pieces of its text, for a recording time. */
export const stampOf = (
  { head, tail }: { readonly head: string; readonly tail: string },
  recordedAt: number,
): Stamp => {
  const canonical = head + recordedAtMember(recordedAt) + tail
  return { recordedAt, canonical, leaf: Buffer.from(leafHash(canonical), 'hex') }
}
