import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSequenceIndex } from '../../../src/ledger/eventstoredb/sequence-index.ts'

describe('given a sequence index', () => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-index-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))
  const path = () => join(dir, 'sequence.db')

  test('when an older Redress created it, then its numbers stay, and damage can be recorded in it', () => {
    const older = openSequenceIndex(path())
    older.add(null, [{ commit: 10n, prepare: 10n }])
    older.close()
    const db = new DatabaseSync(path())
    db.exec('DROP TABLE damaged; PRAGMA user_version=1')
    db.close()
    const index = openSequenceIndex(path())
    expect(index.sequenceOf({ commit: 10n, prepare: 10n })).toBe(1)
    index.note([{ stream: 'account-u1', cause: 'truncated', lost: false }])
    expect(index.damaged()).toEqual([{ stream: 'account-u1', cause: 'truncated', lost: false }])
    index.close()
  })

  test('when the damage is undone, then it is forgotten, unless events were not counted or the stream has a tombstone', () => {
    const index = openSequenceIndex(path())
    index.note([
      { stream: 'account-u1', cause: 'max_count', lost: false },
      { stream: 'account-u2', cause: 'max_age', lost: true },
      { stream: 'account-u3', cause: 'tombstoned', lost: false },
      { stream: 'account-u3', cause: 'max_count', lost: false },
    ])
    for (const stream of ['account-u1', 'account-u2', 'account-u3'] as const) {
      index.note([{ stream, cause: null, lost: false }])
    }
    expect(index.damaged()).toEqual([
      { stream: 'account-u2', cause: 'max_age', lost: true },
      { stream: 'account-u3', cause: 'tombstoned', lost: false },
    ])
    index.close()
  })
})
