import * as E from '#fp/Either'
import type { StoredEvent } from '../domain/event.ts'
import { comparePlaces, placeOf } from '../domain/order.ts'
import { streamParts } from '../domain/stream.ts'
import { instantOf } from '../domain/time.ts'
import type { Ledger, LedgerError, Pages, Position } from './port.ts'
import { readDecoded } from './read.ts'

/** One publication of a ruleset's version, as the ledger holds it. */
export type PublishedRuleset = {
  readonly event: StoredEvent<'ruleset.published.v1'>
  readonly revision: number
  readonly position: Position
}

/** The same, with its sequence. */
export type SequencedPublication = PublishedRuleset & { readonly sequence: number }

/** The publications among events, in the order of the ledger. Events of other streams are skipped without decoding. */
export const readPublications = async (
  ledger: Pick<Ledger, 'vocabulary'>,
  pages: Pages,
): Promise<E.Either<LedgerError, ReadonlyArray<PublishedRuleset>>> => {
  const publications: PublishedRuleset[] = []
  for await (const page of readDecoded(ledger, ofRulesets(pages))) {
    if (E.isLeft(page)) return page
    for (const { recorded, event } of page.right) {
      if (event.type !== 'ruleset.published.v1') continue
      const { revision, position } = recorded
      publications.push({ event, revision, position })
    }
  }
  return E.right(publications)
}

/** Looks up the sequences of publications. */
export const withSequences = async (
  ledger: Pick<Ledger, 'sequenceOf'>,
  publications: ReadonlyArray<PublishedRuleset>,
): Promise<E.Either<LedgerError, ReadonlyArray<SequencedPublication>>> => {
  const sequenced: SequencedPublication[] = []
  for (const publication of publications) {
    const found = await withSequence(ledger, publication)
    if (E.isLeft(found)) return found
    sequenced.push(found.right)
  }
  return E.right(sequenced)
}

/** Looks up the sequence of one publication. */
export const withSequence = async (
  ledger: Pick<Ledger, 'sequenceOf'>,
  publication: PublishedRuleset,
): Promise<E.Either<LedgerError, SequencedPublication>> => {
  const found = await ledger.sequenceOf(publication.position)
  if (E.isLeft(found)) return found
  if (found.right !== null) return E.right({ ...publication, sequence: found.right })
  return E.left({
    kind: 'unavailable',
    message: `the store returned position ${publication.position} but holds no event there`,
  })
}

async function* ofRulesets(pages: Pages): Pages {
  for await (const page of pages) {
    yield E.isLeft(page)
      ? page
      : E.right(page.right.filter(({ stream }) => streamParts(stream).of === 'ruleset'))
  }
}

/** By ruleset, then by when they take effect, then in the order of replay: of equals the last one counts. */
export const byForce = (a: PublishedRuleset, b: PublishedRuleset): number =>
  compareText(a.event.subject, b.event.subject) ||
  instantOf(a.event.data.effectiveFrom) - instantOf(b.event.data.effectiveFrom) ||
  byPlace(a, b)

/** In the order of replay: of several publications of one version the first one counts. */
export const byPlace = (a: PublishedRuleset, b: PublishedRuleset): number =>
  comparePlaces(placeOf(a.event), placeOf(b.event))

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Of several publications of one version, the first in the order of replay counts. */
export const firstOfEach = <P extends PublishedRuleset>(publications: ReadonlyArray<P>): ReadonlyArray<P> => {
  const first = new Map<string, P>()
  for (const publication of [...publications].sort(byPlace)) {
    const { id, version } = publication.event.data.ruleset
    const key = `${id} ${version}`
    if (!first.has(key)) first.set(key, publication)
  }
  return [...first.values()]
}
