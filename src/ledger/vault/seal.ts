import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import canonicalize from 'canonicalize'
import * as E from '#fp/Either'
import { Sealed } from '../../domain/parts.ts'

/**
 * An account's key: 32 random bytes, and the opaque name that sealed parts carry. Destroying the bytes erases every
 * text sealed with them. Like every key here it is a `KeyObject`: for plain bytes Node looks the algorithm up at each
 * use, which took 119 µs a text instead of 36.
 */
export type AccountKey = { readonly keyId: string; readonly secret: KeyObject }

/** A stored account key, from its name and its bytes. */
export const accountKey = (keyId: string, bytes: Uint8Array): AccountKey => ({
  keyId,
  secret: createSecretKey(bytes),
})

/** The event that a text belongs to: the keys are derived from these two, so a ciphertext fits no other event. */
export type SealedFor = { readonly source: string; readonly id: string }

export type SealedText = { readonly sealed: Sealed; readonly ciphertext: Uint8Array }

/** A key's name is 32 hexadecimal digits, so that every sealed part has the same length. */
export const KEY_ID_BYTES = 16

/** AES-GCM's tag, appended to the ciphertext. */
const TAG_BYTES = 16
/** Every text has a key of its own, so the nonce can be constant (NIST SP 800-38D asks for unique pairs of the two). */
const NONCE = Buffer.alloc(12)

/**
 * Seals a text: the same text of the same event under the same key gives the same bytes, so that a redelivery is
 * recognised. HKDF-SHA256 (RFC 5869) of the account key, with the event's identity as info, gives two keys. One makes
 * the commitment, HMAC-SHA256 of the text. The other makes the key of this one text, HMAC-SHA256 of the commitment,
 * so that even two texts under one identity (a write that failed, then another) never share key and nonce.
 */
export const seal = (key: AccountKey, event: SealedFor, text: string): SealedText => {
  const { commitKey, encryptKey } = derive(key, event)
  const plaintext = Buffer.from(text, 'utf8')
  const commitment = hmac(commitKey, plaintext)
  const cipher = createCipheriv('aes-256-gcm', keyOfText(encryptKey, commitment), NONCE)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  const sealed = {
    keyId: key.keyId,
    sha256: hash('sha256', ciphertext, 'hex'),
    commitment: commitment.toString('hex'),
  }
  if (!Sealed.is(sealed)) throw new TypeError(`not the name of a key: ${key.keyId}`)
  return { sealed, ciphertext }
}

/** Opens a sealed text, or says which check it fails: hash, AES-GCM tag or commitment. */
export const unseal = (
  key: AccountKey,
  event: SealedFor,
  sealed: Sealed,
  ciphertext: Uint8Array,
): E.Either<string, string> => {
  if (hash('sha256', ciphertext, 'hex') !== sealed.sha256)
    return E.left('the SHA-256 of the ciphertext does not match')
  if (ciphertext.length < TAG_BYTES) return E.left('the ciphertext is too short')
  const { commitKey, encryptKey } = derive(key, event)
  const textKey = keyOfText(encryptKey, Buffer.from(sealed.commitment, 'hex'))
  const decipher = createDecipheriv('aes-256-gcm', textKey, NONCE, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES))
  const started = decipher.update(ciphertext.subarray(0, -TAG_BYTES))
  try {
    const plaintext = Buffer.concat([started, decipher.final()])
    return hmac(commitKey, plaintext).toString('hex') === sealed.commitment
      ? E.right(plaintext.toString('utf8'))
      : E.left('the text does not match its commitment')
  } catch {
    return E.left('it was not sealed with this key for this event')
  }
}

const derive = (
  key: AccountKey,
  { source, id }: SealedFor,
): { readonly commitKey: KeyObject; readonly encryptKey: KeyObject } => {
  const info = `redress sealed text v1 ${canonicalize([source, id])}`
  const derived = Buffer.from(hkdfSync('sha256', key.secret, '', info, 64))
  return {
    encryptKey: createSecretKey(derived.subarray(0, 32)),
    commitKey: createSecretKey(derived.subarray(32)),
  }
}

const keyOfText = (encryptKey: KeyObject, commitment: Uint8Array): KeyObject =>
  createSecretKey(hmac(encryptKey, commitment))

const hmac = (key: KeyObject, bytes: Uint8Array): Buffer => createHmac('sha256', key).update(bytes).digest()
