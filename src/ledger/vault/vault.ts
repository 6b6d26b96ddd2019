import type * as E from '#fp/Either'
import type { Sealed } from '../../domain/parts.ts'
import type { Document } from '../event/prepare.ts'
import type { LedgerError } from '../port.ts'
import type { SealedFor } from './seal.ts'

/** What a sealed part says: the canonical JSON text of `data.personal`, or that its key was destroyed. */
export type Opened = { readonly kind: 'open'; readonly text: string } | { readonly kind: 'erased' }

/** What is kept beside the ledger by SHA-256: rulesets' documents and the ciphertexts of personal texts. */
export type Vault = {
  /** A document's canonical JSON text, checked against its hash; null when the vault has none of that hash. */
  readonly document: (sha256: string) => Promise<E.Either<LedgerError, string | null>>
  /** Whether a document or a ciphertext of this SHA-256 is there. */
  readonly holds: (sha256: string) => Promise<E.Either<LedgerError, boolean>>
  /** Opens the sealed part of the event (source, id), checking hash, AES-GCM tag and commitment. */
  readonly openSealed: (sealed: Sealed, source: string, id: string) => Promise<E.Either<LedgerError, Opened>>
}

/** The keys of the accounts. */
export type Keys = {
  /**
   * Destroys the account's keys for good: what was sealed with them is erased. Says how many there were. Events
   * that come later get a new key.
   */
  readonly destroy: (account: string) => Promise<E.Either<LedgerError, number>>
}

/**
 * What a store needs of vault and keys while it appends. Nothing lasts before `commit`, after which all of it is
 * durable; a store commits here before it commits its events, so that no event ever names what is not there.
 * What is left over by an append that failed later harms nothing. Throws what the database throws.
 */
export type VaultWriter = {
  readonly keepDocument: (document: Document) => void
  /** Seals under the account's key, made now if it has none, and keeps the ciphertext. */
  readonly seal: (account: string, event: SealedFor, text: string) => Sealed
  /** What sealing the text under this older key gives; `erased` when the key was destroyed. Keeps nothing. */
  readonly sealAgain: (keyId: string, event: SealedFor, text: string) => Sealed | 'erased'
  readonly commit: () => void
  readonly rollback: () => void
}

/**
 * Which ledger a vault was filled for, by the leaf hash of that ledger's first event. It is claimed after that event is on
 * disk, so a vault that is claimed never had an empty ledger; what a run that was killed before left in an unclaimed one
 * harms nothing. Throws what the database throws.
 */
export type Belonging = {
  /** The first event's leaf hash; null: the vault is claimed for no ledger yet. */
  readonly claimedFor: () => string | null
  /** Claims the vault, durably; the same again does nothing. */
  readonly claim: (firstLeaf: string) => void
}

const refuse = (): never => {
  throw new Error('nothing is sealed or kept here')
}

/** For a store that nothing is appended to but what is sealed already. */
export const noVault: VaultWriter = {
  keepDocument: refuse,
  seal: refuse,
  sealAgain: refuse,
  commit: () => {},
  rollback: () => {},
}
