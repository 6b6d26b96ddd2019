import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { type BackupOptions, backup } from '../../src/app/backup.ts'
import { appeal, publication, unwrap } from '../ledger/events.ts'
import { edit } from '../ledger/sqlite/edit.ts'
import { clock, errorOf, record, useCaseFolder } from './use-case.ts'

const path = useCaseFolder()
const backedUp = (options: Partial<BackupOptions> = {}) =>
  backup({
    data: path('data'),
    clock,
    target: path('copy'),
    keysTarget: path('keys'),
    onProgress: () => {},
    onVerify: () => {},
    ...options,
  })
beforeEach(() => record(path('data'), [publication('p1', 'v1', 3), appeal('a1', 'u1', 'these are quilts')]))

test('given a whole data folder, when it is backed up, then the copy is complete, and the keys are separate', async () => {
  const verified: { readonly done: number; readonly total: number }[] = []
  const made = unwrap(await backedUp({ onVerify: (done, total) => verified.push({ done, total }) }))
  expect(made).toEqual({
    sequence: 2,
    files: [path('copy/ledger.db'), path('copy/vault.db')],
    keys: path('keys/keys.db'),
    findings: [],
  })
  expect(readdirSync(path('copy')).sort()).toEqual(['ledger.db', 'vault.db'])
  expect(readdirSync(path('keys'))).toEqual(['keys.db'])
  expect(verified.at(-1)?.total).toBeGreaterThan(0)
  expect(verified.at(-1)?.done).toBe(verified.at(-1)?.total)
})

test('given a missing text, when the ledger is backed up, then the copy is kept and the finding reported', async () => {
  edit(path('data/vault.db'), 'DELETE FROM ciphertexts')
  expect(unwrap(await backedUp({ keysTarget: null }))).toMatchObject({
    sequence: 2,
    keys: null,
    findings: [{ kind: 'missing_text', count: 1 }],
  })
})

test('given a folder that cannot take the copy, when it is backed up, then nothing is written there', async () => {
  writeFileSync(path('file'), '')
  expect(errorOf(await backedUp({ target: path('file') }))).toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('it is a file, not a folder; name a folder'),
  })
  expect(errorOf(await backedUp({ target: path('data/copy') }))).toMatchObject({
    kind: 'invalid',
    message: `${path('data/copy')} is inside the data folder: name one outside it`,
  })
  expect(errorOf(await backedUp({ keysTarget: path('copy/keys') }))).toMatchObject({
    kind: 'invalid',
    message: 'the keys must not be stored with what they decrypt: name a separate folder for them',
  })
  mkdirSync(path('full'))
  writeFileSync(path('full/file'), '')
  expect(errorOf(await backedUp({ target: path('full') }))).toEqual({
    kind: 'invalid',
    message: `${path('full')} is not empty: name a new folder for the backup`,
  })
  expect(readdirSync(path('')).sort()).toEqual(['data', 'file', 'full'])
})
