import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import type { Document } from '../../../src/ledger/event/prepare.ts'
import { keepManifest, readManifest } from '../../../src/ledger/vault/manifest.ts'
import type { Vault } from '../../../src/ledger/vault/vault.ts'
import { compileCorrection } from '../../../src/replay/correction/compile.ts'
import { type Correction, hashOfCorrection } from '../../../src/replay/correction/correction.ts'
import { keepCorrection, loadCorrection } from '../../../src/replay/correction/kept.ts'
import type { NamedFiles } from '../../../src/replay/correction/references.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { unwrap } from '../../ledger/events.ts'
import type { CorrectionDocument } from '../corrections.ts'
import { correcting, documentOf, histories, historyOf } from '../histories.ts'

/** A vault in memory. */
const emptyVault = () => {
  const documents = new Map<string, string>()
  const vault: Pick<Vault, 'keep' | 'document'> = {
    keep: async (kept: ReadonlyArray<Document>) => {
      for (const { sha256, canonical } of kept) documents.set(sha256, canonical)
      return E.right(undefined)
    },
    document: async (sha256) => E.right(documents.get(sha256) ?? null),
  }
  return { vault, documents }
}

/** A document whose lists of flags are in files. */
const inFiles = (document: CorrectionDocument): Correction => {
  const files = new Map<string, E.Either<string, string>>()
  const withdrawals = (document.withdrawals ?? []).map(({ flags, ...withdrawal }) => {
    if (flags === undefined) return withdrawal
    files.set(`${withdrawal.id}.txt`, E.right([...flags].reverse().join('\r\n')))
    return { ...withdrawal, flags_file: `${withdrawal.id}.txt` }
  })
  return unwrap(compileCorrection({ ...document, withdrawals }, files)).correction
}

/** A correction with two lists of flags in files, and its rules in it. */
const two = (flags: ReadonlyArray<string> = ['f-2', 'f-1']): Correction => {
  const files: NamedFiles = new Map([
    ['a.txt', E.right(flags.join('\n'))],
    ['b.txt', E.right('f-3')],
  ])
  const withdrawals = [
    { id: 'a', flags_file: 'a.txt' },
    { id: 'where', where: 'detector.id == "scanner"', from: '2025-04-28T02:00:00+02:00' },
    { id: 'b', flags_file: 'b.txt', truth: 'false' },
    { id: 'again', flags_file: 'a.txt' },
  ]
  const document = { correction: 'two', ruleset: { id: 'guidelines' }, withdrawals }
  return unwrap(compileCorrection(document, files)).correction
}

describe('given any correction that is stored', () => {
  const restored = async (correction: Correction): Promise<Correction> => {
    const { vault } = emptyVault()
    return unwrap(await loadCorrection(vault, unwrap(await keepCorrection(vault, correction))))
  }

  test('when it is loaded from the vault alone, then a replay with it has the same digest', () =>
    fc.assert(
      fc.asyncProperty(histories, fc.boolean(), async ({ events, correction: document }, listed) => {
        const correction = listed
          ? inFiles(document)
          : unwrap(compileCorrection(document, new Map())).correction
        const loaded = await restored(correction)
        expect(loaded.document).toEqual(correction.document)
        const { digest } = replay(historyOf(events, correction), correction)
        expect(replay(historyOf(events, loaded), loaded).digest).toBe(digest)
      }),
      { numRuns: 60 },
    ))

  test('when it is only a corrected ruleset, then so is what is loaded', () =>
    fc.assert(
      fc.asyncProperty(documentOf('v2'), async (document) => {
        const correction = correcting(document)
        const loaded = await restored(correction)
        expect(loaded.document).toBeNull()
        expect(hashOfCorrection(loaded)).toBe(hashOfCorrection(correction))
      }),
      { numRuns: 20 },
    ))

  test('when its lists are longer than a document may be, then they are in parts, and all flags are loaded', async () => {
    const flags = Array.from({ length: 60_000 }, (_, i) => `flag-of-a-long-list-${i}`)
    const { vault, documents } = emptyVault()
    const sha256 = unwrap(await keepCorrection(vault, two(flags)))
    const { lists, needs } = unwrap(await readManifest(vault, sha256))
    expect(
      Object.values(lists)
        .map(({ items, chunks }) => [items, chunks.length])
        .sort(),
    ).toEqual([
      [1, 1],
      [60_000, 2],
    ])
    expect(needs).toEqual([hashOfCorrection(two(flags))])
    expect(documents.size).toBe(2 + 3)
    const loaded = unwrap(await loadCorrection(vault, sha256))
    expect(loaded.withdrawals.map(({ of }) => (of.kind === 'flags' ? of.flagIds.size : of.when))).toEqual([
      60_000,
      'detector.id == "scanner"',
      1,
      60_000,
    ])
  })
})

describe('given a stored correction of which something is missing or another', () => {
  test('when it is loaded, then that is damage, whatever it is', async () => {
    const { vault, documents } = emptyVault()
    const sha256 = unwrap(await keepCorrection(vault, two()))
    for (const missing of documents.keys()) {
      const without: Pick<Vault, 'document'> = {
        document: (asked) => (asked === missing ? Promise.resolve(E.right(null)) : vault.document(asked)),
      }
      expect(await loadCorrection(without, sha256)).toEqual({
        _tag: 'Left',
        left: {
          kind: 'corrupt',
          message: `the document ${missing} is not in the vault; restore vault.db from a backup`,
        },
      })
    }
  })

  test('when its manifest names the flags of another list, then that is damage', async () => {
    const { vault, documents } = emptyVault()
    const sha256 = unwrap(await keepCorrection(vault, two()))
    unwrap(await keepCorrection(vault, two(['f-9'])))
    const hashOf = (text: string): string =>
      [...documents].find(([, canonical]) => canonical === text)?.[0] ?? ''
    const manifest = documents.get(sha256) ?? ''
    documents.set(sha256, manifest.replace(hashOf('["f-1","f-2"]'), hashOf('["f-9"]')))
    expect(await loadCorrection(vault, sha256)).toMatchObject({
      left: { kind: 'corrupt', message: expect.stringMatching(/flags of the correction .* are not those/) },
    })
  })

  test('when it is another manifest, then that is damage', async () => {
    const { vault } = emptyVault()
    const sha256 = unwrap(await keepManifest(vault, { head: {}, lists: {}, needs: [] }))
    expect(await loadCorrection(vault, sha256)).toMatchObject({
      left: { kind: 'corrupt', message: `${sha256} is not the manifest of a correction` },
    })
  })
})
