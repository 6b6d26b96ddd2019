import * as E from '#fp/Either'
import { type DecodeError, describeDecodeError } from '../../domain/codec.ts'
import { decodeIncoming } from '../../domain/decode.ts'
import type { RehearsalRecord } from '../../domain/rehearsal.ts'
import { streamOf } from '../../domain/stream.ts'
import { formatInstant, instantOf } from '../../domain/time.ts'
import { canonical, canonicalText } from '../../foundation/canonical.ts'
import { prepare } from '../../ledger/event/prepare.ts'
import { describeLedgerError, type Ledger, type LedgerError } from '../../ledger/port.ts'
import { type PublishedRuleset, readPublications } from '../../ledger/rulesets.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'

export type PublishRequest = {
  readonly ruleset: Ruleset
  /** The ruleset's document, JSON data. */
  readonly document: unknown
  /** CloudEvents `source` of the event. */
  readonly source: string
  /** In ms since the epoch; null: from now. */
  readonly effectiveFrom: number | null
  /** null: it was not rehearsed. */
  readonly rehearsal: RehearsalRecord | null
  /** The versions that were published when it was rehearsed; null: it does not matter which are. */
  readonly among: ReadonlySet<string> | null
}

export type PublishOutcome = {
  readonly kind: 'published' | 'already_published'
  readonly publication: PublishedRuleset
}

export type PublishError =
  | { readonly kind: 'ledger'; readonly error: LedgerError }
  /** What cannot be an event: a source that is not a URI reference, a document too large… */
  | { readonly kind: 'unfit'; readonly problems: ReadonlyArray<DecodeError> }
  /** The version is already published, with another document. */
  | { readonly kind: 'other_document'; readonly publication: PublishedRuleset }
  /** The version is already published, with this document, but takes effect at another time. */
  | { readonly kind: 'other_time'; readonly publication: PublishedRuleset }
  /** The version is already published, with this document, but another rehearsal or none. */
  | { readonly kind: 'other_rehearsal'; readonly publication: PublishedRuleset }
  /** A version was published since this one was rehearsed: it may be in force now. */
  | { readonly kind: 'overtaken'; readonly version: string; readonly by: PublishedRuleset }
  /** Others kept writing to the ruleset's stream. */
  | { readonly kind: 'busy' }

export const describePublishError = (error: PublishError): string => {
  switch (error.kind) {
    case 'ledger':
      return describeLedgerError(error.error)
    case 'unfit':
      return `the ruleset cannot be published: ${error.problems.map(describeDecodeError).join('; ')}`
    case 'other_document': {
      const { ruleset, documentSha256 } = error.publication.event.data
      return (
        `${ruleset.id} ${ruleset.version} is already published with another document (sha256 ${documentSha256}); ` +
        'a version never changes: publish this document under a new version'
      )
    }
    case 'other_time': {
      const { ruleset, effectiveFrom } = error.publication.event.data
      return (
        `${ruleset.id} ${ruleset.version} is already published, in force from ${effectiveFrom}; ` +
        'a version never changes: publish it under a new version to change the time'
      )
    }
    case 'other_rehearsal': {
      const { ruleset } = error.publication.event.data
      return (
        `${ruleset.id} ${ruleset.version} was published in the meantime, with this document but another rehearsal or none; ` +
        'nothing was recorded; see what is published with redress ruleset list'
      )
    }
    case 'overtaken': {
      const { ruleset } = error.by.event.data
      return (
        `${ruleset.version} of ${ruleset.id} was published in the meantime; ` +
        `try again, so that ${error.version} is rehearsed against it`
      )
    }
    case 'busy':
      return 'another process is publishing this ruleset; try again'
  }
}

const ATTEMPTS = 5

/**
 * Publishes a version of a ruleset, once: the ruleset's stream is read first, and written only if it has not grown
 * since. Repeating it with the same document does nothing, whatever the clock says by then; a published version keeps
 * its document and its time.
 */
export const publishRuleset = async (
  ledger: Ledger,
  request: PublishRequest,
  clock: () => number,
): Promise<E.Either<PublishError, PublishOutcome>> => {
  const { ruleset, effectiveFrom, rehearsal, among } = request
  const stream = streamOf({ type: 'ruleset.published.v1', subject: ruleset.id })
  let wrote = false
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read = await readPublications(ledger, ledger.readStream(stream))
    if (E.isLeft(read)) return E.left({ kind: 'ledger', error: read.left })
    const publications = read.right.filter(({ event }) => event.data.ruleset.version === ruleset.version)
    const published = publications[0]
    if (published !== undefined) {
      const other = publications.find(({ event }) => event.data.documentSha256 !== ruleset.sha256)
      if (other !== undefined) return E.left({ kind: 'other_document', publication: other })
      const from = instantOf(published.event.data.effectiveFrom)
      if (effectiveFrom !== null && effectiveFrom !== from) {
        return E.left({ kind: 'other_time', publication: published })
      }
      return rehearsal !== null && !isSameRehearsal(rehearsal, published.event.data.rehearsal)
        ? E.left({ kind: 'other_rehearsal', publication: published })
        : E.right({ kind: wrote ? 'published' : 'already_published', publication: published })
    }
    const newer = read.right.find(({ event }) => among?.has(event.data.ruleset.version) === false)
    if (newer !== undefined) {
      return E.left({ kind: 'overtaken', version: ruleset.version, by: newer })
    }

    const decoded = decodeIncoming(eventOf(request, clock()))
    if (E.isLeft(decoded)) return E.left({ kind: 'unfit', problems: decoded.left })
    const prepared = prepare(decoded.right.event, rehearsal === null ? {} : { rehearsal })
    if (E.isLeft(prepared)) return E.left({ kind: 'unfit', problems: [prepared.left] })
    const expectedRevision = read.right.at(-1)?.revision ?? -1
    const appended = await ledger.append([{ stream, expectedRevision, events: [prepared.right] }])
    if (E.isLeft(appended)) return E.left({ kind: 'ledger', error: appended.left })
    const [result] = appended.right
    wrote = result?.kind === 'written' && result.events[0]?.kind === 'appended'
    // The next iteration reads what is there now: this event, or one that was written in between.
  }
  return E.left({ kind: 'busy' })
}

const isSameRehearsal = (a: RehearsalRecord, b: RehearsalRecord | undefined): boolean =>
  b !== undefined && canonicalText(a) === canonicalText(b)

/** The id is derived from the content, so that no two runs can store one version twice. */
const eventOf = ({ ruleset, document, source, effectiveFrom }: PublishRequest, now: number): unknown => {
  const { id, version, sha256 } = ruleset
  return {
    specversion: '1.0',
    id: `ruleset-${canonical([id, version, sha256]).sha256}`,
    source,
    type: 'ruleset.published.v1',
    subject: id,
    time: formatInstant(now),
    datacontenttype: 'application/json',
    data: { ruleset: { id, version }, effectiveFrom: formatInstant(effectiveFrom ?? now), document },
  }
}
