import type { StoredEvent } from '../../domain/event.ts'
import type { Restriction, RulesetRef } from '../../domain/parts.ts'
import { instantOf } from '../../domain/time.ts'
import { severity } from '../../replay/reference/verdict.ts'
import { type Facts, type MachineDecision, machineDecision } from './facts.ts'
import { heldVersions, type SavedVersions } from './held-versions.ts'
import { type HitCounter, hourlyHits, MOST_SOURCES, OTHER_SOURCES, type SavedHits } from './hits.ts'
import { onceADay, type SavedDay } from './once-a-day.ts'
import { type NamedVersion, pending, type SavedPending } from './pending.ts'
import { type RecentCount, recentCount, type SavedCount } from './recent-count.ts'
import { NO_VALUE, type TrippedWire, type TrippingEvent, type Tripwire, type WireValue } from './tripwire.ts'

/** All that tripwires remember, as JSON. It stays small: what is older than a day, or too much of a kind, is forgotten. */
export type TripwireState = {
  /** The latest time of recording, in ms; 0: there was none. */
  readonly clock: number
  readonly versions: SavedVersions
  readonly pending: SavedPending
  readonly hits: ReadonlyArray<SavedHits>
  readonly sources: ReadonlyArray<readonly [source: string, count: SavedCount]>
  readonly day: SavedDay
}

/** An event of the ledger. It has `facts` if it is a publication, or a decision of a machine. */
export type TripwireStep = {
  readonly sequence: number
  readonly event: StoredEvent
  readonly facts: Facts | null
}

/** What wires know of an event that is no finding, decision or publication: time goes by, and its source has one more. */
export type PassingStep = {
  readonly sequence: number
  readonly source: string
  /** In ms. */
  readonly recordedAt: number
  readonly isBackfill: boolean
}

/** A fold over the ledger, in the order of sequences. Its clock is the latest time of recording: nothing else is asked. */
export type Tripwires = {
  /** Takes the next event; returns the wires that it sets off, or that were due before it, in order. */
  readonly take: (step: TripwireStep) => ReadonlyArray<TrippedWire>
  /** The same for an event of which no more is known. */
  readonly pass: (step: PassingStep) => ReadonlyArray<TrippedWire>
  /** When something that is waited for is due, in ms; null: nothing is waited for. */
  readonly nextDue: () => number | null
  readonly state: () => TripwireState
}

const MINUTE = 60_000
/** How long after something named a version that may be published. */
const PUBLISHED_WITHIN = 2 * MINUTE
/** How long after a decision its grounds may be recorded. */
const GROUNDS_WITHIN = 15 * MINUTE
/** How long before its recording something may have happened. */
const RECENT = 7 * 86_400_000
/** From how many events of an hour, and from which share of their source's, a wire is set off that needs several. */
const FEW = { fewest: 3, share: 0.001 }
/**
 * The same for decisions whose grounds are late. A few always are: without this, a wave of spam sets off the wire where
 * nothing is at fault (measured on simulated platforms from 1,500 accounts on).
 */
const MANY = { fewest: 10, share: 0.1 }

type Cause = { readonly wire: Tripwire; readonly source: string; readonly value: WireValue }

/** Starts at the first event, or after the last one of a state. */
export const openTripwires = (saved?: TripwireState): Tripwires => {
  const versions = heldVersions(saved?.versions)
  const waiting = pending(saved?.pending)
  const hits = hourlyHits(saved?.hits)
  const day = onceADay(saved?.day)
  const sources = new Map(saved?.sources.map(([source, count]) => [source, recentCount(count)]))
  let clock = saved?.clock ?? 0
  let sequence = 0
  let tripped: TrippedWire[] = []

  const countOf = (source: string): RecentCount => {
    const count = sources.get(source) ?? recentCount()
    sources.set(source, count)
    return count
  }

  /** Sets off a wire, unless it was that day. */
  const trip = ({ wire, source, value }: Cause, at: number, events: ReadonlyArray<TrippingEvent>): void => {
    const told = day.once(wire, source, value, at)
    if (told !== null) tripped.push({ wire, source, value: told, at, sequence, events })
  }

  /** The same for a wire that needs several events in an hour. */
  const hit = (
    cause: Cause,
    at: number,
    event: TrippingEvent,
    { fewest, share } = FEW,
    counter: HitCounter = cause.wire,
  ): void => {
    const second = Math.floor(at / 1_000)
    const { total, values } = hits.add({ ...cause, counter }, second, event)
    // Of the hour before this second, so that nothing depends on the order within one.
    const ofSource = countOf(cause.source).inHourTo(second - 1)
    if (total < Math.max(fewest, share * ofSource)) return
    for (const { value, events } of values) trip({ ...cause, value }, at, events)
  }

  const isPublished = ({ id, version, sha256 }: RulesetRef): boolean =>
    versions.find(id, version, sha256 ?? null) !== undefined

  const unknownVersion = ({ due, source, ruleset, event }: NamedVersion): void => {
    const { id, version, sha256 = null } = ruleset
    if (!versions.hasRuleset(id) || isPublished(ruleset)) return
    const other = versions.hasVersion(id, version) ? sha256 : null
    trip({ wire: 'unknown_version', source, value: { ...versionValue(ruleset), sha256: other } }, due, [
      event,
    ])
  }

  const settle = (moment: number): void => {
    for (const one of waiting.take(moment)) {
      if (one.kind === 'version') {
        unknownVersion(one.named)
        continue
      }
      const { source, value, event, due } = one.decision
      hit({ wire: 'no_grounds', source, value }, due, event, MANY, 'late_grounds')
    }
  }

  const published = (
    event: StoredEvent<'ruleset.published.v1'>,
    facts: Facts | null,
    source: string,
    one: TrippingEvent,
  ): void => {
    const { ruleset, documentSha256: sha256, rehearsal } = event.data
    const severest = facts?.kind === 'publication' ? facts.severest : null
    const document = { sha256, severest, from: instantOf(event.data.effectiveFrom) }
    const isNext = versions.add(ruleset.id, ruleset.version, document) === 'next_of_ruleset'
    if (!isNext || rehearsal !== undefined || event.backfill === true) return
    trip({ wire: 'unrehearsed_publication', source, value: versionValue(ruleset) }, clock, [one])
  }

  const ofAnotherOwner = (event: StoredEvent<'flag.raised.v1'>, source: string, one: TrippingEvent): void => {
    const { content, rule, ruleset } = event.data
    const owner: string | undefined = content?.owner
    if (owner === undefined || owner === event.subject) return
    const value = { ...versionValue(ruleset), rule: rule?.id ?? null }
    trip({ wire: 'owner_mismatch', source, value }, clock, [one])
  }

  const ofMachine = (
    event: StoredEvent<'flag.raised.v1'> | MachineDecision,
    source: string,
    one: TrippingEvent,
  ): void => {
    const { ruleset } = event.data
    if (clock - instantOf(event.time) > RECENT) {
      hit({ wire: 'replayed_queue', source, value: NO_VALUE }, clock, one)
    }
    if (ruleset === undefined || isPublished(ruleset)) return
    waiting.expectVersion({ due: clock + PUBLISHED_WITHIN, source, ruleset, event: one })
  }

  const decided = (
    decision: MachineDecision,
    facts: Facts | null,
    source: string,
    one: TrippingEvent,
  ): void => {
    const { ruleset, grounds } = decision.data
    const value = versionValue(ruleset)
    const document = ruleset && versions.find(ruleset.id, ruleset.version, ruleset.sha256 ?? null)
    if (document !== undefined && isSeverer(decision, document.severest)) {
      hit({ wire: 'severer_than_the_rule', source, value }, clock, one)
    }
    if (grounds.length === 0) hit({ wire: 'no_grounds', source, value }, clock, one)
    if (facts?.kind !== 'decision') return
    const { missing, again } = facts
    if (again !== null) {
      hit({ wire: 'banned_again', source, value: { ...value, rule: again.rule } }, clock, one)
    }
    if (grounds.length > 0 && missing.length === new Set(grounds).size) {
      waiting.expectGrounds({ due: clock + GROUNDS_WITHIN, source, value, event: one, missing })
    }
  }

  /** Under which name a source counts. */
  const nameOf = (source: string): string => {
    if (sources.has(source)) return source
    if (sources.size >= MOST_SOURCES) {
      const second = Math.floor(clock / 1_000)
      for (const [other, count] of sources) if (count.isSilent(second)) sources.delete(other)
    }
    return sources.size < MOST_SOURCES ? source : OTHER_SOURCES
  }

  const pass = (step: PassingStep): ReadonlyArray<TrippedWire> => {
    sequence = step.sequence
    tripped = []
    const at = Math.max(clock, step.recordedAt)
    settle(at)
    clock = at
    if (!step.isBackfill) countOf(nameOf(step.source)).add(Math.floor(at / 1_000))
    return tripped
  }

  const look = (event: StoredEvent, facts: Facts | null): void => {
    const source = nameOf(event.source)
    const one = { sequence, id: event.id, subject: event.subject }
    if (event.type === 'ruleset.published.v1') published(event, facts, source, one)
    if (event.type === 'flag.raised.v1') waiting.found(event.subject, event.data.flagId)
    if (event.backfill === true) return
    if (event.type === 'flag.raised.v1') {
      ofAnotherOwner(event, source, one)
      if (event.data.detector.kind !== 'human') ofMachine(event, source, one)
    }
    const decision = machineDecision(event)
    if (decision === null) return
    ofMachine(decision, source, one)
    decided(decision, facts, source, one)
  }

  return {
    take: ({ sequence: of, event, facts }) => {
      const { source, recordedat, backfill } = event
      pass({ sequence: of, source, recordedAt: instantOf(recordedat), isBackfill: backfill === true })
      look(event, facts)
      return tripped
    },
    pass,
    nextDue: waiting.nextDue,
    state: () => ({
      clock,
      versions: versions.saved(),
      pending: waiting.saved(),
      hits: hits.saved(),
      sources: Array.from(sources, ([source, count]) => [source, count.saved()]),
      day: day.saved(),
    }),
  }
}

const isSeverer = (decision: MachineDecision, severest: Restriction | null): boolean =>
  decision.type === 'account.deactivated.v1' && severity(decision.data.restriction) > severity(severest)

const versionValue = (ruleset: { readonly id: string; readonly version: string } | undefined): WireValue =>
  ruleset === undefined ? NO_VALUE : { ...NO_VALUE, ruleset: ruleset.id, version: ruleset.version }
