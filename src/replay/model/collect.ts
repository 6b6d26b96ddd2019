import { type Dated, indexAftermaths, indexVoidings, type LaterEvents } from '../../domain/aftermath.ts'
import { type EventType, onlyInforms, type StoredEvent } from '../../domain/event.ts'
import { comparePlaces, compareUtf8, type Place, placeOf } from '../../domain/order.ts'
import { instantOf } from '../../domain/time.ts'
import { assertNever } from '../../foundation/assert-never.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { withoutEnd } from './end.ts'
import type {
  AccountHistory,
  Evaluation,
  History,
  PlacedDecision,
  PlacedFlag,
  PlacedRescoring,
  ReusedId,
} from './history.ts'
import { indexVersions, type Versions } from './versions.ts'

/** What a history is collected for. */
export type EvidenceWanted = {
  /** The id of the rulesets whose versions are needed; null: all versions are. */
  readonly rulesetId: string | null
  /**
   * Whether evidence on which nothing fired must be kept. Most of a ledger is such evidence and would fill the memory;
   * the replay engine knows what it does not need.
   */
  readonly keepsEvaluation: (evaluation: Evaluation, versions: Versions) => boolean
  /** Whether that depends on the published versions, which must then be known before any evaluation is collected. */
  readonly needsVersions: boolean
}

type Placed<T extends EventType> = Dated<T> & { readonly account: string }

/** What a history keeps of an event besides its place. */
export type Happening = { [T in EventType]: Pick<StoredEvent<T>, 'type' | 'data'> }[EventType]

/**
 * Collects events in any order, each once, for a replay. `finish` takes the compiled documents of the published
 * versions by SHA-256: all that `documentsNeeded` lists. `versions` are the published ones if they are needed.
 */
export const collectHistory = (
  { rulesetId, keepsEvaluation }: EvidenceWanted,
  versions: Versions = indexVersions([]),
) => {
  const flags = new Map<string, PlacedFlag>()
  const decisions = new Map<string, PlacedDecision>()
  const filings = new Map<string, Placed<'appeal.filed.v1'>>()
  const answers = new Map<string, Placed<'appeal.decided.v1'>>()
  const published = new Map<string, Placed<'ruleset.published.v1'>>()
  const dismissals: Dated<'flag.dismissed.v1'>[] = []
  const reversals: Dated<'account.reinstated.v1' | 'content.restored.v1'>[] = []
  const changes: Dated<'decision.changed.v1'>[] = []
  const evaluations = new Map<string, Evaluation[]>()
  const rescorings: PlacedRescoring[] = []
  const reusedIds: ReusedId[] = []
  let end: number | null = null
  let events = 0

  /** Of several with one id, the first in order counts, whatever the order of delivery. */
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

  const keepEvaluation = (account: string, evaluation: Evaluation): void => {
    const kept = evaluations.get(account)
    if (kept === undefined) evaluations.set(account, [evaluation])
    else kept.push(evaluation)
  }

  const add = (event: StoredEvent): void => addPlaced(event, placeOf(event))

  const addPlaced = (event: Happening, place: Place): void => {
    const account = place.subject
    events++
    if (!withoutEnd.has(event.type) && (end === null || place.at > end)) end = place.at
    if (onlyInforms(event)) return
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
          until: event.data.until === undefined ? null : instantOf(event.data.until),
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
        dismissals.push({ place, data: event.data })
        break
      case 'account.reinstated.v1':
      case 'content.restored.v1':
        reversals.push({ place, data: event.data })
        break
      case 'decision.changed.v1':
        changes.push({ place, data: event.data })
        break
      case 'content.evaluated.v1': {
        if (event.data.shadow === true) break // a detector that only looked on shows nobody as missed
        const evaluation = { place, data: event.data }
        if (keepsEvaluation(evaluation, versions)) keepEvaluation(account, evaluation)
        break
      }
      case 'flag.rescored.v1':
        rescorings.push({ place, account, data: event.data })
        break
      case 'notice.received.v1':
        break
      default:
        assertNever(event, 'type of event')
    }
  }

  const versionsPublished = () =>
    [...published.values()]
      .filter(({ data }) => rulesetId === null || data.ruleset.id === rulesetId)
      .sort(inOrder)

  const documentsNeeded = (): ReadonlySet<string> =>
    new Set(versionsPublished().map(({ data }) => data.documentSha256))

  const finish = (
    documents: ReadonlyMap<string, Ruleset>,
    withoutAccounts: ReadonlyArray<string> = [],
  ): History => {
    const later: LaterEvents = { dismissals, changes, reversals, answers: [...answers.values()] }
    const voidingOf = indexVoidings(later, {
      accountOfFlag: (flagId) => flags.get(flagId)?.account,
      decision: (decisionId) => {
        const found = decisions.get(decisionId)
        return found === undefined ? undefined : { account: found.account, grounds: found.data.grounds }
      },
    })
    const unanswered = filings.values().filter(({ data }) => !answers.has(data.appealId))
    return {
      accounts: groupByAccount(flags.values(), decisions.values(), evaluations),
      flags,
      decisions,
      aftermathOf: indexAftermaths(later),
      appealPending: new Set(unanswered.map(({ data }) => data.decisionId)),
      voidedAt: ({ data }) => voidingOf(data.flagId)?.place,
      rescoringsOf: indexRescorings(rescorings),
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
  return { add, addPlaced, documentsNeeded, finish }
}

/** The rescorings of each flag on its own account, in order. */
const indexRescorings = (rescorings: ReadonlyArray<PlacedRescoring>): History['rescoringsOf'] => {
  const byFlag = Map.groupBy([...rescorings].sort(inOrder), ({ data }) => data.flagId)
  return ({ account, data }) => (byFlag.get(data.flagId) ?? none).filter((each) => each.account === account)
}
const none: ReadonlyArray<PlacedRescoring> = []

const documentOf = (documents: ReadonlyMap<string, Ruleset>, sha256: string): Ruleset => {
  const ruleset = documents.get(sha256)
  if (ruleset === undefined) throw new RangeError(`the document ${sha256} was not given`)
  return ruleset
}

const compareReused = (a: ReusedId, b: ReusedId): number =>
  a.occurredAt - b.occurredAt ||
  compareUtf8(a.source, b.source) ||
  compareUtf8(a.eventId, b.eventId) ||
  compareUtf8(a.account, b.account) ||
  compareUtf8(a.kind, b.kind) // an account may be called like a ruleset

const inOrder = (a: { readonly place: Place }, b: { readonly place: Place }): number =>
  comparePlaces(a.place, b.place)

const groupByAccount = (
  flags: Iterable<PlacedFlag>,
  decisions: Iterable<PlacedDecision>,
  evaluations: ReadonlyMap<string, ReadonlyArray<Evaluation>>,
): ReadonlyMap<string, AccountHistory> => {
  const flagsOf = Map.groupBy(flags, ({ account }) => account)
  const decisionsOf = Map.groupBy(decisions, ({ account }) => account)
  const accounts = [...new Set([...flagsOf.keys(), ...decisionsOf.keys(), ...evaluations.keys()])].sort(
    compareUtf8,
  )
  return new Map(
    accounts.map((account) => [
      account,
      {
        account,
        flags: (flagsOf.get(account) ?? []).sort(inOrder),
        decisions: (decisionsOf.get(account) ?? []).sort(inOrder),
        evaluations: [...(evaluations.get(account) ?? [])].sort(inOrder),
      },
    ]),
  )
}
