import * as E from '#fp/Either'
import { describeProblem } from '../../foundation/documents/problem.ts'
import { problemWithoutText } from '../../foundation/documents/read-document.ts'
import { compileDocuments } from '../../ledger/documents.ts'
import type { Document } from '../../ledger/event/prepare.ts'
import type { LedgerError } from '../../ledger/port.ts'
import { type KeptList, keepList, keepManifest, readList, readManifest } from '../../ledger/vault/manifest.ts'
import { neededDocument } from '../../ledger/vault/needed-document.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import { compileCorrection } from './compile.ts'
import { type Correction, correctionOfRules, hashOfCorrection } from './correction.ts'
import { sortedFlags } from './flag-list.ts'
import { listsNamedIn } from './references.ts'

/** What a manifest of a correction is about. */
type Head = { readonly kept: 'correction' | 'ruleset'; readonly correctionSha256: string }

/**
 * Stores a correction in the vault: its document and its ruleset under their hashes, its lists of flags in parts, and a
 * manifest that names them all, whose SHA-256 is returned.
 */
export const keepCorrection = async (
  vault: Pick<Vault, 'keep'>,
  correction: Correction,
): Promise<E.Either<LedgerError, string>> => {
  const documents = documentsOf(correction)
  const kept = await vault.keep(documents)
  if (E.isLeft(kept)) return kept
  const lists = await keepLists(vault, correction)
  if (E.isLeft(lists)) return lists
  const head: Head = {
    kept: correction.document === null ? 'ruleset' : 'correction',
    correctionSha256: hashOfCorrection(correction),
  }
  return keepManifest(vault, { head, lists: lists.right, needs: documents.map(({ sha256 }) => sha256) })
}

const documentsOf = ({ document, rules }: Correction): ReadonlyArray<Document> => [
  ...(document === null ? [] : [document]),
  ...(rules.kind === 'corrected' ? [rules.ruleset] : []),
]

/** Each list of flags by the hash that the document names it by. */
const keepLists = async (
  vault: Pick<Vault, 'keep'>,
  { document, withdrawals }: Correction,
): Promise<E.Either<LedgerError, Readonly<Record<string, KeptList>>>> => {
  const lists = new Map<string, KeptList>()
  const named = document === null ? [] : listsNamedIn(JSON.parse(document.canonical))
  for (const { index, path: sha256 } of named) {
    const of = withdrawals[index]?.of
    if (of?.kind !== 'flags' || lists.has(sha256)) continue
    const list = await keepList(vault, sortedFlags(of.flagIds))
    if (E.isLeft(list)) return list
    lists.set(sha256, list.right)
  }
  return E.right(Object.fromEntries(lists))
}

/** Compiles the correction that a manifest is of, from what is in the vault alone. */
export const loadCorrection = async (
  vault: Pick<Vault, 'document'>,
  manifestSha256: string,
): Promise<E.Either<LedgerError, Correction>> => {
  const manifest = await readManifest(vault, manifestSha256)
  if (E.isLeft(manifest)) return manifest
  const { kept, correctionSha256 } = manifest.right.head
  if (typeof correctionSha256 !== 'string')
    return damaged(`${manifestSha256} is not the manifest of a correction`)
  return kept === 'ruleset'
    ? loadRuleset(vault, correctionSha256)
    : loadDocument(vault, correctionSha256, manifest.right.lists)
}

const loadRuleset = async (
  vault: Pick<Vault, 'document'>,
  sha256: string,
): Promise<E.Either<LedgerError, Correction>> => {
  const compiled = await compileDocuments(vault, new Set([sha256]))
  if (E.isLeft(compiled)) return compiled
  const ruleset = compiled.right.get(sha256)
  return ruleset === undefined
    ? damaged(`the ruleset ${sha256} was not compiled`)
    : E.right(correctionOfRules(ruleset))
}

const loadDocument = async (
  vault: Pick<Vault, 'document'>,
  sha256: string,
  lists: Readonly<Record<string, KeptList>>,
): Promise<E.Either<LedgerError, Correction>> => {
  const text = await neededDocument(vault, sha256)
  if (E.isLeft(text)) return text
  const document = await withRuleset(vault, JSON.parse(text.right))
  if (E.isLeft(document)) return document
  const files = new Map<string, E.Either<string, string>>()
  for (const [listSha256, list] of Object.entries(lists)) {
    const flags = await textOfList(vault, list)
    if (E.isLeft(flags)) return flags
    files.set(listSha256, flags)
  }
  const compiled = compileCorrection(document.right, files)
  if (E.isLeft(compiled)) {
    const [first] = compiled.left
    const why = first === undefined ? 'no reason given' : describeProblem(problemWithoutText(first))
    return damaged(`the correction ${sha256} does not compile: ${why}`)
  }
  const { correction } = compiled.right
  return hashOfCorrection(correction) === sha256
    ? E.right(correction)
    : damaged(`the flags of the correction ${sha256} are not those that it names`)
}

/** A document that names its ruleset by hash, with the ruleset in it. */
const withRuleset = async (
  vault: Pick<Vault, 'document'>,
  document: Readonly<Record<string, unknown>>,
): Promise<E.Either<LedgerError, unknown>> => {
  if (typeof document.ruleset !== 'string') return E.right(document)
  const ruleset = await neededDocument(vault, document.ruleset)
  return E.map((text: string) => ({ ...document, ruleset: JSON.parse(text) }))(ruleset)
}

/** The text of a file that has the flags of a list. */
const textOfList = async (
  vault: Pick<Vault, 'document'>,
  list: KeptList,
): Promise<E.Either<LedgerError, string>> => {
  const texts: string[] = []
  for await (const page of readList(vault, list)) {
    if (E.isLeft(page)) return page
    texts.push(page.right.join('\n'))
  }
  return E.right(texts.join('\n'))
}

const damaged = (message: string): E.Either<LedgerError, never> => E.left({ kind: 'corrupt', message })
