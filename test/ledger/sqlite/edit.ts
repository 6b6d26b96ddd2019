import { DatabaseSync } from 'node:sqlite'
import { leafHash } from '../../../src/ledger/event/leaf.ts'

/**
 * Does to a database of Redress what its triggers forbid, as somebody would who can write the file: they are dropped
 * and put back, so the schema is unaltered afterwards. In the statements `leaf(text)` is the leaf hash of a text.
 */
export const edit = (path: string, ...statements: ReadonlyArray<string>): void => {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  try {
    db.function('leaf', { deterministic: true }, (text) => Buffer.from(leafHash(String(text)), 'hex'))
    const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all()
    for (const { name } of triggers) db.exec(`DROP TRIGGER ${String(name)}`)
    for (const statement of statements) db.exec(statement)
    for (const { sql } of triggers) db.exec(String(sql))
  } finally {
    db.close()
  }
}
