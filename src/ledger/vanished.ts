import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { Unusable } from '../foundation/attempt.ts'
import { openSource } from '../foundation/sqlite/read-only.ts'

/**
 * Throws `Unusable` if a ledger's file is missing or empty although the files next to it show that a ledger was here:
 * a new one in its place would be mistaken for the old one. A first run that is killed leaves no such folder: it
 * writes the first row into a database of the folder only after the ledger's file has its tables.
 */
export const refuseVanished = (path: string): void => {
  if (!holdsNoLedger(path)) return
  const trace = traceOfLedger(dirname(path))
  // Checked again: another process may have created the ledger and then filled the files next to it.
  if (trace === undefined || !holdsNoLedger(path)) return
  throw new Unusable(vanished(path, `${trace} next to it is not empty`))
}

/** Whether a ledger's file is missing, or holds no ledger yet. */
const holdsNoLedger = (path: string): boolean => tablesIn(path).length === 0

/** The message for a ledger that is missing. */
export const vanished = (path: string, trace: string): string =>
  `${path} ${existsSync(path) ? 'holds no events' : 'is missing'}, but ${trace}: a ledger was here. Restore ${basename(path)} ` +
  'from a backup, or name another folder for a new ledger with --data'

const DATABASES = ['vault.db', 'keys.db', 'dead-letters.db'] as const

/** A file that only the folder of a ledger has; undefined if there is none. */
const traceOfLedger = (dataDir: string): string | undefined => {
  const published = 'projections.duckdb'
  if (existsSync(join(dataDir, published))) return published
  return DATABASES.find((name) => hasRows(join(dataDir, name)))
}

const hasRows = (path: string): boolean =>
  tablesIn(path).some((table) => reading(path, (db) => db.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get()))

const tablesIn = (path: string): ReadonlyArray<string> =>
  (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0
    ? []
    : reading(path, (db) =>
        db
          .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
          .all()
          .map(({ name }) => String(name)),
      )

const reading = <A>(path: string, read: (db: DatabaseSync) => A): A => {
  const { db } = openSource(path)
  try {
    return read(db)
  } finally {
    db.close()
  }
}
