import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../../foundation/sqlite/database.ts'
import type { LetterKeys } from '../../ledger/vault/letter-keys.ts'
import { accountIn, sealBody } from './body.ts'
import type { Destroyer } from './destroy.ts'
import type { LetterChanges, LetterSighting, RecordedLetters, Settled } from './letter.ts'

const NEW = `INSERT INTO letters
  (hash, code, path, message, length, truncated, sealed, account, sightings, first_seen, last_seen, last_origin)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`
/** A sighting updates the reason: the newest one is what blocks the letter now. */
const SEEN_AGAIN = `UPDATE letters SET sightings = sightings + 1, code = ?, path = ?, message = ?,
  last_seen = max(last_seen, ?), last_origin = ? WHERE hash = ?`
const SETTLE = `UPDATE letters SET resolved_source = ?, resolved_id = ?, resolved_at = ?, sealed = NULL
  WHERE hash = ? AND resolved_at IS NULL`
const RESTATE = 'UPDATE letters SET code = ?, path = ?, message = ? WHERE hash = ?'

/** Writes changes, the keys before the letters that they open. Throws what the databases throw. */
export const recorder = (
  db: DatabaseSync,
  keys: LetterKeys,
  clock: () => number,
  destroy: Destroyer,
): ((changes: LetterChanges) => RecordedLetters) => {
  const known = db.prepare('SELECT sealed IS NOT NULL AS sealed FROM letters WHERE hash = ?')
  const insert = db.prepare(NEW)
  const seenAgain = db.prepare(SEEN_AGAIN)
  const reseal = db.prepare('UPDATE letters SET sealed = ? WHERE hash = ?')
  const settle = db.prepare(SETTLE)
  const restate = db.prepare(RESTATE)

  const recordSighting = (
    { sha256, raw, length, rejection, origin }: LetterSighting,
    now: number,
  ): string => {
    const { code, path, message } = rejection
    const hash = keys.hashOfNew(sha256)
    const letter = known.get(hash)
    if (letter === undefined) {
      // It may have been here and be about to be destroyed: it starts again, under another key.
      destroy.forget(hash)
      const truncated = length > raw.length ? 1 : 0
      const sealed = sealBody(keys.make(hash), raw)
      const about = truncated === 1 ? null : accountIn(raw)
      insert.run(hash, code, path, message, length, truncated, sealed, about, now, now, origin)
      return hash
    }
    seenAgain.run(code, path, message, now, origin, hash)
    // What was destroyed stays destroyed. A letter that lost its key, to an older file of keys, gets a new one.
    if (letter.sealed === 1 && keys.find(hash) === null) reseal.run(sealBody(keys.make(hash), raw), hash)
    return hash
  }

  const resolve = (settled: Settled, now: number): number => {
    const hash = 'hash' in settled ? settled.hash : keys.hashOf(settled.sha256)
    if (hash === null || settle.run(settled.source, settled.id, now, hash).changes === 0) return 0
    destroy.later(hash)
    return 1
  }

  return ({ sightings = [], settled = [], restated = [] }) => {
    try {
      const recorded = inTransaction(db, () => {
        const now = clock()
        const hashes = sightings.map((one) => recordSighting(one, now))
        for (const { hash, rejection } of restated) {
          restate.run(rejection.code, rejection.path, rejection.message, hash)
        }
        const resolved = settled.reduce((sum, one) => sum + resolve(one, now), 0)
        keys.commit()
        return { hashes, resolved }
      })
      // If another process is in the way, it is done the next time: nothing is lost by that.
      if (recorded.resolved > 0) destroy.finish()
      return recorded
    } finally {
      keys.rollback()
    }
  }
}
