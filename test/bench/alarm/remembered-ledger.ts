import * as E from '#fp/Either'
import { tickDue } from '../../../src/app/clock-tick.ts'
import { recordOfRehearsal } from '../../../src/app/ruleset/rehearsal-record.ts'
import type { Rehearsed } from '../../../src/app/ruleset/rehearse.ts'
import type { SimulatedLedger } from '../../../src/app/simulate/simulated-time.ts'
import { clockTick } from '../../../src/domain/clock-tick.ts'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent, StoredEvent } from '../../../src/domain/event.ts'
import type { RehearsalRecord } from '../../../src/domain/rehearsal.ts'
import { streamOf } from '../../../src/domain/stream.ts'
import { formatInstant, instantOf } from '../../../src/domain/time.ts'
import type { Alarm } from '../../../src/incidents/alarm/alarm.ts'
import { openAlarms } from '../../../src/incidents/alarm/alarms.ts'
import { auditedRules } from '../../../src/incidents/alarm/audited.ts'
import type { AlarmParameters } from '../../../src/incidents/alarm/parameters.ts'
import { unexpectedIn } from '../../../src/incidents/rehearsal/expectations.ts'
import { collectRehearsal } from '../../../src/incidents/rehearsal/reference/rehearse-events.ts'
import { windowBefore } from '../../../src/incidents/rehearsal/window.ts'
import { compileRuleset } from '../../../src/rulesets/document.ts'
import type { Ruleset } from '../../../src/rulesets/ruleset.ts'
import type { PlannedPublication } from '../../../src/simulation/agent.ts'
import { services } from '../../../src/simulation/services/directory.ts'
import { unwrap } from '../../ledger/events.ts'

/** A ledger of a simulated platform that is only remembered, with the alarms that it sounds. */
export type RememberedLedger = SimulatedLedger & {
  readonly alarms: ReadonlyArray<Alarm>
}

const DAY = 86_400_000
const OVER = 7 * DAY
/** When what is too old for a rehearsal is forgotten. */
const FORGOTTEN_FROM = 300_000

/**
 * Does what `simulate --data` and `watch` do, without files: events are recorded when they arrive, each once; versions are
 * rehearsed and published; alarms are folded from each event as it is recorded, and time goes by where one waits for it.
 * The parameters of alarms hold from the first event on; `onEvent` is called with each event.
 */
export const rememberedLedger = (
  set: AlarmParameters,
  onEvent: (event: StoredEvent) => void,
): RememberedLedger => {
  const fold = openAlarms()
  const alarms: Alarm[] = []
  const seen = new Set<string>()
  /** What the fold asks for: the streams of accounts, with when each event was recorded. */
  const streams = new Map<string, { readonly at: number; readonly event: StoredEvent }[]>()
  const versions: { readonly effectiveFrom: number; readonly ruleset: Ruleset }[] = []
  let evidence: { readonly at: number; readonly event: StoredEvent }[] = []
  let unseen: StoredEvent[] = []
  let now = 0
  let sequence = 0
  let lastRecordedAt = 0
  let lastServiceEvent = 0

  const streamBefore = (account: string, until: number): ReadonlyArray<StoredEvent> =>
    (streams.get(account) ?? []).flatMap(({ at, event }) => (at < until ? [event] : []))

  const record = (event: StoredEvent, document: Ruleset | null): void => {
    sequence++
    const settled = fold.due(now).map((decision) => ({
      decision,
      recorded: fold.mayCount(decision) ? streamBefore(decision.event.account, decision.due) : [],
    }))
    const audited =
      event.type === 'decision.audited.v1'
        ? auditedRules(event, streamBefore(event.subject, Number.POSITIVE_INFINITY))
        : []
    const parameters = sequence === 1 ? set : null
    alarms.push(...fold.take({ sequence, event, document, parameters, settled, audited }))
    if (streamOf(event) === `account-${event.subject}`) {
      const stream = streams.get(event.subject)
      if (stream === undefined) streams.set(event.subject, [{ at: now, event }])
      else stream.push({ at: now, event })
    }
    lastRecordedAt = now
    onEvent(event)
    unseen.push(event)
  }

  const takeLine = (line: string): void => {
    const { event } = unwrap(decodeIncoming(JSON.parse(line)))
    const name = `${event.source} ${event.id}`
    if (seen.has(name)) return
    seen.add(name)
    lastServiceEvent = Math.max(lastServiceEvent, instantOf(event.time))
    const stored = recordedAt(event, now)
    if (event.type === 'flag.raised.v1' || event.type === 'content.evaluated.v1') {
      evidence.push({ at: instantOf(event.time), event: stored })
      if (evidence.length === FORGOTTEN_FROM) forget()
    }
    record(stored, null)
  }

  const forget = (): void => {
    evidence = evidence.filter(({ at }) => at >= lastServiceEvent - OVER)
  }

  /** What a rehearsal says about evidence of the last seven days; null: there is none, or no version before. */
  const rehearse = (next: Ruleset, effectiveFrom: number): Omit<Rehearsed, 'unexpected'> | null => {
    const old = versions.findLast((one) => one.ruleset.id === next.id && one.effectiveFrom <= effectiveFrom)
    if (old === undefined || evidence.length === 0) return null
    const window = windowBefore(lastServiceEvent, OVER)
    forget()
    const collection = collectRehearsal({ old: old.ruleset, next, sample: 0 }, window)
    for (const { event } of evidence) collection.add(event)
    return { rehearsal: collection.finish(), sequence }
  }

  const publish = ({ release, expected, unrehearsed }: PlannedPublication) => {
    const { document, effectiveFrom } = release
    const ruleset = unwrap(compileRuleset(document))
    const rehearsed = unrehearsed === null ? rehearse(ruleset, effectiveFrom) : null
    const expectations = new Map(
      [...expected].map(([rule, value]) => [rule, { kind: 'number', value } as const]),
    )
    const unexpected = rehearsed === null ? [] : unexpectedIn(rehearsed.rehearsal, expectations)
    if (unexpected.length > 0) {
      return { release, newlyFired: new Map(unexpected.map((of) => [of.rule, of.newlyFired])) }
    }
    const by = 'policy team' as RehearsalRecord['by'] // Cast: it is a line.
    const rehearsal =
      rehearsed === null
        ? { against: null, sequence, rules: {}, by }
        : recordOfRehearsal({ ...rehearsed, unexpected }, expectations, by)
    versions.push({ effectiveFrom, ruleset })
    versions.sort((a, b) => a.effectiveFrom - b.effectiveFrom)
    const event = {
      ...{ specversion: '1.0', id: `${ruleset.id}-${ruleset.version}`, source: services.policy.source },
      ...{ type: 'ruleset.published.v1', subject: ruleset.id, time: formatInstant(now) },
      recordedat: formatInstant(now),
      data: {
        ruleset: { id: ruleset.id, version: ruleset.version },
        ...{ effectiveFrom: formatInstant(effectiveFrom), documentSha256: ruleset.sha256, rehearsal },
      },
    }
    // Cast: it has the form of what publishing records.
    record(event as unknown as StoredEvent, ruleset)
    return null
  }

  const done = <A>(value: A) => Promise.resolve(E.right(value))
  return {
    alarms,
    setClock: (to) => {
      now = to
    },
    take: (lines) => {
      for (const line of lines) takeLine(line)
      return done(null)
    },
    publish: (planned) => done(publish(planned)),
    hold: () => done(null),
    recorded: () => {
      const events = unseen
      unseen = []
      return done(events)
    },
    tickDue: () => tickDue(fold.nextDue(), { sequence, recordedAt: lastRecordedAt }),
    tick: () => {
      record({ ...clockTick({ sequence, recordedAt: lastRecordedAt }), recordedat: formatInstant(now) }, null)
      return done(null)
    },
  }
}

/**
 * An event as a ledger stores it. Its personal text would be sealed; alarms do not read it.
 */
const recordedAt = (event: IncomingEvent, now: number): StoredEvent =>
  // Cast: it has all that the stored form has, but for what is sealed.
  ({ ...event, recordedat: formatInstant(now) }) as unknown as StoredEvent
