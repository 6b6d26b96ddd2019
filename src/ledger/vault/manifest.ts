import { hash } from 'node:crypto'
import * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed, describeDecodeError, oneOf, problems } from '../../domain/codec.ts'
import { Count } from '../../domain/parts.ts'
import { recordOf } from '../../domain/record-of.ts'
import { canonicalText } from '../../foundation/canonical.ts'
import type { Document } from '../event/prepare.ts'
import type { LedgerError } from '../port.ts'
import { neededDocument } from './needed-document.ts'
import type { Vault } from './vault.ts'

const KeptList = closed('a list in the vault', {
  items: Count,
  chunks: t.readonlyArray(t.string, 'a list of hashes'),
})
/** A list in the vault: how many items it has, and the SHA-256 of the documents that hold them, in order. */
export type KeptList = t.TypeOf<typeof KeptList>

/**
 * A document for what is too large for one: a head, lists whose items are in documents of their own, and the SHA-256 of
 * other documents that it needs, which may be manifests. Its hash covers all of it, as it names the rest by hash.
 */
export type Manifest = {
  /** JSON data. */
  readonly head: Readonly<Record<string, unknown>>
  readonly lists: Readonly<Record<string, KeptList>>
  readonly needs: ReadonlyArray<string>
}

const FORMAT = 'redress-manifest-v1'
/** What the text of a manifest starts with, and that of no other document. */
const MARK = `{"format":"${FORMAT}",`

const StoredManifest = closed('a manifest', {
  format: oneOf(FORMAT),
  head: t.UnknownRecord,
  lists: recordOf(t.string, KeptList, 'lists by name'),
  needs: t.readonlyArray(t.string, 'a list of hashes'),
})

/** How many bytes a document with items of a list has at most, unless a single item is larger. */
const CHUNK = 1_048_576

/** Stores the items of a list, JSON data, as they are added; holds a megabyte of them at most. */
export type ListKeeper = {
  readonly add: (items: Iterable<unknown>) => Promise<E.Either<LedgerError, void>>
  /** Stores what is left. All items are durable then. */
  readonly end: () => Promise<E.Either<LedgerError, KeptList>>
}

export const listKeeper = (vault: Pick<Vault, 'keep'>): ListKeeper => {
  const chunks: string[] = []
  let items = 0
  let texts: string[] = []
  /** Of the chunk: a bracket, and each item with what follows it. */
  let bytes = 1
  const flush = async (): Promise<E.Either<LedgerError, void>> => {
    if (texts.length === 0) return E.right(undefined)
    // In canonical form, too, if its items are.
    const document = documentOf(`[${texts.join(',')}]`)
    const kept = await vault.keep([document])
    if (E.isLeft(kept)) return kept
    chunks.push(document.sha256)
    items += texts.length
    texts = []
    bytes = 1
    return E.right(undefined)
  }
  return {
    add: async (added) => {
      for (const item of added) {
        const text = canonicalText(item)
        const size = Buffer.byteLength(text, 'utf8') + 1
        if (bytes + size > CHUNK) {
          const flushed = await flush()
          if (E.isLeft(flushed)) return flushed
        }
        texts.push(text)
        bytes += size
      }
      return E.right(undefined)
    },
    end: async () => E.map((): KeptList => ({ items, chunks }))(await flush()),
  }
}

/** Stores a list that is at hand. */
export const keepList = async (
  vault: Pick<Vault, 'keep'>,
  items: Iterable<unknown>,
): Promise<E.Either<LedgerError, KeptList>> => {
  const list = listKeeper(vault)
  const added = await list.add(items)
  return E.isLeft(added) ? added : list.end()
}

/** Stores a manifest, after everything that it names was stored, and returns its SHA-256. */
export const keepManifest = async (
  vault: Pick<Vault, 'keep'>,
  { head, lists, needs }: Manifest,
): Promise<E.Either<LedgerError, string>> => {
  const document = documentOf(canonicalText({ format: FORMAT, head, lists, needs }))
  return E.map(() => document.sha256)(await vault.keep([document]))
}

const documentOf = (text: string): Document => ({ sha256: hash('sha256', text, 'hex'), canonical: text })

/** Reads a manifest; what it names is not read. */
export const readManifest = async (
  vault: Pick<Vault, 'document'>,
  sha256: string,
): Promise<E.Either<LedgerError, Manifest>> => {
  const text = await neededDocument(vault, sha256)
  return E.isLeft(text) ? text : parseManifest(sha256, text.right)
}

const parseManifest = (sha256: string, text: string): E.Either<LedgerError, Manifest> => {
  const json: unknown = JSON.parse(text)
  if (StoredManifest.is(json)) return E.right(json)
  const [first] = problems(StoredManifest, json)
  const why = first === undefined ? '' : `: ${describeDecodeError(first)}`
  return E.left({ kind: 'corrupt', message: `the document ${sha256} is not a manifest${why}` })
}

/** The SHA-256 of what a document names if it is a manifest: all parts of it. `text` is what was stored. */
export const namedByManifest = (text: string): ReadonlyArray<string> => {
  if (!text.startsWith(MARK)) return []
  const manifest: unknown = JSON.parse(text)
  if (!StoredManifest.is(manifest)) return []
  return [...Object.values(manifest.lists).flatMap(({ chunks }) => chunks), ...manifest.needs]
}

/**
 * Reads the items of a list, a megabyte at a time, each document checked against its hash. Nothing follows an error. They
 * are what was added, as JSON data: who reads them knows from the manifest's head what they are.
 */
export async function* readList(
  vault: Pick<Vault, 'document'>,
  { chunks }: KeptList,
): AsyncIterable<E.Either<LedgerError, ReadonlyArray<unknown>>> {
  for (const sha256 of chunks) {
    const text = await neededDocument(vault, sha256)
    if (E.isLeft(text)) {
      yield text
      return
    }
    const items: unknown = JSON.parse(text.right)
    if (!Array.isArray(items)) {
      yield E.left({ kind: 'corrupt', message: `the document ${sha256} is not a part of a list` })
      return
    }
    yield E.right(items)
  }
}
