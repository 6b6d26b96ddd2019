import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import * as E from '#fp/Either'
import { attempt, Damage } from '../../foundation/attempt.ts'
import { forWriting, type Opener, type OpenFile } from '../../foundation/sqlite/read-only.ts'
import { type KeyFile, keyFile } from './keys.ts'
import { type Labels, labels } from './labels.ts'
import { vaultFile } from './schema.ts'
import { seal, unseal } from './seal.ts'
import type { Belonging, ExpectedKeys, Keys, Opened, Vault, VaultWriter } from './vault.ts'

export type OpenVault = {
  readonly vault: Vault
  readonly keys: Keys
  readonly expectedKeys: ExpectedKeys
  readonly writer: VaultWriter
  readonly belonging: Belonging
  readonly close: () => void
}

/** Opens the vault's file and, on first use, that of the keys. Throws what the opener throws. */
export const openVault = (path: string, keysPath: string, openFile: Opener = forWriting): OpenVault => {
  const { db, assertInPlace } = openFile(path, vaultFile)
  const anySealed = db.prepare('SELECT 1 FROM ciphertexts LIMIT 1')
  const label = labels(db)
  const needed = { isNeeded: () => anySealed.get() !== undefined, keyThere: () => label.find('keys') }
  const keys = keyFile(keysPath, needed, openFile)
  return {
    vault: { ...reading(db, path, keys), keep: keeping({ db, path, assertInPlace }) },
    keys: { destroy: async (account) => attempt(keysPath, () => keys.destroy(account)) },
    expectedKeys: (accounts) => attempt(keysPath, () => accounts.map(keys.expected)),
    writer: writing({ db, label, assertInPlace }, keys),
    belonging: {
      claimedFor: () => label.find('ledger'),
      claim: (firstLeaf) => label.put('ledger', firstLeaf),
    },
    close: () => {
      keys.close()
      if (db.isOpen) db.close()
    },
  }
}

const INSERT_DOCUMENT = 'INSERT INTO documents (sha256, canonical) VALUES (?, ?)'

/** In a transaction of its own: while this runs, no append of this process has one open. */
const keeping = ({
  db,
  path,
  assertInPlace,
}: Pick<OpenFile, 'db' | 'assertInPlace'> & { readonly path: string }): Vault['keep'] => {
  const insert = db.prepare(INSERT_DOCUMENT)
  return async (documents) =>
    attempt(path, () => {
      db.exec('BEGIN IMMEDIATE')
      try {
        for (const { sha256, canonical } of documents) insert.run(sha256, canonical)
        db.exec('COMMIT')
      } finally {
        if (db.isTransaction) db.exec('ROLLBACK')
      }
      assertInPlace()
    })
}

const reading = (db: DatabaseSync, path: string, keys: KeyFile): Omit<Vault, 'keep'> => {
  const document = db.prepare('SELECT canonical FROM documents WHERE sha256 = ?')
  const ciphertext = db.prepare('SELECT bytes FROM ciphertexts WHERE sha256 = ?')
  const work = async <A>(get: () => A) => attempt(path, get)
  return {
    document: (sha256) =>
      work(() => {
        const text = document.get(sha256)?.canonical
        if (text === undefined) return null
        if (typeof text === 'string' && hash('sha256', text, 'hex') === sha256) return text
        throw new Damage(`the document ${sha256} in ${path} is not the one that was stored`)
      }),
    holds: (sha256) => work(() => document.get(sha256) !== undefined || ciphertext.get(sha256) !== undefined),
    openSealed: (sealed, source, id) =>
      work((): Opened => {
        const key = keys.find(sealed.keyId)
        if (key === 'destroyed') return { kind: 'erased' }
        const bytes = ciphertext.get(sealed.sha256)?.bytes
        if (!(bytes instanceof Uint8Array)) {
          throw new Damage(`the sealed text ${sealed.sha256} is not in ${path}; restore it from a backup`)
        }
        const text = unseal(key, { source, id }, sealed, bytes)
        if (E.isRight(text)) return { kind: 'open', text: text.right }
        throw new Damage(`the sealed text ${sealed.sha256} in ${path} cannot be opened: ${text.left}`)
      }),
  }
}

type VaultFile = Pick<OpenFile, 'db' | 'assertInPlace'> & { readonly label: Labels }

const writing = ({ db, label, assertInPlace }: VaultFile, keys: KeyFile): VaultWriter => {
  let namesKey = false
  const keepDocument = db.prepare(INSERT_DOCUMENT)
  const keepCiphertext = db.prepare('INSERT INTO ciphertexts (sha256, bytes) VALUES (?, ?)')
  const begin = (): void => {
    if (!db.isTransaction) db.exec('BEGIN IMMEDIATE')
  }
  return {
    keepDocument: ({ sha256, canonical }) => {
      begin()
      keepDocument.run(sha256, canonical)
    },
    seal: (account, event, text, ahead) => {
      begin()
      const key = keys.forAccount(account)
      if (!namesKey && label.find('keys') === null) label.put('keys', key.keyId)
      namesKey = true
      const isUsable = ahead?.sealed.keyId === key.keyId
      const { sealed, ciphertext } = isUsable ? ahead : seal(key, event, text)
      keepCiphertext.run(sealed.sha256, ciphertext)
      return sealed
    },
    sealAgain: (keyId, event, text) => {
      const key = keys.find(keyId)
      return key === 'destroyed' ? 'erased' : seal(key, event, text).sealed
    },
    // Keys first: a ciphertext without its key would be lost.
    commit: () => {
      keys.commit()
      if (db.isTransaction) db.exec('COMMIT')
      assertInPlace()
    },
    rollback: () => {
      namesKey = false
      keys.rollback()
      if (db.isTransaction) db.exec('ROLLBACK')
    },
  }
}
