import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'
import { appender } from '../../../src/ledger/sqlite/append.ts'
import { ledgerFile } from '../../../src/ledger/sqlite/schema.ts'

import { noVault } from '../../../src/ledger/vault/vault.ts'
import { publication, unwrap } from '../events.ts'

describe('given a ruleset with a version', () => {
  test('when more are published and rolled back, then their versions can get other documents', () => {
    const db = new DatabaseSync(':memory:')
    for (const statement of ledgerFile.schema) db.exec(statement)
    const vault = { ...noVault, keepDocument: () => {} }
    const { write, forget } = appender(db, vault, { clock: Date.now, acceptClock: false })
    const publish = (...events: ReadonlyArray<PreparedEvent>) => {
      db.exec('BEGIN IMMEDIATE')
      const [result] = unwrap(write([{ stream: 'ruleset-rules', expectedRevision: 'any', events }]))
      return result?.kind === 'written' ? result.events.map(({ kind }) => kind) : []
    }
    publish(publication('p1', 'v1', 1))
    db.exec('COMMIT')
    expect(publish(publication('p2', 'v2', 2), publication('p3', 'v3', 3))).toEqual(['appended', 'appended'])
    db.exec('ROLLBACK')
    forget()
    expect(
      publish(publication('p4', 'v2', 9), publication('p5', 'v1', 9), publication('p6', 'v3', 9)),
    ).toEqual(['appended', 'conflict', 'appended'])
    db.close()
  })
})
