import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canonical } from '../../../src/foundation/canonical.ts'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'
import { openExisting, openLedger } from '../../../src/ledger/open.ts'
import { backupData } from '../../../src/ledger/sqlite/backup.ts'
import { type CopyFinding, describeFinding } from '../../../src/ledger/sqlite/verify.ts'
import { keepList, keepManifest, readList, readManifest } from '../../../src/ledger/vault/manifest.ts'
import { appeal, flag, publication, unwrap } from '../events.ts'
import { edit } from './edit.ts'

let dir = ''
let now = Date.UTC(2026, 0, 1)
const at = (name: string): string => join(dir, name)

/** Five events: a ruleset, a flag, an appeal, an appeal of another account, a flag. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-verify-'))
  await fill(
    publication('p1', 'v1', 3),
    flag('e1', 'u1'),
    appeal('a1', 'u1', 'these are quilts'),
    appeal('a2', 'u2', 'and this is a pie'),
    flag('e2', 'u1'),
  )
})
afterEach(() => rmSync(dir, { recursive: true }))

const fill = async (...events: ReadonlyArray<PreparedEvent>): Promise<void> => {
  const { ledger, close } = unwrap(await openLedger(at('data'), { clock: () => now }))
  for (const event of events) {
    now += 1_000
    unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  }
  await close()
}

const backedUp = async (keys: boolean): Promise<ReadonlyArray<CopyFinding>> => {
  rmSync(at('copy'), { recursive: true, force: true })
  rmSync(at('keys'), { recursive: true, force: true })
  const request = { dataDir: at('data'), target: at('copy'), keysTarget: keys ? at('keys') : null }
  const { findings, sequence, files } = unwrap(await backupData(request))
  // Whatever is found: what there is, is copied.
  expect(files.every(existsSync)).toBe(true)
  expect(sequence).toBeGreaterThan(0)
  return findings
}

const erase = async (account: string): Promise<void> => {
  const { keys, close } = unwrap(await openLedger(at('data')))
  expect(unwrap(await keys.destroy(account))).toBe(1)
  await close()
}

describe('given an undamaged ledger', () => {
  test('when it is backed up, with keys and without, then nothing is reported', async () => {
    expect(await backedUp(true)).toEqual([])
    expect(await backedUp(false)).toEqual([])
  })

  test('when a text was erased, and its ciphertext is missing too, then nothing is reported', async () => {
    await erase('u1')
    expect(await backedUp(true)).toEqual([])
    editBesideLedger('vault.db', `DELETE FROM ciphertexts WHERE sha256 = ${sealedOf(3)}`)
    expect(await backedUp(true)).toEqual([])
    expect(await backedUp(false)).toEqual([])
  })

  test('when nothing was sealed yet, and the keys are requested, then there are none, and none are created', async () => {
    rmSync(at('data'), { recursive: true })
    await fill(flag('e1', 'u1'))
    expect(await backedUp(true)).toEqual([])
    expect(existsSync(at('data/keys.db'))).toBe(false)
  })

  test('when its signals have names that JavaScript orders differently, then that is canonical form', async () => {
    await fill(flag('e9', 'u1'))
    edit(
      at('data/ledger.db'),
      `UPDATE events SET canonical = replace(canonical, '{"score":0.5}', '{"10":1,"9":2,"score":0.5}') WHERE sequence = 6`,
      'UPDATE events SET leaf_hash = leaf(canonical) WHERE sequence = 6',
    )
    expect(await backedUp(false)).toEqual([])
  })
})

/** Edits a file with the ledger in sight, as `ledger`. */
const editBesideLedger = (file: string, statement: string): void =>
  edit(at(`data/${file}`), `ATTACH '${at('data/ledger.db')}' AS ledger`, statement, 'DETACH ledger')

/** SQL for what an event says of its sealed text. */
const sealedOf = (sequence: number, member = 'sha256'): string =>
  `(SELECT json_extract(canonical, '$.data.sealed.${member}') FROM ledger.events WHERE sequence = ${sequence})`

type Damage = {
  readonly file: 'ledger.db' | 'vault.db' | 'keys.db'
  readonly statement: string
  readonly kind: CopyFinding['kind']
  /** Which of them is named. */
  readonly names: RegExp
  /** Not to be seen without a copy of the keys. */
  readonly onlyWithKeys?: boolean
}

const damages: Readonly<Record<string, Damage>> = {
  'a document that is missing': {
    file: 'vault.db',
    statement: 'DELETE FROM documents',
    kind: 'missing_document',
    names: /of event 1$/,
  },
  'a document that was altered': {
    file: 'vault.db',
    statement: `UPDATE documents SET canonical = replace(canonical, 'suspended', 'terminated')`,
    kind: 'altered_document',
    names: /^[0-9a-f]{64}$/,
  },
  'a ciphertext that is missing': {
    file: 'vault.db',
    statement: `DELETE FROM ciphertexts WHERE sha256 = ${sealedOf(3)}`,
    kind: 'missing_text',
    names: /of event 3$/,
  },
  'a ciphertext that was altered': {
    file: 'vault.db',
    statement: `UPDATE ciphertexts SET bytes = zeroblob(40) WHERE sha256 = ${sealedOf(3)}`,
    kind: 'altered_text',
    names: /^[0-9a-f]{64}$/,
  },
  'a key that is missing': {
    file: 'keys.db',
    statement: "DELETE FROM keys WHERE account = 'u1'",
    kind: 'missing_key',
    names: /of event 3$/,
    onlyWithKeys: true,
  },
  'a key that was altered': {
    file: 'keys.db',
    statement: "UPDATE keys SET bytes = zeroblob(32) WHERE account = 'u1'",
    kind: 'wrong_key',
    names: /of event 3$/,
    onlyWithKeys: true,
  },
  'an event that was altered': {
    file: 'ledger.db',
    statement: `UPDATE events SET canonical = replace(canonical, '0.5', '0.9') WHERE sequence = 2`,
    kind: 'event',
    names: /event 2 .* hash/,
  },
  'an event that does not decode': {
    file: 'ledger.db',
    statement: `UPDATE events SET canonical = replace(canonical, '"own_initiative"', '"nobody"'),
      leaf_hash = leaf(replace(canonical, '"own_initiative"', '"nobody"')) WHERE sequence = 2`,
    kind: 'event',
    names: /event 2.*source/,
  },
  'an event with a duplicate member': {
    file: 'ledger.db',
    statement: `UPDATE events SET canonical = replace(canonical, '"category":', '"category":"a","category":'),
      leaf_hash = leaf(replace(canonical, '"category":', '"category":"a","category":')) WHERE sequence = 2`,
    kind: 'event',
    names: /event 2.*canonical/,
  },
  'an event in another stream': {
    file: 'ledger.db',
    statement: `UPDATE events SET stream = (SELECT id FROM streams WHERE name = 'account-u2'), revision = 5
      WHERE sequence = 5`,
    kind: 'event',
    names: /event 5 .*account-u2 .*account-u1/,
  },
  'an event under another id': {
    file: 'ledger.db',
    statement: "UPDATE events SET id = 'e7' WHERE sequence = 5",
    kind: 'event',
    names: /event 5 .*source or id/,
  },
  'an event with another revision': {
    file: 'ledger.db',
    statement: 'UPDATE events SET revision = 9 WHERE sequence = 5',
    kind: 'event',
    names: /revision 2 of account-u1 is missing before event 5/,
  },
  'an event that is recorded twice': {
    file: 'ledger.db',
    statement: `INSERT INTO events SELECT 6, stream, 3, source, id, canonical, leaf_hash FROM events WHERE sequence = 5`,
    kind: 'event',
    names: /event 6 has the source and id of event 5 in its stream/,
  },
  'an event that is missing': {
    file: 'ledger.db',
    statement: 'DELETE FROM events WHERE sequence = 4',
    kind: 'event',
    names: /sequence 4 is missing/,
  },
  'a stream that is missing': {
    file: 'ledger.db',
    statement: "DELETE FROM streams WHERE name = 'account-u2'",
    kind: 'event',
    names: /event 4 /,
  },
  'a source that is missing': {
    file: 'ledger.db',
    statement: 'DELETE FROM sources',
    kind: 'event',
    names: /event 1 .*source or id/,
  },
}

describe.each(Object.entries(damages))(
  'given a ledger with %s',
  (_, { file, statement, kind, names, onlyWithKeys }) => {
    test('when it is backed up, then the copy is kept, and the damage is reported', async () => {
      editBesideLedger(file, statement)
      for (const keys of [true, false]) {
        const findings = await backedUp(keys)
        const [finding] = findings
        if (onlyWithKeys === true && !keys) expect(findings).toEqual([])
        else {
          expect(findings).toMatchObject([{ kind }])
          expect(finding?.first[0]).toMatch(names)
        }
      }
    })
  },
)

describe('given a plan in parts that needs another one', () => {
  /** Two parts of a list, a manifest that needs one of its own, and a document. */
  const keepPlan = async () => {
    const { vault, close } = unwrap(await openLedger(at('data'), { clock: () => now }))
    const { text, sha256: rules } = canonical({ ruleset: 'right' })
    unwrap(await vault.keep([{ sha256: rules, canonical: text }]))
    const exceptions = unwrap(await keepList(vault, ['legal hold']))
    const needed = unwrap(
      await keepManifest(vault, { head: { of: 'exceptions' }, lists: { exceptions }, needs: [] }),
    )
    const accounts = unwrap(
      await keepList(
        vault,
        [1, 2].map((i) => `${i}`.repeat(600_000)),
      ),
    )
    const plan = unwrap(
      await keepManifest(vault, { head: { of: 'a plan' }, lists: { accounts }, needs: [needed, rules] }),
    )
    await close()
    return { plan, needed, rules, second: accounts.chunks[1] ?? '', exception: exceptions.chunks[0] ?? '' }
  }

  test('when it is backed up, then all of it is in the copy, and nothing is reported', async () => {
    const { plan } = await keepPlan()
    expect(await backedUp(false)).toEqual([])
    const { vault, close } = unwrap(await openExisting(at('copy')))
    const { lists } = unwrap(await readManifest(vault, plan))
    const items: unknown[] = []
    for await (const page of readList(vault, lists.accounts ?? { items: 0, chunks: [] }))
      items.push(...unwrap(page))
    expect(items).toHaveLength(2)
    await close()
  })

  test.each([
    ['a part of its list', 'second', 'plan'],
    ['a document that it needs', 'rules', 'plan'],
    ['the other one', 'needed', 'plan'],
    ['a part of the other one', 'exception', 'needed'],
  ] as const)('when %s is missing, then that is reported with what names it', async (_, missing, of) => {
    const kept = await keepPlan()
    edit(at('data/vault.db'), `DELETE FROM documents WHERE sha256 = '${kept[missing]}'`)
    const first = [`${kept[missing]} of the manifest ${kept[of]}`]
    expect(await backedUp(false)).toEqual([{ kind: 'missing_document', count: 1, first }])
  })

  test('when a part was altered, then that is reported', async () => {
    const { second } = await keepPlan()
    edit(at('data/vault.db'), `UPDATE documents SET canonical = '["x"]' WHERE sha256 = '${second}'`)
    expect(await backedUp(false)).toEqual([{ kind: 'altered_document', count: 1, first: [second] }])
  })
})

test('given many missing ones, then all are counted and the first are named, on one line', async () => {
  await fill(...Array.from({ length: 20 }, (_, i) => appeal(`b${i}`, `w${i}`, `text ${i}`)))
  edit(at('data/vault.db'), 'DELETE FROM ciphertexts', 'DELETE FROM documents')
  const findings = await backedUp(true)
  expect(findings).toMatchObject([
    { kind: 'missing_document', count: 1 },
    { kind: 'missing_text', count: 22 },
  ])
  expect(describeFinding(findings[1] as CopyFinding)).toMatch(
    /^sealed text missing from the vault \(22\): [^\n]* of event 3; [^\n]*; \.\.\.$/,
  )
})

test('given no keys although texts were sealed, when they are requested, then all of them are missing', async () => {
  rmSync(at('data/keys.db'))
  expect(await backedUp(true)).toMatchObject([{ kind: 'missing_key', count: 2 }])
  expect(existsSync(at('data/keys.db'))).toBe(false)
})
