import { basename } from 'node:path'
import * as E from '#fp/Either'
import { documentFields, documentsNamedBy, isEventType } from '../domain/event.ts'
import { attempt } from '../foundation/attempt.ts'
import { withoutCredentials } from './cluster-url.ts'
import type { Ledger, LedgerError, Pages } from './port.ts'
import { sequencePosition } from './sqlite/position.ts'
import { vanished } from './vanished.ts'
import type { Belonging, Vault } from './vault/vault.ts'

/** A ledger, and the vault that was opened with it. */
export type Bound = {
  readonly ledger: Ledger
  readonly vault: Vault
  readonly belonging: Belonging
  readonly close: () => Promise<void>
}

/** Where their files are, or the cluster that holds the events. */
export type LedgerFiles = {
  /** The embedded ledger's file. */
  readonly path: string
  readonly vaultPath: string
  readonly cluster: string | undefined
}

/** Why events and vault do not belong together; null when they do, as far as is known. */
export const mismatch = async (
  { ledger, belonging }: Bound,
  { path, vaultPath, cluster }: LedgerFiles,
): Promise<LedgerError | null> => {
  // Asked first: another process may be recording the first event now, and claims the vault afterwards.
  const claimed = attempt(vaultPath, belonging.claimedFor)
  if (E.isLeft(claimed)) return claimed.left
  if (claimed.right === null) return null
  if (cluster !== undefined) {
    const end = await ledger.end()
    if (E.isLeft(end)) return end.left
    if (end.right !== null) return null
    const message =
      `${withoutCredentials(cluster)} holds no events, but ${vaultPath} belongs to a ledger that has some; name its cluster ` +
      'with --ledger, copy its events there with redress copy, or name another data folder with --data'
    return { kind: 'unusable', message }
  }
  const first = await ledger.at(sequencePosition(1))
  if (E.isLeft(first)) return isDamage(first.left) ? null : first.left
  if (first.right?.leafHash === claimed.right) return null
  const message =
    first.right === null
      ? vanished(path, `${basename(vaultPath)} belongs to a ledger that has some`)
      : `${vaultPath} belongs to another ledger than ${path}; restore the right vault from a backup`
  return { kind: 'unusable', message }
}

/**
 * The ledger, which claims the vault as soon as its first event is on disk. A vault made by an older Redress, or by a
 * first run that was killed, is claimed now if it holds what the events refer to.
 */
export const claiming = async <A extends Bound>(
  opened: A,
  { vaultPath }: Pick<LedgerFiles, 'vaultPath'>,
): Promise<E.Either<LedgerError, A>> => {
  const { ledger, vault, belonging, close } = opened
  let isClaimed = false
  const claim = async (): Promise<E.Either<LedgerError, void>> => {
    const first = await firstLeafOf(ledger)
    if (E.isLeft(first)) {
      // Not asked again in this run: with incomplete streams, it would read the whole log each time.
      isClaimed = isDamage(first.left)
      return isClaimed ? E.right(undefined) : first
    }
    const { right: leaf } = first
    return attempt(vaultPath, () => {
      if (leaf !== null) belonging.claim(leaf)
      isClaimed = leaf !== null
    })
  }
  const claimNow = async (): Promise<E.Either<LedgerError, void>> => {
    const claimed = attempt(vaultPath, belonging.claimedFor)
    if (E.isLeft(claimed)) return claimed
    isClaimed = claimed.right !== null
    if (isClaimed) return E.right(undefined)
    const holds = await holdsFirstReferenced(ledger.readAll(null), vault)
    if (E.isLeft(holds)) return isDamage(holds.left) ? E.right(undefined) : holds
    if (holds.right) return claim()
    const message = `${vaultPath} does not hold what the events refer to: it was emptied, or belongs to another ledger; restore the right one from a backup`
    return E.left({ kind: 'unusable', message })
  }
  const claimed = await claimNow()
  if (E.isLeft(claimed)) {
    await close()
    return claimed
  }
  const append: Ledger['append'] = async (batches, options) => {
    const results = await ledger.append(batches, options)
    if (isClaimed || E.isLeft(results)) return results
    const done = await claim()
    return E.isLeft(done) ? done : results
  }
  return E.right({ ...opened, ledger: { ...ledger, append } })
}

/** A damaged event, in whatever way a store knows, says nothing about the vault; its readers get the error. */
const isDamage = ({ kind }: LedgerError): boolean => kind !== 'unavailable' && kind !== 'unusable'

/** The leaf hash of a ledger's first event; null when it has none. */
const firstLeafOf = async (
  ledger: Pick<Ledger, 'readAll'>,
): Promise<E.Either<LedgerError, string | null>> => {
  for await (const page of ledger.readAll(null)) {
    if (E.isLeft(page)) return page
    const [first] = page.right
    if (first !== undefined) return E.right(first.leafHash)
  }
  return E.right(null)
}

/** Whether a vault holds what the first event that refers to it needs; true when no event does. */
const holdsFirstReferenced = async (
  pages: Pages,
  vault: Pick<Vault, 'holds'>,
): Promise<E.Either<LedgerError, boolean>> => {
  for await (const page of pages) {
    if (E.isLeft(page)) return page
    for (const { canonical } of page.right) {
      const sha256 = hashReferencedIn(canonical)
      if (sha256 !== undefined) return vault.holds(sha256)
    }
  }
  return E.right(true)
}

const hashReferencedIn = (canonical: string): string | undefined => {
  // Parsing every event would take most of the time.
  if (!REFERS.test(canonical)) return undefined
  const { type, data } = Object(JSON.parse(canonical))
  const [document] = isEventType(type) ? documentsNamedBy({ type, data: Object(data) }) : []
  const sha256: unknown = document ?? Object(Object(data).sealed).sha256
  return typeof sha256 === 'string' ? sha256 : undefined
}

const REFERS = new RegExp(`"(?:${[...documentFields, 'sealed'].join('|')})":`)
