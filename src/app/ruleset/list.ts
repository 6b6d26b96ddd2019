import * as E from '#fp/Either'
import { pipe } from '#fp/function'
import { streamOf } from '../../domain/stream.ts'
import { instantOf } from '../../domain/time.ts'
import {
  byForce,
  firstOfEach,
  type PublishedRuleset,
  readPublications,
  type SequencedPublication,
  withSequences,
} from '../../ledger/rulesets.ts'
import type { AppError } from '../error.ts'
import { ledgerResult } from '../results.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'

/** A version as the ledger knows it. */
export type RulesetVersion = {
  readonly id: string
  readonly version: string
  readonly sha256: string
  readonly effectiveFrom: string
  /** In force, the latest to come, or superseded by a later one; `ignored` if the version was published before. */
  readonly state: 'in force' | 'to come' | 'superseded' | 'ignored'
  readonly publishedAt: string
  readonly recordedAt: string
  readonly sequence: number
}

export type ListRulesetsOptions = LedgerPlace & {
  /** Only this ruleset; left out: all, which reads the whole ledger. */
  readonly id?: string | undefined
  /** The instant at which versions are in force, superseded or to come; ms since the epoch. */
  readonly now: number
}

/** Lists the published versions of rulesets in the order in which they take effect. */
export const listRulesets = ({
  id,
  now,
  ...place
}: ListRulesetsOptions): Promise<E.Either<AppError, ReadonlyArray<RulesetVersion>>> =>
  readingLedger(place, async ({ ledger }) => {
    const pages =
      id === undefined
        ? ledger.readAll(null)
        : ledger.readStream(streamOf({ type: 'ruleset.published.v1', subject: id }))
    const read = ledgerResult(await readPublications(ledger, pages))
    if (E.isLeft(read)) return read
    const sequenced = ledgerResult(await withSequences(ledger, read.right))
    return pipe(
      sequenced,
      E.map((publications) => versionsAt(publications, now)),
    )
  })

/** Each publication and its state at the instant `now` (ms). */
export const versionsAt = (
  publications: ReadonlyArray<SequencedPublication>,
  now: number,
): ReadonlyArray<RulesetVersion> => {
  const firsts = new Set(firstOfEach(publications))
  const ordered = [...publications].sort(byForce)
  const inForce = new Map<string, PublishedRuleset>()
  for (const publication of ordered) {
    const { subject, data } = publication.event
    if (firsts.has(publication) && instantOf(data.effectiveFrom) <= now) inForce.set(subject, publication)
  }
  return ordered.map((publication) => {
    const { event, sequence } = publication
    const state = !firsts.has(publication)
      ? 'ignored'
      : inForce.get(event.subject) === publication
        ? 'in force'
        : instantOf(event.data.effectiveFrom) > now
          ? 'to come'
          : 'superseded'
    return {
      id: event.data.ruleset.id,
      version: event.data.ruleset.version,
      sha256: event.data.documentSha256,
      effectiveFrom: event.data.effectiveFrom,
      state,
      publishedAt: event.time,
      recordedAt: event.recordedat,
      sequence,
    }
  })
}
