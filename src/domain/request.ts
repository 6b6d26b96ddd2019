import { greatest, least } from '../foundation/extremes.ts'
import { type Account, foldAccount } from './account.ts'
import type { StoredEvent } from './event.ts'
import { comparePlaces, placeOf } from './order.ts'
import type { Restriction } from './parts.ts'
import { instantOf } from './time.ts'

type Requested = StoredEvent<'reinstatement.requested.v1'>
type Declined = StoredEvent<'reinstatement.declined.v1'>
type Withdrawn = StoredEvent<'reinstatement.withdrawn.v1'>
type Reversal = StoredEvent<'account.reinstated.v1' | 'content.restored.v1'>
type Change = StoredEvent<'decision.changed.v1'>
type Notice = StoredEvent<'notice.sent.v1'>

/** How far a request is. `told`: carried out, and the person was sent a notice. */
export type RequestState = 'requested' | 'withdrawn' | 'declined' | 'carried_out' | 'told'

/** A request and what became of it. Instants are in ms since the epoch: when the ledger recorded what says so. */
export type ReinstatementRequest = {
  readonly requested: Requested
  readonly state: RequestState
  /** null: what was asked for is not done, or not all of it. Whoever did it need not have named the request. */
  readonly carriedOutAt: number | null
  /** null: not since it was carried out. Nobody is told of flags alone. */
  readonly toldAt: number | null
  /** The last word of a service that it cannot carry it out. */
  readonly declined: Declined | null
  readonly withdrawn: Withdrawn | null
}

/**
 * The requests on an account, from its events in any order: what was done counts, whatever else was said of it. Of several
 * requests with one id the first counts. `record`: the same events, folded.
 */
export const requestsOf = (
  events: ReadonlyArray<StoredEvent>,
  record: Pick<Account, 'flags'>,
): ReadonlyArray<ReinstatementRequest> => {
  const requests = new Map<string, Requested>()
  for (const event of events.filter(isRequested).sort(byPlace)) {
    if (!requests.has(event.data.requestId)) requests.set(event.data.requestId, event)
  }
  // Nearly all accounts: the rest is not free.
  if (requests.size === 0) return []
  const said = saidIn(events)
  return Array.from(requests.values(), (requested) =>
    requested.data.kind === 'flags'
      ? requestOf(requested, said, voidedSince(requested, record, events), null)
      : ofDecisions(requested, said),
  )
}

const isRequested = (event: StoredEvent): event is Requested => event.type === 'reinstatement.requested.v1'

const byPlace = (a: StoredEvent, b: StoredEvent): number => comparePlaces(placeOf(a), placeOf(b))

const recordedAt = ({ recordedat }: StoredEvent): number => instantOf(recordedat)
const happenedAt = ({ time }: StoredEvent): number => instantOf(time)

/** What was said of requests, or done that they may ask for, by the ids that it names. */
type Said = {
  readonly reversals: Named<Reversal>
  readonly changes: Named<Change>
  readonly decisionNotices: Named<Notice>
  readonly appealNotices: Named<Notice>
  readonly declined: Named<Declined>
  readonly withdrawn: Named<Withdrawn>
}

type Named<E> = ReadonlyMap<string, ReadonlyArray<E>>

const saidIn = (events: ReadonlyArray<StoredEvent>): Said => {
  const reversals = new Map<string, Reversal[]>()
  const changes = new Map<string, Change[]>()
  const decisionNotices = new Map<string, Notice[]>()
  const appealNotices = new Map<string, Notice[]>()
  const declined = new Map<string, Declined[]>()
  const withdrawn = new Map<string, Withdrawn[]>()
  for (const event of events) {
    switch (event.type) {
      case 'account.reinstated.v1':
      case 'content.restored.v1':
        for (const decisionId of event.data.decisionIds) add(reversals, decisionId, event)
        break
      case 'decision.changed.v1':
        add(changes, event.data.decisionId, event)
        break
      case 'notice.sent.v1':
        add(decisionNotices, event.data.decisionId, event)
        add(appealNotices, event.data.appealId, event)
        break
      case 'reinstatement.declined.v1':
        add(declined, event.data.requestId, event)
        break
      case 'reinstatement.withdrawn.v1':
        add(withdrawn, event.data.requestId, event)
    }
  }
  return { reversals, changes, decisionNotices, appealNotices, declined, withdrawn }
}

const add = <E>(named: Map<string, E[]>, id: string | undefined, event: E): void => {
  if (id === undefined) return
  const known = named.get(id)
  if (known === undefined) named.set(id, [event])
  else known.push(event)
}

/** `known`: since when the ledger knows that it is done; null: it is not. */
const requestOf = (
  requested: Requested,
  said: Said,
  known: number | null,
  toldAt: number | null,
): ReinstatementRequest => {
  const { requestId } = requested.data
  const declined = said.declined.get(requestId)?.toSorted(byPlace).at(-1) ?? null
  const withdrawn = said.withdrawn.get(requestId)?.[0] ?? null
  const undone = withdrawn !== null ? 'withdrawn' : declined !== null ? 'declined' : 'requested'
  return {
    requested,
    state: known === null ? undone : toldAt === null ? 'carried_out' : 'told',
    // It may have been done already when it was asked for.
    carriedOutAt: known === null ? null : Math.max(known, recordedAt(requested)),
    ...{ toldAt, declined, withdrawn },
  }
}

/** Since when the ledger knows that all flags of a request are void; null: one still counts, or is not on record. */
const voidedSince = (
  { data: { flagsVoided } }: Requested,
  record: Pick<Account, 'flags'>,
  events: ReadonlyArray<StoredEvent>,
): number | null => {
  const areVoid = ({ flags }: Pick<Account, 'flags'>): boolean => {
    const voided = new Set<string>(flags.filter((flag) => flag.voided !== null).map(flagIdOf))
    return flagsVoided.length > 0 && flagsVoided.every((id) => voided.has(id))
  }
  if (!areVoid(record)) return null
  // Binary search between these: what is void stays so.
  const times = events.map(recordedAt).sort((a, b) => a - b)
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const then = times[middle] ?? 0
    if (areVoid(foldAccount(events.filter((event) => recordedAt(event) <= then)))) high = middle
    else low = middle + 1
  }
  return times[low] ?? null
}

const flagIdOf = ({ raised }: Account['flags'][number]): string => raised.data.flagId

/** A request to reverse decisions, or to change them. */
const ofDecisions = (requested: Requested, said: Said): ReinstatementRequest => {
  const { decisionIds, appealIds } = requested.data
  const done = decisionIds.map((decisionId) => doneTo(decisionId, requested, said))
  if (done.length === 0 || done.some(({ length }) => length === 0)) {
    return requestOf(requested, said, null, null)
  }
  const known = greatest(done.map((events) => least(events.map(recordedAt))))
  const since = greatest(done.map((events) => least(events.map(happenedAt))))
  const told = [
    ...decisionIds.flatMap((id) => said.decisionNotices.get(id) ?? []),
    ...appealIds.flatMap((id) => said.appealNotices.get(id) ?? []),
  ].filter((notice) => happenedAt(notice) >= since)
  const toldAt =
    told.length === 0 ? null : Math.max(known, recordedAt(requested), least(told.map(recordedAt)))
  return requestOf(requested, said, known, toldAt)
}

/** What does to a decision as the request asks: a reversal at any time, or a later change that is as mild. */
const doneTo = (
  decisionId: string,
  requested: Requested,
  { reversals, changes }: Said,
): ReadonlyArray<Reversal | Change> => {
  const { kind, restriction: asked } = requested.data
  const reversing = reversals.get(decisionId) ?? []
  if (kind !== 'change' || asked === undefined) return reversing
  const changing = (changes.get(decisionId) ?? []).filter(
    (change) =>
      recordedAt(change) >= recordedAt(requested) &&
      change.data.restriction !== undefined &&
      isAsMild(change.data.restriction, asked),
  )
  return [...reversing, ...changing]
}

const isAsMild = (restriction: Restriction, asked: Restriction): boolean =>
  restriction === asked || restriction === 'suspended'
