import * as E from '#fp/Either'
import type { RulesetNamed } from '../../../../projections/projection.ts'
import type { RulesetRef } from '../../../domain/parts.ts'
import { compileDocuments } from '../../../ledger/documents.ts'
import type { Ledger, LedgerError } from '../../../ledger/port.ts'
import { byPlace, readPublications } from '../../../ledger/rulesets.ts'
import type { Vault } from '../../../ledger/vault/vault.ts'

const keyOf = ({ id, version }: Pick<RulesetRef, 'id' | 'version'>): string => `${id} ${version}`

/** Reads the referenced versions from the ledger; if one was published several times, the first publication counts. */
export const readRulesets = async (
  ledger: Pick<Ledger, 'readStream' | 'vocabulary'>,
  vault: Vault,
  refs: ReadonlyArray<RulesetRef>,
): Promise<E.Either<LedgerError, RulesetNamed>> => {
  const wanted = new Set(refs.map(keyOf))
  const documents = new Map<string, string>()
  for (const id of new Set(refs.map((ref) => ref.id))) {
    const publications = await readPublications(ledger, ledger.readStream(`ruleset-${id}`))
    if (E.isLeft(publications)) return publications
    for (const { event } of [...publications.right].sort(byPlace)) {
      const key = keyOf(event.data.ruleset)
      if (wanted.has(key) && !documents.has(key)) documents.set(key, event.data.documentSha256)
    }
  }
  const compiled = await compileDocuments(vault, new Set(documents.values()))
  if (E.isLeft(compiled)) return compiled
  return E.right((ref) => {
    const ruleset = compiled.right.get(documents.get(keyOf(ref)) ?? '')
    return ref.sha256 === undefined || ref.sha256 === ruleset?.sha256 ? ruleset : undefined
  })
}
