import * as E from '#fp/Either'
import { streamOf } from '../../domain/stream.ts'
import { instantOf } from '../../domain/time.ts'
import { compileDocuments } from '../../ledger/documents.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import { byForce, firstOfEach, type PublishedRuleset, readPublications } from '../../ledger/rulesets.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { type AppError, failed, invalid, notFound } from '../error.ts'
import { ledgerResult } from '../results.ts'

/** The published versions of a ruleset, each once, in the order in which they take effect. */
export const versionsPublished = async (
  { ledger }: Pick<OpenLedger, 'ledger'>,
  rulesetId: string,
): Promise<E.Either<AppError, ReadonlyArray<PublishedRuleset>>> => {
  const stream = streamOf({ type: 'ruleset.published.v1', subject: rulesetId })
  const read = ledgerResult(await readPublications(ledger, ledger.readStream(stream)))
  return E.map((publications: ReadonlyArray<PublishedRuleset>) =>
    firstOfEach(publications).toSorted(byForce),
  )(read)
}

/**
 * The version in force at an instant (ms); undefined: none is. Of those that take effect then, the last one counts, and a new
 * one that takes effect then, too, follows it.
 */
const inForceAt = (
  versions: ReadonlyArray<PublishedRuleset>,
  instant: number,
): PublishedRuleset | undefined =>
  versions.findLast(({ event }) => instantOf(event.data.effectiveFrom) <= instant)

/** The version to compare a new one with: the one that is named, else the one in force at an instant; null: none. */
export const predecessorOf = (
  versions: ReadonlyArray<PublishedRuleset>,
  next: Ruleset,
  against: string | null,
  instant: number,
): E.Either<AppError, PublishedRuleset | null> => {
  const { id, version, sha256 } = next
  const named = (name: string) => versions.find(({ event }) => event.data.ruleset.version === name)
  const same = named(version)
  if (same !== undefined && same.event.data.documentSha256 !== sha256) {
    return failed(
      `${id} ${version} is published with another document; give the new one a version of its own`,
    )
  }
  if (against === null) {
    const inForce = inForceAt(versions, instant)
    return inForce !== undefined && inForce === same
      ? invalid(
          `${id} ${version} is in force already; give a new version, or an older one to compare with`,
          'against',
        )
      : E.right(inForce ?? null)
  }
  if (against === version) return invalid(`a version cannot be compared with itself, ${version}`, 'against')
  const predecessor = named(against)
  if (predecessor !== undefined) return E.right(predecessor)
  const known = versions.map(({ event }) => event.data.ruleset.version)
  return notFound(
    `${id} ${against} is not published; ${known.length === 0 ? 'no version is' : `the versions are ${known.join(', ')}`}`,
    'against',
  )
}

/** A published version's ruleset. */
export const rulesetOf = async (
  { vault }: Pick<OpenLedger, 'vault'>,
  { event }: PublishedRuleset,
): Promise<E.Either<AppError, Ruleset>> => {
  const sha256 = event.data.documentSha256
  const documents = ledgerResult(await compileDocuments(vault, new Set([sha256])))
  if (E.isLeft(documents)) return documents
  const ruleset = documents.right.get(sha256)
  return ruleset === undefined ? failed(`the document ${sha256} was not compiled`) : E.right(ruleset)
}
