import { Buffer } from 'node:buffer'
import type { DamageCause } from '../damaged-stream.ts'

/** What a stream's metadata are kept in. */
export const metadataStreamOf = (stream: string): string => `$$${stream}`

/** `$tb` from here on means a soft delete: the server writes the largest 64-bit number. */
const SOFT_DELETED = BigInt(Number.MAX_SAFE_INTEGER)

/** How metadata limit what reads of their stream give; null when they do not. */
export const limitIn = (metadata: Uint8Array): DamageCause | null => {
  const text = Buffer.from(metadata).toString('utf8')
  // Not by JSON.parse, which rounds the largest numbers.
  const truncateBefore = BigInt(/"\$tb"\s*:\s*(\d+)/.exec(text)?.[1] ?? 0)
  if (truncateBefore >= SOFT_DELETED) return 'soft_deleted'
  if (/"\$maxCount"\s*:/.test(text)) return 'max_count'
  if (/"\$maxAge"\s*:/.test(text)) return 'max_age'
  return truncateBefore > 0n ? 'truncated' : null
}
