import * as E from '#fp/Either'
import type { StoredEvent } from '../domain/event.ts'
import { comparePlaces, placeOf } from '../domain/order.ts'
import type { RulesetRef } from '../domain/parts.ts'
import { compileDocuments } from '../ledger/documents.ts'
import type { LedgerError } from '../ledger/port.ts'
import type { Vault } from '../ledger/vault/vault.ts'
import type { Ruleset } from '../rulesets/ruleset.ts'
import type { DeclaredSignal } from './events/signals.ts'

type Published = StoredEvent<'ruleset.published.v1'>

/** The published ruleset versions that the projections have read so far. */
export type PublishedRulesets = {
  /** Adds a publication. If a version was published several times, the first in the order of replay counts. */
  readonly add: (publication: Published) => Promise<E.Either<LedgerError, void>>
  /** The version that a reference names; undefined if it, or the document with its `sha256`, was not published. */
  readonly named: (ref: RulesetRef) => Ruleset | undefined
  /** Each signal that a version declares, with its type, once, in the order in which they became known. */
  readonly declared: () => ReadonlyArray<DeclaredSignal>
}

export const publishedRulesets = (vault: Vault): PublishedRulesets => {
  const first = new Map<string, { readonly publication: Published; readonly ruleset: Ruleset }>()
  const declared = new Map<string, DeclaredSignal>()
  const keyOf = ({ id, version }: Pick<RulesetRef, 'id' | 'version'>): string => `${id} ${version}`
  return {
    add: async (publication) => {
      const key = keyOf(publication.data.ruleset)
      const known = first.get(key)
      if (known !== undefined && comparePlaces(placeOf(known.publication), placeOf(publication)) <= 0) {
        return E.right(undefined)
      }
      const { documentSha256 } = publication.data
      const documents = await compileDocuments(vault, new Set([documentSha256]))
      if (E.isLeft(documents)) return documents
      const ruleset = documents.right.get(documentSha256)
      if (ruleset === undefined) return E.right(undefined)
      first.set(key, { publication, ruleset })
      for (const [signal, type] of ruleset.signals) declared.set(`${signal} ${type}`, { signal, type })
      return E.right(undefined)
    },
    named: (ref) => {
      const ruleset = first.get(keyOf(ref))?.ruleset
      return ref.sha256 === undefined || ruleset?.sha256 === ref.sha256 ? ruleset : undefined
    },
    declared: () => [...declared.values()],
  }
}
