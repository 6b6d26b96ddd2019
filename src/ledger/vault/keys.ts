import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { Damage, Unusable } from '../../foundation/attempt.ts'
import { emptyLog } from '../../foundation/sqlite/database.ts'
import type { AssertInPlace } from '../../foundation/sqlite/in-place.ts'
import type { Opener } from '../../foundation/sqlite/read-only.ts'
import { keysFile } from './schema.ts'
import { type AccountKey, accountKey, KEY_ID_BYTES } from './seal.ts'

/** The accounts' keys in a file of their own, opened on first use. Everything throws what SQLite throws. */
export type KeyFile = {
  /** A key by its name; `destroyed` if its bytes were. Throws `Unusable` if it is missing. */
  readonly find: (keyId: string) => AccountKey | 'destroyed'
  /** The account's active key, created now if there is none; a new one is durable after `commit`. */
  readonly forAccount: (account: string) => AccountKey
  /** The key that `forAccount` would return now. One that does not exist yet is only remembered. */
  readonly expected: (account: string) => AccountKey
  readonly commit: () => void
  readonly rollback: () => void
  /** Destroys the account's active keys and every trace of their bytes in the files; returns how many. */
  readonly destroy: (account: string) => number
  readonly close: () => void
}

/** What the vault knows about the keys. */
export type NeededKeys = {
  /** Whether anything was ever sealed. */
  readonly isNeeded: () => boolean
  /** The name of a key that must be in the file, because keys are never removed; null if none was noted. */
  readonly keyThere: () => string | null
}

/**
 * If anything was ever sealed, a file that is missing, empty or from another vault is not written to: new keys would
 * hide that the old ones must be restored. Reading never creates the file.
 */
export const keyFile = (path: string, { isNeeded, keyThere }: NeededKeys, openFile: Opener): KeyFile => {
  let opened: DatabaseSync | undefined
  let assertInPlace: AssertInPlace = () => {}
  const database = (): DatabaseSync => {
    if (opened === undefined) {
      if (!existsSync(path) && isNeeded()) throw new Unusable(missingKey(path))
      const file = openFile(path, keysFile)
      if (isNeeded() && !holdsKeys(file.db, keyThere())) {
        file.db.close()
        throw new Unusable(others(path))
      }
      opened = file.db
      assertInPlace = file.assertInPlace
      // Deleted content is overwritten with zeros.
      opened.exec('PRAGMA secure_delete=ON')
    }
    return opened
  }

  const expected = new Map<string, NewKey>()
  let insert: StatementSync | undefined
  let findLiving: StatementSync | undefined
  const living = (account: string): AccountKey | undefined => {
    findLiving ??= database().prepare(
      'SELECT key_id, bytes FROM keys WHERE account = ? AND bytes IS NOT NULL',
    )
    const row = findLiving.get(account)
    return row === undefined ? undefined : readKey(row.key_id, row.bytes)
  }

  return {
    find: (keyId) => {
      const row = database().prepare('SELECT key_id, bytes FROM keys WHERE key_id = ?').get(keyId)
      if (row === undefined)
        throw new Unusable(`key ${keyId} is not in ${path}; restore the file from its backup`)
      return row.bytes === null ? 'destroyed' : readKey(row.key_id, row.bytes)
    },
    forAccount: (account) => {
      const db = database()
      // Looked up under the lock, so that no other process gives the account a key meanwhile.
      if (!db.isTransaction) db.exec('BEGIN IMMEDIATE')
      const found = living(account)
      if (found !== undefined) return found
      const { key, bytes } = expected.get(account) ?? newKey()
      expected.delete(account)
      insert ??= db.prepare('INSERT INTO keys (key_id, account, bytes) VALUES (?, ?, ?)')
      insert.run(key.keyId, account, bytes)
      return key
    },
    expected: (account) => {
      // A missing file stays missing: nothing is stored here.
      const found = opened === undefined && !existsSync(path) ? undefined : living(account)
      if (found !== undefined) return found
      if (expected.size >= REMEMBERED) expected.clear()
      const made = expected.get(account) ?? newKey()
      expected.set(account, made)
      return made.key
    },
    commit: () => {
      if (opened?.isTransaction) opened.exec('COMMIT')
      assertInPlace()
    },
    rollback: () => {
      if (opened?.isTransaction) opened.exec('ROLLBACK')
    },
    destroy: (account) => {
      if (!existsSync(path) && !isNeeded()) return 0
      const db = database()
      const { changes } = db
        .prepare('UPDATE keys SET bytes = NULL WHERE account = ? AND bytes IS NOT NULL')
        .run(account)
      // The write-ahead log still has the page with the bytes; a checkpoint truncates it.
      if (!emptyLog(db)) {
        throw new Unusable(
          `${path}-wal still holds the destroyed key, because another process is reading it; stop that process and destroy the key again`,
        )
      }
      assertInPlace()
      return Number(changes)
    },
    close: () => {
      if (opened?.isOpen) opened.close()
    },
  }
}

type NewKey = { readonly key: AccountKey; readonly bytes: Uint8Array }

const newKey = (): NewKey => {
  const bytes = randomBytes(32)
  return { key: accountKey(randomBytes(KEY_ID_BYTES).toString('hex'), bytes), bytes }
}

/** The most expected keys remembered; one that is forgotten is only sealed with again. */
const REMEMBERED = 50_000

const readKey = (keyId: SQLOutputValue | undefined, bytes: SQLOutputValue | undefined): AccountKey => {
  if (typeof keyId === 'string' && bytes instanceof Uint8Array) return accountKey(keyId, bytes)
  throw new Damage('a row of the keys is damaged')
}

const holdsKeys = (db: DatabaseSync, key: string | null): boolean =>
  db.prepare('SELECT 1 FROM keys WHERE ?1 IS NULL OR key_id = ?1 LIMIT 1').get(key) !== undefined

const others = (path: string): string =>
  `${path} does not hold the keys that the texts in the vault were sealed with; restore the right file from its backup`

/** The message for a missing file although something was sealed with its keys. */
export const missingKey = (path: string): string =>
  `${path} is missing, although texts were sealed with its keys; restore it from its backup`
