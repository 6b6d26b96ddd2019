import * as E from '#fp/Either'
import { compileRuleset, describeProblem } from '../rulesets/document.ts'
import type { Ruleset } from '../rulesets/ruleset.ts'
import type { LedgerError } from './port.ts'
import { neededDocument } from './vault/needed-document.ts'
import type { Vault } from './vault/vault.ts'

/** The published documents. Each was checked before it was accepted, so a missing or invalid one is damage. */
export const compileDocuments = async (
  vault: Pick<Vault, 'document'>,
  needed: ReadonlySet<string>,
): Promise<E.Either<LedgerError, ReadonlyMap<string, Ruleset>>> => {
  const documents = new Map<string, Ruleset>()
  for (const sha256 of needed) {
    const text = await neededDocument(vault, sha256)
    if (E.isLeft(text)) return text
    const ruleset = compileRuleset(JSON.parse(text.right))
    if (E.isLeft(ruleset)) {
      const [first] = ruleset.left
      const why = first === undefined ? 'no reason given' : describeProblem(first)
      return E.left({ kind: 'corrupt', message: `the ruleset document ${sha256} does not compile: ${why}` })
    }
    documents.set(sha256, ruleset.right)
  }
  return E.right(documents)
}
