import type { DatabaseSync } from 'node:sqlite'
import { Unusable } from '../../foundation/attempt.ts'
import { emptyLog, inTransaction } from '../../foundation/sqlite/database.ts'
import type { LetterKeys } from '../../ledger/vault/letter-keys.ts'
import { names, openBody } from './body.ts'

/** Permanently destroys letters' bytes. Throws what the databases throw. */
export type Destroyer = {
  /** Called within a transaction that deletes a letter's bytes: `finish` must destroy its key too. */
  readonly later: (hash: string) => void
  /** A letter starts again, so its key must no longer be destroyed. */
  readonly forget: (hash: string) => void
  /**
   * Destroys the keys of what was started and empties the write-ahead logs, which still hold them and the bytes.
   * False: another process is using a file now, and this must be called again.
   */
  readonly finish: () => boolean
  readonly purge: (before: number, onlyResolved: boolean) => number
  readonly erase: (account: string) => number
}

const PURGED = 'last_seen < ?1 AND (?2 = 0 OR resolved_at IS NOT NULL)'

export const destroyer = (db: DatabaseSync, keys: LetterKeys, clock: () => number): Destroyer => {
  const schedule = db.prepare('INSERT OR IGNORE INTO destroying (hash) VALUES (?)')
  const remove = db.prepare('DELETE FROM destroying WHERE hash = ?')
  const scheduled = db.prepare('SELECT hash FROM destroying ORDER BY hash')
  const last = db.prepare('SELECT max(number) AS number FROM destroying')
  const done = db.prepare('DELETE FROM destroying WHERE number <= ?')
  const erased = db.prepare('UPDATE letters SET sealed = NULL, erased_at = ? WHERE hash = ?')

  const later = (hash: string): void => void schedule.run(hash)

  const finish = (): boolean => {
    if (last.get()?.number === null) return true
    // Under the lock of the letters: none of them starts again meanwhile.
    const upTo = inTransaction(db, () => {
      keys.destroy(hashesOf(scheduled.iterate()))
      return last.get()?.number ?? null
    })
    if (!keys.emptyLog() || !emptyLog(db)) return false
    done.run(upTo)
    return true
  }

  const finishNow = (): void => {
    if (finish()) return
    throw new Unusable(
      'the dead letters are no longer listed, but the logs of their files still hold the bytes because another process is using them; run this again',
    )
  }

  /** The sealed letters of an account, and those of unknown accounts that name it. */
  const lettersOf = (account: string): ReadonlyArray<string> => {
    const own = db.prepare('SELECT hash FROM letters WHERE account = ? AND sealed IS NOT NULL').all(account)
    const unclear = db.prepare(
      'SELECT hash, sealed FROM letters WHERE account IS NULL AND sealed IS NOT NULL',
    )
    const naming: string[] = []
    for (const { hash, sealed } of unclear.iterate()) {
      const key = keys.find(String(hash))
      const raw = key !== null && sealed instanceof Uint8Array ? openBody(key, sealed) : null
      if (raw !== null && names(raw, account)) naming.push(String(hash))
    }
    return [...hashesOf(own), ...naming]
  }

  return {
    later,
    forget: (hash) => void remove.run(hash),
    finish,
    purge: (before, onlyResolved) => {
      const which = [before, onlyResolved ? 1 : 0] as const
      const purged = inTransaction(db, () => {
        db.prepare(
          `INSERT OR IGNORE INTO destroying (hash) SELECT hash FROM letters WHERE ${PURGED} AND sealed IS NOT NULL ORDER BY hash`,
        ).run(...which)
        return db.prepare(`DELETE FROM letters WHERE ${PURGED}`).run(...which).changes
      })
      finishNow()
      return Number(purged)
    },
    erase: (account) => {
      const found = inTransaction(db, () => {
        const hashes = lettersOf(account)
        for (const hash of hashes) {
          erased.run(clock(), hash)
          later(hash)
        }
        return hashes.length
      })
      finishNow()
      return found
    },
  }
}

function* hashesOf(rows: Iterable<Readonly<Record<string, unknown>>>): Iterable<string> {
  for (const { hash } of rows) yield String(hash)
}
