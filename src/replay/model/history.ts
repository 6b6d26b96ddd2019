import type { EventType, StoredEvent } from '../../domain/event.ts'
import { comparePlaces, compareUtf8, type Place, placeOf } from '../../domain/order.ts'
import { instantOf } from '../../domain/time.ts'
import type { Rule, Ruleset } from '../../rules/ruleset.ts'
import { type AftermathOf, indexAftermaths } from './aftermath.ts'

/** A flag that counts: the first of its flagId. */
export type Flag = {
  readonly place: Place
  readonly account: string
  readonly data: StoredEvent<'flag.raised.v1'>['data']
}

/** A decision that counts: the first of its decisionId. */
export type Decision = { readonly place: Place; readonly account: string } & (
  | { readonly kind: 'deactivation'; readonly data: StoredEvent<'account.deactivated.v1'>['data'] }
  | { readonly kind: 'removal'; readonly data: StoredEvent<'content.removed.v1'>['data'] }
)
export type Deactivation = Extract<Decision, { kind: 'deactivation' }>

/** Evidence on which nothing fired at the time, and for which a rule of the corrected ruleset is true. */
export type Sighting = { readonly place: Place; readonly content: string; readonly rule: Rule }

/** A version of the corrected ruleset's id that was published: the first document of that version. */
export type PublishedVersion = {
  readonly place: Place
  /** In ms since the epoch. */
  readonly effectiveFrom: number
  readonly ruleset: Ruleset
}

/** Something published again under an id that was taken: it does not count. */
export type ReusedId = {
  readonly kind: 'flag' | 'decision' | 'appeal filing' | 'appeal answer' | 'ruleset version'
  readonly id: string
  readonly account: string
  readonly occurredAt: number
  readonly source: string
  readonly eventId: string
}

/** What makes a flag void for every decision after it. */
export type Voiding = {
  readonly place: Place
  readonly account: string
  readonly flagIds: ReadonlyArray<string>
}

export type AccountHistory = {
  readonly account: string
  /** In order. */
  readonly flags: ReadonlyArray<Flag>
  /** In order, those in scope and those that are not. */
  readonly decisions: ReadonlyArray<Decision>
  /** In order. */
  readonly sightings: ReadonlyArray<Sighting>
}

/** All that exists, arranged for a replay. It depends on the events alone, never on their delivery. */
export type History = {
  /** By account id (UTF-8). */
  readonly accounts: ReadonlyMap<string, AccountHistory>
  readonly flags: ReadonlyMap<string, Flag>
  readonly decisions: ReadonlyMap<string, Decision>
  readonly aftermathOf: AftermathOf
  readonly voidings: ReadonlyArray<Voiding>
  /** By effectiveFrom, then in order. */
  readonly versions: ReadonlyArray<PublishedVersion>
  /** In order. */
  readonly reusedIds: ReadonlyArray<ReusedId>
  /** The latest occurredAt, in ms; null when nothing exists. */
  readonly end: number | null
  readonly events: number
  /** Accounts that were left out, for the ledger's streams of them are not whole; sorted. */
  readonly withoutAccounts: ReadonlyArray<string>
}

/** The identity of a piece of content: pin 77 and board 77 are two things. */
export const contentKey = (content: { readonly kind: string; readonly id: string }): string =>
  `${content.kind} ${content.id}`

type Placed<T extends EventType> = {
  readonly place: Place
  readonly account: string
  readonly data: StoredEvent<T>['data']
}

/**
 * Collects events in any order, each once, for a replay under `corrected`. `finish` takes the compiled documents of
 * that ruleset's published versions by SHA-256: all that `documentsNeeded` lists.
 */
export const collectHistory = (corrected: Ruleset) => {
  const flags = new Map<string, Flag>()
  const decisions = new Map<string, Decision>()
  const filings = new Map<string, Placed<'appeal.filed.v1'>>()
  const answers = new Map<string, Placed<'appeal.decided.v1'>>()
  const published = new Map<string, Placed<'ruleset.published.v1'>>()
  const dismissals: Placed<'flag.dismissed.v1'>[] = []
  const reversals: Placed<'account.reinstated.v1' | 'content.restored.v1'>[] = []
  const changes: Placed<'decision.changed.v1'>[] = []
  const sightings = new Map<string, Sighting[]>()
  const reusedIds: ReusedId[] = []
  let end: number | null = null
  let events = 0

  /** Of several with one id the first counts, whichever came to us first. */
  const keepFirst = <V extends { place: Place; account: string }>(
    kept: Map<string, V>,
    kind: ReusedId['kind'],
    id: string,
    value: V,
  ): void => {
    const other = kept.get(id)
    const isFirst = other === undefined || comparePlaces(value.place, other.place) < 0
    if (isFirst) kept.set(id, value)
    if (other === undefined) return
    const { place, account } = isFirst ? other : value
    reusedIds.push({ kind, id, account, occurredAt: place.at, source: place.source, eventId: place.id })
  }

  const see = (event: StoredEvent<'content.evaluated.v1'>, place: Place): void => {
    const { content, detector, signals } = event.data
    for (const rule of corrected.rules) {
      const flag = { category: rule.category, source: 'own_initiative' }
      if (rule.condition({ signals, detector, flag, content }) !== 'true') continue
      const seen = sightings.get(event.subject) ?? []
      seen.push({ place, content: contentKey(content), rule })
      sightings.set(event.subject, seen)
    }
  }

  const add = (event: StoredEvent): void => {
    const place = placeOf(event)
    const account = event.subject
    events++
    if (end === null || place.at > end) end = place.at
    switch (event.type) {
      case 'flag.raised.v1':
        keepFirst(flags, 'flag', event.data.flagId, { place, account, data: event.data })
        break
      case 'account.deactivated.v1':
        keepFirst(decisions, 'decision', event.data.decisionId, {
          place,
          account,
          kind: 'deactivation',
          data: event.data,
        })
        break
      case 'content.removed.v1':
        keepFirst(decisions, 'decision', event.data.decisionId, {
          place,
          account,
          kind: 'removal',
          data: event.data,
        })
        break
      case 'appeal.filed.v1':
        keepFirst(filings, 'appeal filing', event.data.appealId, { place, account, data: event.data })
        break
      case 'appeal.decided.v1':
        keepFirst(answers, 'appeal answer', event.data.appealId, { place, account, data: event.data })
        break
      case 'ruleset.published.v1': {
        const { id, version } = event.data.ruleset
        keepFirst(published, 'ruleset version', `${id} ${version}`, {
          place,
          account,
          data: event.data,
        })
        break
      }
      case 'flag.dismissed.v1':
        dismissals.push({ place, account, data: event.data })
        break
      case 'account.reinstated.v1':
      case 'content.restored.v1':
        reversals.push({ place, account, data: event.data })
        break
      case 'decision.changed.v1':
        changes.push({ place, account, data: event.data })
        break
      case 'content.evaluated.v1':
        see(event, place)
        break
      case 'notice.sent.v1':
      case 'notice.received.v1':
      case 'order.received.v1':
        break
    }
  }

  const versionsPublished = () =>
    [...published.values()].filter(({ data }) => data.ruleset.id === corrected.id).sort(inOrder)

  const documentsNeeded = (): ReadonlySet<string> =>
    new Set(versionsPublished().map(({ data }) => data.documentSha256))

  const finish = (
    documents: ReadonlyMap<string, Ruleset>,
    withoutAccounts: ReadonlyArray<string> = [],
  ): History => {
    const aftermathOf = indexAftermaths({ reversals, changes, filings: [...filings.values()], answers })
    return {
      accounts: groupByAccount(flags.values(), decisions.values(), sightings),
      flags,
      decisions,
      aftermathOf,
      voidings: [
        ...dismissals.map(({ place, account, data }) => ({ place, account, flagIds: [data.flagId] })),
        ...reversals.flatMap(({ place, account, data }) =>
          data.flagsVoided === undefined ? [] : [{ place, account, flagIds: data.flagsVoided }],
        ),
        ...voidingsOfGrounds(reversals, answers.values(), decisions),
      ],
      versions: versionsPublished()
        .map(({ place, data }) => ({
          place,
          effectiveFrom: instantOf(data.effectiveFrom),
          ruleset: documentOf(documents, data.documentSha256),
        }))
        .sort((a, b) => a.effectiveFrom - b.effectiveFrom),
      reusedIds: reusedIds.sort(compareReused),
      end,
      events,
      withoutAccounts,
    }
  }
  return { add, documentsNeeded, finish }
}

const documentOf = (documents: ReadonlyMap<string, Ruleset>, sha256: string): Ruleset => {
  const ruleset = documents.get(sha256)
  if (ruleset === undefined) throw new RangeError(`the document ${sha256} was not given`)
  return ruleset
}

const compareReused = (a: ReusedId, b: ReusedId): number =>
  a.occurredAt - b.occurredAt ||
  compareUtf8(a.source, b.source) ||
  compareUtf8(a.eventId, b.eventId) ||
  compareUtf8(a.account, b.account)

/**
 * A reversal that lists no flags voids its decisions' grounds, unless a term was merely served, and so does an appeal that
 * was won; of each decision once, by the first of them: a decision can be reversed ever so often.
 */
const voidingsOfGrounds = (
  reversals: Iterable<Placed<'account.reinstated.v1' | 'content.restored.v1'>>,
  answers: Iterable<Placed<'appeal.decided.v1'>>,
  decisions: ReadonlyMap<string, Decision>,
): ReadonlyArray<Voiding> => {
  const firsts = new Map<string, Place>()
  const reversed = (decisionId: string, place: Place): void => {
    const first = firsts.get(decisionId)
    if (first === undefined || comparePlaces(place, first) < 0) firsts.set(decisionId, place)
  }
  for (const { place, data } of reversals) {
    if (data.flagsVoided !== undefined || data.reason === 'expiry') continue
    for (const decisionId of data.decisionIds) reversed(decisionId, place)
  }
  for (const { place, data } of answers) {
    if (data.outcome === 'reversed') reversed(data.decisionId, place)
  }
  return [...firsts].flatMap(([decisionId, place]) => {
    const decision = decisions.get(decisionId)
    return decision === undefined
      ? []
      : [{ place, account: decision.account, flagIds: decision.data.grounds }]
  })
}

const inOrder = (a: { readonly place: Place }, b: { readonly place: Place }): number =>
  comparePlaces(a.place, b.place)

const groupByAccount = (
  flags: Iterable<Flag>,
  decisions: Iterable<Decision>,
  sightings: ReadonlyMap<string, ReadonlyArray<Sighting>>,
): ReadonlyMap<string, AccountHistory> => {
  const flagsOf = Map.groupBy(flags, ({ account }) => account)
  const decisionsOf = Map.groupBy(decisions, ({ account }) => account)
  const accounts = [...new Set([...flagsOf.keys(), ...decisionsOf.keys(), ...sightings.keys()])].sort(
    compareUtf8,
  )
  return new Map(
    accounts.map((account) => [
      account,
      {
        account,
        flags: (flagsOf.get(account) ?? []).sort(inOrder),
        decisions: (decisionsOf.get(account) ?? []).sort(inOrder),
        sightings: [...(sightings.get(account) ?? [])].sort(inOrder),
      },
    ]),
  )
}
