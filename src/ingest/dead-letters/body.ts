import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import * as E from '#fp/Either'
import { AccountId } from '../../domain/ids.ts'
import { parseJson } from '../accept/json.ts'

const NONCE_BYTES = 12
/** AES-GCM's tag. */
const TAG_BYTES = 16

/** Seals a letter's bytes with AES-256-GCM: nonce, ciphertext, tag. */
export const sealBody = (key: Uint8Array, raw: Uint8Array): Uint8Array => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), nonce)
  return Buffer.concat([nonce, cipher.update(raw), cipher.final(), cipher.getAuthTag()])
}

/** The original bytes; null if they were sealed with another key, or altered. */
export const openBody = (key: Uint8Array, sealed: Uint8Array): Uint8Array | null => {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), nonce, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  const started = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))
  try {
    return Buffer.concat([started, decipher.final()])
  } catch {
    return null
  }
}

/** The account that a refused message is about; null if that cannot be read with certainty. */
export const accountIn = (raw: Uint8Array): string | null => {
  const json = parseJson(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength))
  if (E.isLeft(json) || typeof json.right !== 'object' || json.right === null) return null
  const subject = 'subject' in json.right ? json.right.subject : undefined
  return AccountId.is(subject) ? subject : null
}

/**
 * Whether a message that cannot be read as an event names an account, as a separate word, plainly or in JSON escapes.
 */
export const names = (raw: Uint8Array, account: string): boolean => {
  const text = withoutEscapes(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1'))
  for (let at = text.indexOf(account); at !== -1; at = text.indexOf(account, at + 1)) {
    const end = at + account.length
    if (!isOfId(text.charAt(at - 1)) && !isOfId(text.charAt(end))) return true
  }
  return false
}

/** JSON may write any character as an escape; those of an id are ASCII. */
const withoutEscapes = (text: string): string =>
  text.replaceAll(/\\u00([2-7][0-9a-f])/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )

/** Whether a character may be part of an id; a full stop or a colon may also end a sentence. */
const isOfId = (character: string): boolean => /^[A-Za-z0-9_-]$/.test(character)
