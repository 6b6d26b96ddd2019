import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import * as E from '#fp/Either'
import { attempt } from '../../foundation/attempt.ts'
import type { FileKind } from '../../foundation/sqlite/database.ts'
import { forReading } from '../../foundation/sqlite/read-only.ts'
import { ARRAYS, row } from '../../foundation/sqlite/rows.ts'
import type { LedgerError } from '../port.ts'
import { keysFile, vaultFile } from '../vault/schema.ts'
import { ledgerFile } from './schema.ts'
import { type CopyFinding, verifyFiles } from './verify.ts'
import { assertKnownVocabulary } from './vocabulary.ts'

/** Where the files are. */
export type VerifiedPaths = {
  /** Null: a cluster has the events. */
  readonly ledger: string | null
  readonly vault: string
  /** There may be none yet. */
  readonly keys: string
  /** Whether the keys must exist and open what was sealed with them. */
  readonly withKeys: boolean
}

/** The last event's sequence, null if a cluster has the events; and what is wrong with the files. */
export type VerifiedFolder = {
  readonly sequence: number | null
  readonly findings: ReadonlyArray<CopyFinding>
}

/** Reads a ledger's files and checks them against each other; `onProgress` gets how many rows are read, and of how many. */
export const verifyFolder = async (
  { ledger, vault, keys, withKeys }: VerifiedPaths,
  onProgress: (done: number, total: number) => void,
): Promise<E.Either<LedgerError, VerifiedFolder>> => {
  const opened: DatabaseSync[] = []
  const openFile = (path: string, kind: FileKind): DatabaseSync => {
    const { db } = forReading(path, kind)
    opened.push(db)
    return db
  }
  try {
    const files = {
      ledger: ledger === null ? null : openFile(ledger, ledgerFile),
      vault: openFile(vault, vaultFile),
      keys: existsSync(keys) ? openFile(keys, keysFile) : null,
      withKeys,
    }
    // Checked again: the vocabulary may have been raised before the file was copied.
    if (files.ledger !== null) assertKnownVocabulary(files.ledger)
    const findings = await verifyFiles(files, onProgress)
    const sequence = files.ledger === null ? null : lastSequence(files.ledger)
    return E.right({ sequence, findings })
  } catch (error) {
    return attempt(ledger ?? vault, () => {
      throw error
    })
  } finally {
    for (const db of opened) db.close()
  }
}

const lastSequence = (db: DatabaseSync): number =>
  Number(row(db.prepare('SELECT max(sequence) FROM events', ARRAYS).get())[0] ?? 0)
