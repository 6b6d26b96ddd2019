import { hash } from 'node:crypto'
import type { Sealed } from '../../domain/parts.ts'
import { formatInstant } from '../../domain/time.ts'

/** The member that the ledger adds, with the commas around it. `recordedAt` is in ms since the epoch. */
export const recordedAtMember = (recordedAt: number): string =>
  `,"recordedat":"${formatInstant(recordedAt)}",`

/** The constant length of that member in bytes (and characters): `formatInstant` writes 24 characters. */
export const RECORDED_AT_BYTES = recordedAtMember(0).length

/** A sealed part in canonical form: its members are ids and hexadecimal digits, which need no escaping. */
export const canonicalSealed = ({ commitment, keyId, sha256 }: Sealed): string =>
  `{"commitment":"${commitment}","keyId":"${keyId}","sha256":"${sha256}"}`

/** The constant length of a sealed part in bytes (a key's name has 32 characters, see seal.ts). */
export const SEALED_BYTES = '{"commitment":"","keyId":"","sha256":""}'.length + 64 + 32 + 64

/**
 * RFC 6962, section 2.1: the hash of a leaf is SHA-256 of a zero byte and the leaf, here its UTF-8 bytes; as 64
 * lower-case hexadecimal digits, which use half the memory of a byte array in JavaScript.
 */
export const leafHash = (canonical: string): string => hash('sha256', `\0${canonical}`, 'hex')
