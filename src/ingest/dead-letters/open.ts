import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type * as E from '#fp/Either'
import { attempt } from '../../foundation/attempt.ts'
import {
  forReading,
  forReadingIfThere,
  forWriting,
  isWritable,
  type Opener,
} from '../../foundation/sqlite/read-only.ts'
import { retryWhileBusy } from '../../foundation/sqlite/retry-while-busy.ts'
import type { StoreError } from '../../foundation/store-error.ts'
import { letterKeys } from '../../ledger/vault/letter-keys.ts'
import { destroyer } from './destroy.ts'
import { lettersFile } from './file.ts'
import type { DeadLetters } from './letter.ts'
import { letterReader } from './read.ts'
import { recorder } from './record.ts'

/** The file of a data folder that holds the letters. */
export const LETTERS_FILE = 'dead-letters.db'

/** Opens the dead letters of a data folder, which must exist. `clock` gives ms since the epoch. */
export const openDeadLetters = (
  dataDir: string,
  clock: () => number,
): Promise<E.Either<StoreError, DeadLetters>> =>
  retryWhileBusy(LETTERS_FILE, () => open(dataDir, clock, { letters: forWriting, keys: forWriting }))

/** The same for reading only: a folder without the file has no letters, and the file is not created. */
export const openDeadLettersForReading = (
  dataDir: string,
  clock: () => number,
): Promise<E.Either<StoreError, DeadLetters>> =>
  retryWhileBusy(LETTERS_FILE, () =>
    open(dataDir, clock, { letters: forReadingIfThere, keys: forReadingOrNew }),
  )

/** Reading creates no keys, but an upgrade does. */
const forReadingOrNew: Opener = (path, kind) =>
  existsSync(path) ? forReading(path, kind) : forWriting(path, kind)

type Openers = { readonly letters: Opener; readonly keys: Opener }

const open = (dataDir: string, clock: () => number, openers: Openers): DeadLetters => {
  const path = join(dataDir, LETTERS_FILE)
  let db: DatabaseSync | undefined
  const keys = letterKeys(
    dataDir,
    () => db?.prepare('SELECT 1 FROM letters WHERE sealed IS NOT NULL LIMIT 1').get() !== undefined,
    openers.keys,
  )
  try {
    const file = openers.letters(path, lettersFile(keys))
    db = file.db
    db.exec('PRAGMA secure_delete=ON')
    const destroy = destroyer(db, keys, clock)
    // Finishes what was started, or an upgrade by a reader.
    if (isWritable(path)) destroy.finish()
    const reader = letterReader(db, keys)
    const record = recorder(db, keys, clock, destroy)
    return {
      record: (changes) =>
        attempt(LETTERS_FILE, () => {
          const recorded = record(changes)
          file.assertInPlace()
          reader.noteChanges(changes)
          return recorded
        }),
      unresolvedLengths: () => attempt(LETTERS_FILE, reader.unresolvedLengths),
      list: (filter) => attempt(LETTERS_FILE, () => reader.list(filter)),
      count: (filter) => attempt(LETTERS_FILE, () => reader.count(filter)),
      unresolvedAfter: (after, limit) => attempt(LETTERS_FILE, () => reader.unresolvedAfter(after, limit)),
      find: (digits) => attempt(LETTERS_FILE, () => reader.find(digits)),
      body: (hash) => attempt(LETTERS_FILE, () => reader.body(hash)),
      purge: (before, onlyResolved) =>
        attempt(LETTERS_FILE, () => {
          const purged = destroy.purge(before, onlyResolved)
          file.assertInPlace()
          reader.forget()
          return purged
        }),
      erase: (account) =>
        attempt(LETTERS_FILE, () => {
          const erased = destroy.erase(account)
          file.assertInPlace()
          return erased
        }),
      close: () => {
        keys.close()
        file.db.close()
      },
    }
  } catch (error) {
    keys.close()
    if (db?.isOpen) db.close()
    throw error
  }
}
