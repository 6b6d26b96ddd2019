import { Buffer } from 'node:buffer'
import type { DamageCause } from '../damaged-stream.ts'

/** The stream of a stream's metadata. */
export const metadataStreamOf = (stream: string): string => `$$${stream}`

/** A `$tb` of at least this means a soft delete: the server writes the largest 64-bit number. */
const SOFT_DELETED = BigInt(Number.MAX_SAFE_INTEGER)

/** How metadata limit what reads of their stream return; null if they do not. */
export const limitIn = (metadata: Uint8Array): DamageCause | null => {
  const text = Buffer.from(metadata).toString('utf8')
  // Not with JSON.parse, which rounds the largest numbers.
  const truncateBefore = BigInt(/"\$tb"\s*:\s*(\d+)/.exec(text)?.[1] ?? 0)
  if (truncateBefore >= SOFT_DELETED) return 'soft_deleted'
  if (/"\$maxCount"\s*:/.test(text)) return 'max_count'
  if (/"\$maxAge"\s*:/.test(text)) return 'max_age'
  return truncateBefore > 0n ? 'truncated' : null
}
