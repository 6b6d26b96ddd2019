import * as E from '#fp/Either'
import { canonicalText } from '../../../foundation/canonical.ts'
import type { LedgerError } from '../../../ledger/port.ts'
import {
  type KeptList,
  keepList,
  keepManifest,
  listKeeper,
  readList,
  readManifest,
} from '../../../ledger/vault/manifest.ts'
import type { Vault } from '../../../ledger/vault/vault.ts'
import type { Blame } from '../../../replay/result/blame.ts'
import type { Exception } from '../exceptions/exception.ts'
import type { AccountPlan, PlanHead, Sampled } from './model.ts'
import type { DraftedPlan, Finishing } from './plan.ts'

/** What a plan is stored with. */
export type Keeping = Pick<Finishing, 'onProgress'> & {
  readonly about: Omit<Finishing['about'], 'exceptionsSha256'>
  readonly exceptions: ReadonlyArray<Exception>
  /** What the replay found to be the causes. */
  readonly blame: ReadonlyArray<Blame>
}

/** A plan that is in the vault; `planSha256`: of its manifest. */
export type KeptPlan = { readonly planSha256: string; readonly head: PlanHead }

/** Stores a plan in the vault, its accounts as they are planned for, with the list of its exceptions. */
export const keepPlan = async (
  vault: Pick<Vault, 'keep'>,
  { sample, finish }: Pick<DraftedPlan, 'sample' | 'finish'>,
  { about, exceptions, blame, onProgress }: Keeping,
): Promise<E.Either<LedgerError, KeptPlan>> => {
  const exceptionsSha256 = await keepExceptions(vault, exceptions)
  if (E.isLeft(exceptionsSha256)) return exceptionsSha256
  const keeper = listKeeper(vault)
  const head = await finish({
    about: { ...about, exceptionsSha256: exceptionsSha256.right },
    take: keeper.add,
    onProgress,
  })
  if (E.isLeft(head)) return head
  const accounts = await keeper.end()
  if (E.isLeft(accounts)) return accounts
  const sampled = await keepList(vault, sample)
  if (E.isLeft(sampled)) return sampled
  const blamed = await keepList(vault, blame)
  if (E.isLeft(blamed)) return blamed
  const lists = { accounts: accounts.right, sample: sampled.right, blame: blamed.right }
  const needs = [about.correction, ...(exceptionsSha256.right === null ? [] : [exceptionsSha256.right])]
  const kept = await keepManifest(vault, { head: head.right, lists, needs })
  return E.map((planSha256: string): KeptPlan => ({ planSha256, head: head.right }))(kept)
}

/** Stores a list of exceptions, and returns the SHA-256 of its manifest; null: there are none. */
const keepExceptions = async (
  vault: Pick<Vault, 'keep'>,
  exceptions: ReadonlyArray<Exception>,
): Promise<E.Either<LedgerError, string | null>> => {
  if (exceptions.length === 0) return E.right(null)
  const list = await keepList(vault, exceptions)
  if (E.isLeft(list)) return list
  return keepManifest(vault, { head: { kept: 'exceptions' }, lists: { exceptions: list.right }, needs: [] })
}

/** Whether two plans ask for the same for the same reasons, whatever was recorded between them. */
export const isSamePlan = async (
  vault: Pick<Vault, 'document'>,
  one: string,
  other: string,
): Promise<E.Either<LedgerError, boolean>> => {
  const texts: string[] = []
  for (const planSha256 of [one, other]) {
    const manifest = await readManifest(vault, planSha256)
    if (E.isLeft(manifest)) return manifest
    const { head, lists } = manifest.right
    texts.push(canonicalText({ lists, head: { ...head, sequence: null } }))
  }
  return E.right(texts[0] === texts[1])
}

/** A plan in the vault. */
export type StoredPlan = {
  readonly head: PlanHead
  /** The decisions of the sample, in the order in which they were drawn. */
  readonly sample: ReadonlyArray<Sampled>
  readonly blame: ReadonlyArray<Blame>
  /** The accounts by id, a megabyte at a time. */
  readonly accounts: () => AsyncIterable<E.Either<LedgerError, ReadonlyArray<AccountPlan>>>
}

/** Reads a plan from the vault: its accounts when they are asked for, the rest now. */
export const readPlan = async (
  vault: Pick<Vault, 'document'>,
  planSha256: string,
): Promise<E.Either<LedgerError, StoredPlan>> => {
  const manifest = await readManifest(vault, planSha256)
  if (E.isLeft(manifest)) return manifest
  const { head, lists } = manifest.right
  if (head.plan !== 'redress-plan-v1') {
    return E.left({ kind: 'corrupt', message: `the document ${planSha256} is not a plan` })
  }
  // Casts, here and below: as `keepPlan` stored it; every document is checked against its hash.
  const list = <A>(name: string) =>
    readList(vault, lists[name] ?? nothing) as AsyncIterable<E.Either<LedgerError, ReadonlyArray<A>>>
  const sample = await allOf(list<Sampled>('sample'))
  if (E.isLeft(sample)) return sample
  const blame = await allOf(list<Blame>('blame'))
  if (E.isLeft(blame)) return blame
  return E.right({
    head: head as PlanHead,
    ...{ sample: sample.right, blame: blame.right },
    accounts: () => list<AccountPlan>('accounts'),
  })
}

const nothing: KeptList = { items: 0, chunks: [] }

const allOf = async <A>(
  pages: AsyncIterable<E.Either<LedgerError, ReadonlyArray<A>>>,
): Promise<E.Either<LedgerError, ReadonlyArray<A>>> => {
  const all: A[] = []
  for await (const page of pages) {
    if (E.isLeft(page)) return page
    all.push(...page.right)
  }
  return E.right(all)
}
