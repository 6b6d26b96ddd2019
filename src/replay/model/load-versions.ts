import * as E from '#fp/Either'
import { streamOf } from '../../domain/stream.ts'
import { compileDocuments } from '../../ledger/documents.ts'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import { collectHistory, type EvidenceWanted } from './collect.ts'
import { indexVersions, type Versions } from './versions.ts'

/** The versions that must be known before a history is collected, as of a sequence; none if they need not be. */
export const loadVersionsWanted = async (
  ledger: Ledger,
  vault: Vault,
  { needsVersions, rulesetId }: EvidenceWanted,
  last: number,
): Promise<E.Either<LedgerError, Versions>> => {
  if (!needsVersions || rulesetId === null) return E.right(indexVersions([]))
  const collection = collectHistory({ rulesetId, needsVersions: false, keepsEvaluation: () => false })
  const stream = streamOf({ type: 'ruleset.published.v1', subject: rulesetId })
  for await (const page of readDecoded(ledger, ledger.readStream(stream))) {
    if (E.isLeft(page)) return page
    for (const { recorded, event } of page.right) {
      const sequence = await ledger.sequenceOf(recorded.position)
      if (E.isLeft(sequence)) return sequence
      if (sequence.right !== null && sequence.right <= last) collection.add(event)
    }
  }
  const documents = await compileDocuments(vault, collection.documentsNeeded())
  return E.isLeft(documents) ? documents : E.right(indexVersions(collection.finish(documents.right).versions))
}
