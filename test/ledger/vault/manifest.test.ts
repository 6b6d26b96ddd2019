import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { canonical } from '../../../src/foundation/canonical.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import {
  keepList,
  keepManifest,
  listKeeper,
  readList,
  readManifest,
} from '../../../src/ledger/vault/manifest.ts'
import type { Vault } from '../../../src/ledger/vault/vault.ts'
import { unwrap } from '../events.ts'
import { edit } from '../sqlite/edit.ts'

const MEGABYTE = 1_048_576

/** Every item of a list, and how many documents they were read from. */
const read = async (vault: Pick<Vault, 'document'>, sha256: string, list: string) => {
  const { lists } = unwrap(await readManifest(vault, sha256))
  const items: unknown[] = []
  let documents = 0
  for await (const page of readList(vault, lists[list] ?? { items: 0, chunks: [] })) {
    items.push(...unwrap(page))
    documents++
  }
  return { items, documents, counted: lists[list]?.items }
}

describe('given a vault', () => {
  let dir = ''
  let opened: OpenLedger
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redress-manifest-'))
    opened = unwrap(await openLedger(dir))
  })
  afterEach(async () => {
    await opened.close()
    rmSync(dir, { recursive: true })
  })

  /** Ten items of 300,000 bytes: four documents. */
  const long = Array.from({ length: 10 }, (_, i) => ({ account: `u${i}`, text: 'x'.repeat(300_000) }))
  const keep = async (items: Iterable<unknown>): Promise<string> => {
    const rows = unwrap(await keepList(opened.vault, items))
    return unwrap(await keepManifest(opened.vault, { head: { about: 'é' }, lists: { rows }, needs: [] }))
  }

  test('when a list is longer than a document, then it is cut into several, and read back in order', async () => {
    const sha256 = await keep(long)
    await opened.close()
    opened = unwrap(await openLedger(dir))
    expect(await read(opened.vault, sha256, 'rows')).toEqual({ items: long, documents: 4, counted: 10 })
    const { head, lists } = unwrap(await readManifest(opened.vault, sha256))
    expect(head).toEqual({ about: 'é' })
    for (const chunk of lists.rows?.chunks ?? []) {
      const text = unwrap(await opened.vault.document(chunk)) ?? ''
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MEGABYTE)
    }
  })

  test('when items just fit a document, then there is one, and one byte more makes it two', async () => {
    const filling = (bytes: number) => ['é'.repeat(100_000), 'x'.repeat(bytes - 200_000 - '["",""]'.length)]
    for (const [bytes, documents] of [
      [MEGABYTE, 1],
      [MEGABYTE + 1, 2],
    ] as const) {
      expect(await read(opened.vault, await keep(filling(bytes)), 'rows')).toMatchObject({ documents })
    }
  })

  test('when an item is larger than a document may be, then it has one of its own', async () => {
    const items = ['a', 'x'.repeat(MEGABYTE), 'b']
    expect(await read(opened.vault, await keep(items), 'rows')).toEqual({ items, documents: 3, counted: 3 })
  })

  test('when the same is stored again, then it has the same hash, and nothing else is stored', async () => {
    const first = await keep(long)
    const { chunks } = unwrap(await readManifest(opened.vault, first)).lists.rows ?? { chunks: [] }
    expect(await keep(long)).toBe(first)
    // Every prefix of chunks is what a killed run leaves: the next one completes it.
    expect(new Set(chunks).size).toBe(4)
    const list = listKeeper(opened.vault)
    for (const item of long) unwrap(await list.add([item]))
    expect(unwrap(await list.end())).toEqual({ items: 10, chunks })
  })

  test('when any items are stored, then each document is canonical JSON, and they are read back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue({ noUnicodeString: false })), async (items) => {
        const sha256 = await keep(items)
        const found = await read(opened.vault, sha256, 'rows')
        expect(found.items).toEqual(JSON.parse(JSON.stringify(items)))
        const { lists } = unwrap(await readManifest(opened.vault, sha256))
        for (const chunk of [sha256, ...(lists.rows?.chunks ?? [])]) {
          const text = unwrap(await opened.vault.document(chunk)) ?? ''
          expect(canonical(JSON.parse(text))).toMatchObject({ text, sha256: chunk })
        }
      }),
      { numRuns: 15 },
    )
  })

  test.each([
    [
      'is missing',
      'DELETE FROM documents WHERE sha256 =',
      /the document (\S+) is not in the vault; restore vault\.db/,
    ],
    [
      'was altered',
      "UPDATE documents SET canonical = '[]' WHERE sha256 =",
      /the document (\S+) .*not the one/,
    ],
  ])(
    'when a part %s, then what follows is not read, and the error names it',
    async (_, statement, message) => {
      const sha256 = await keep(long)
      const { rows = { items: 0, chunks: [] } } = unwrap(await readManifest(opened.vault, sha256)).lists
      const third = rows.chunks[2] ?? ''
      edit(join(dir, 'vault.db'), `${statement} '${third}'`)
      const pages: E.Either<unknown, ReadonlyArray<unknown>>[] = []
      for await (const page of readList(opened.vault, rows)) pages.push(page)
      expect(pages.map(E.isRight)).toEqual([true, true, false])
      expect(pages[2]).toMatchObject({ left: { kind: 'corrupt', message: expect.stringMatching(message) } })
      expect(JSON.stringify(pages[2])).toContain(third)
    },
  )

  test('when a manifest is missing or is another document, then the error names it', async () => {
    const { sha256, text } = canonical({ ruleset: 'r' })
    unwrap(await opened.vault.keep([{ sha256, canonical: text }]))
    for (const [asked, message] of [
      ['0'.repeat(64), 'not in the vault'],
      [sha256, 'is not a manifest: format: missing'],
    ] as const) {
      const found = await readManifest(opened.vault, asked)
      expect(found).toMatchObject({ left: { kind: 'corrupt', message: expect.stringContaining(message) } })
      expect(JSON.stringify(found)).toContain(asked)
    }
  })
})
