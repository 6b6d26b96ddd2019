import type * as E from '#fp/Either'
import type { Sealed } from '../../domain/parts.ts'
import type { StoreError } from '../../foundation/store-error.ts'
import type { Document } from '../event/prepare.ts'
import type { LedgerError } from '../port.ts'
import type { AccountKey, SealedFor, SealedText } from './seal.ts'

/** The content of a sealed part: the canonical JSON text of `data.personal`, or that its key was destroyed. */
export type Opened = { readonly kind: 'open'; readonly text: string } | { readonly kind: 'erased' }

/** What is stored by SHA-256 next to the ledger: documents and the ciphertexts of personal texts. */
export type Vault = {
  /**
   * Stores documents durably, ahead of the event that names them. One that is there is left as it is; one that no event
   * ever names is harmless. For a ledger that was opened for writing.
   */
  readonly keep: (documents: ReadonlyArray<Document>) => Promise<E.Either<LedgerError, void>>
  /** A document's canonical JSON text, checked against its hash; null when the vault has none of that hash. */
  readonly document: (sha256: string) => Promise<E.Either<LedgerError, string | null>>
  /** Whether the vault holds a document or a ciphertext of this SHA-256. */
  readonly holds: (sha256: string) => Promise<E.Either<LedgerError, boolean>>
  /** Opens the sealed part of the event (source, id), checking hash, AES-GCM tag and commitment. */
  readonly openSealed: (sealed: Sealed, source: string, id: string) => Promise<E.Either<LedgerError, Opened>>
}

/**
 * The keys that texts of these accounts will most likely be sealed with, in the same order, so that another thread can
 * seal ahead. Nothing is stored; a key is created when the first text is stored with it.
 */
export type ExpectedKeys = (
  accounts: ReadonlyArray<string>,
) => E.Either<StoreError, ReadonlyArray<AccountKey>>

/** The keys of the accounts. */
export type Keys = {
  /**
   * Destroys the account's keys permanently: what was sealed with them is erased. Returns how many there were. Later
   * events get a new key.
   */
  readonly destroy: (account: string) => Promise<E.Either<LedgerError, number>>
}

/**
 * What a store needs of vault and keys while it appends. Nothing is durable before `commit`, after which everything
 * is; a store commits here before it commits its events, so that no event ever refers to something missing. What an
 * append that failed later leaves behind is harmless. Throws what the database throws.
 */
export type VaultWriter = {
  readonly keepDocument: (document: Document) => void
  /**
   * Seals under the account's key, created now if it has none, and stores the ciphertext. `ahead` is this text of this
   * event, sealed before; it is used if that was under the same key.
   */
  readonly seal: (account: string, event: SealedFor, text: string, ahead?: SealedText) => Sealed
  /** The result of sealing the text under this older key; `erased` if the key was destroyed. Stores nothing. */
  readonly sealAgain: (keyId: string, event: SealedFor, text: string) => Sealed | 'erased'
  readonly commit: () => void
  readonly rollback: () => void
}

/**
 * Which ledger a vault was filled for, by the leaf hash of that ledger's first event. It is claimed after that event
 * is on disk, so a claimed vault never belongs to an empty ledger; what a killed run left in an unclaimed one is
 * harmless. Throws what the database throws.
 */
export type Belonging = {
  /** The first event's leaf hash; null if the vault is not claimed yet. */
  readonly claimedFor: () => string | null
  /** Claims the vault, durably; repeating it does nothing. */
  readonly claim: (firstLeaf: string) => void
}

const refuse = (): never => {
  throw new Error('nothing is sealed or kept here')
}

/** For a store that only receives events already sealed. */
export const noVault: VaultWriter = {
  keepDocument: refuse,
  seal: refuse,
  sealAgain: refuse,
  commit: () => {},
  rollback: () => {},
}
