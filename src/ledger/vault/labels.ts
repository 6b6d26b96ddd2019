import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/** What a vault says about itself. Everything throws what SQLite throws. */
export type Labels = {
  /** The value first stored under a name; null if none. */
  readonly find: (name: LabelName) => string | null
  readonly put: (name: LabelName, value: string) => void
}

/** `ledger`: the leaf hash of the ledger's first event. `keys`: one of the keys that its texts were sealed with. */
type LabelName = 'ledger' | 'keys'

/** More bytes than any label has, so that no large document is read to find one. */
const SHORT = 1_000

/**
 * They are stored among the documents, each by its own hash: so they are never changed or deleted either, and an
 * older Redress can still open the file. No other document starts like one.
 */
export const labels = (db: DatabaseSync): Labels => {
  const find = db.prepare(
    `SELECT canonical FROM documents WHERE octet_length(canonical) < ${SHORT} AND substr(canonical, 1, ?) = ?
      ORDER BY rowid LIMIT 1`,
  )
  const put = db.prepare('INSERT INTO documents (sha256, canonical) VALUES (?, ?)')
  return {
    find: (name) => {
      const head = headOf(name)
      const text = find.get(head.length, head)?.canonical
      return typeof text === 'string' ? text.slice(head.length, -TAIL.length) : null
    },
    put: (name, value) => {
      const text = headOf(name) + value + TAIL
      put.run(hash('sha256', text, 'hex'), text)
    },
  }
}

const headOf = (name: LabelName): string => `{"label":{"${name}":"`
const TAIL = '"}}'
