import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { Damage, Unusable } from '../../foundation/attempt.ts'
import { emptyLog, inTransaction } from '../../foundation/sqlite/database.ts'
import type { AssertInPlace } from '../../foundation/sqlite/in-place.ts'
import { forReading, type Opener } from '../../foundation/sqlite/read-only.ts'
import { dataFiles } from '../data-files.ts'
import { missingKey } from './keys.ts'
import { keysFile, vaultFile } from './schema.ts'

/** The keys of dead letters in the file of keys, opened on first use. Everything throws what SQLite throws. */
export type LetterKeys = {
  /**
   * The hash of a letter, by the SHA-256 of its message: an HMAC under a key of this file. With a plain hash, anyone
   * who has the rest of a message could guess what a person said in it, even after its erasure. `null` if no letter
   * has a hash yet, or the file is missing.
   */
  readonly hashOf: (sha256: string) => string | null
  /** The same for a message that will be kept. Throws `Unusable` if the key of earlier letters is missing. */
  readonly hashOfNew: (sha256: string) => string
  /** A new random key for a letter, replacing one that it may have; durable after `commit`. */
  readonly make: (letter: string) => Uint8Array
  /** A letter's key; null if it is missing. */
  readonly find: (letter: string) => Uint8Array | null
  /** Destroys keys; they are erased from the file once `emptyLog` has returned true. */
  readonly destroy: (letters: Iterable<string>) => void
  readonly emptyLog: () => boolean
  readonly commit: () => void
  readonly rollback: () => void
  readonly close: () => void
}

/** The keys of a data folder's letters. `anySealed` says whether any letter was sealed with one. */
export const letterKeys = (dataDir: string, anySealed: () => boolean, openFile: Opener): LetterKeys => {
  const path = join(dataDir, dataFiles.keys)
  let opened: DatabaseSync | undefined
  let assertInPlace: AssertInPlace = () => {}
  let insert: StatementSync | undefined
  let select: StatementSync | undefined

  /** For reading: a missing file is not created. */
  const existing = (): DatabaseSync | null => (opened !== undefined || existsSync(path) ? database() : null)
  const database = (): DatabaseSync => {
    if (opened !== undefined) return opened
    if (!existsSync(path)) refuseToCreate()
    const file = openFile(path, keysFile)
    opened = file.db
    assertInPlace = file.assertInPlace
    // Deleted content is overwritten with zeros.
    opened.exec('PRAGMA secure_delete=ON')
    return opened
  }

  /** A new file would hide that the old one must be restored. */
  const refuseToCreate = (): void => {
    if (anySealed()) throw new Unusable(missingKey(path))
    const vaultPath = join(dataDir, dataFiles.vault)
    if (!existsSync(vaultPath)) return
    const { db: vault } = forReading(vaultPath, vaultFile)
    try {
      const sealed = vault.prepare('SELECT 1 FROM ciphertexts LIMIT 1').get()
      if (sealed !== undefined) throw new Unusable(missingKey(path))
    } finally {
      vault.close()
    }
  }

  /** Kept, because creating one for each hash would take longer than the hash itself. */
  let known: KeyObject | undefined
  const hashKey = (db: DatabaseSync): KeyObject | undefined => {
    if (known !== undefined) return known
    const bytes = bytesOf(db.prepare('SELECT bytes FROM letter_hash_key').get()?.bytes)
    if (bytes !== undefined) known = createSecretKey(bytes)
    return known
  }
  const begin = (db: DatabaseSync): void => {
    if (!db.isTransaction) db.exec('BEGIN IMMEDIATE')
  }
  const rollback = (): void => {
    if (!opened?.isTransaction) return
    opened.exec('ROLLBACK')
    known = undefined
  }

  return {
    hashOf: (sha256) => {
      const db = existing()
      const key = db === null ? undefined : hashKey(db)
      return key === undefined ? null : hmac(key, sha256)
    },
    hashOfNew: (sha256) => {
      const db = database()
      const found = hashKey(db)
      if (found !== undefined) return hmac(found, sha256)
      if (anySealed()) {
        throw new Unusable(
          `${path} is older than the dead letters next to it: it lacks the key of their hashes; restore the newer file`,
        )
      }
      begin(db)
      // Asked again under the lock: another process may have been faster.
      const quicker = hashKey(db)
      if (quicker !== undefined) return hmac(quicker, sha256)
      const bytes = randomBytes(32)
      db.prepare('INSERT INTO letter_hash_key (the_one, bytes) VALUES (1, ?)').run(bytes)
      known = createSecretKey(bytes)
      return hmac(known, sha256)
    },
    make: (letter) => {
      const db = database()
      begin(db)
      const key = randomBytes(32)
      insert ??= db.prepare('INSERT OR REPLACE INTO letter_keys (letter, bytes) VALUES (?, ?)')
      insert.run(letter, key)
      return key
    },
    find: (letter) => {
      select ??= existing()?.prepare('SELECT bytes FROM letter_keys WHERE letter = ?')
      return bytesOf(select?.get(letter)?.bytes) ?? null
    },
    destroy: (letters) => {
      const db = existing()
      if (db === null) return
      const remove = db.prepare('DELETE FROM letter_keys WHERE letter = ?')
      inTransaction(db, () => {
        for (const letter of letters) remove.run(letter)
      })
      assertInPlace()
    },
    emptyLog: () => {
      const db = existing()
      return db === null || emptyLog(db)
    },
    commit: () => {
      if (opened?.isTransaction) opened.exec('COMMIT')
      assertInPlace()
    },
    rollback,
    close: () => {
      if (opened?.isOpen) opened.close()
    },
  }
}

const hmac = (key: KeyObject, sha256: string): string =>
  createHmac('sha256', key).update(sha256, 'hex').digest('hex')

const bytesOf = (value: unknown): Uint8Array | undefined => {
  if (value === undefined) return undefined
  if (value instanceof Uint8Array && value.length === 32) return value
  throw new Damage('a row of the keys is damaged')
}
