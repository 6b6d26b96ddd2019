import type { StoredEvent } from '../../../src/domain/event.ts'
import { instantOf } from '../../../src/domain/time.ts'
import type { Alarm } from '../../../src/incidents/alarm/alarm.ts'
import { type AlarmState, type Alarms, openAlarms } from '../../../src/incidents/alarm/alarms.ts'
import { auditedRules } from '../../../src/incidents/alarm/audited.ts'
import type { AlarmParameters } from '../../../src/incidents/alarm/parameters.ts'
import { compileRuleset } from '../../../src/rulesets/document.ts'
import type { Ruleset } from '../../../src/rulesets/ruleset.ts'
import { unwrap } from '../../replay/ledgers.ts'
import { recorded } from '../tripwires/steps.ts'

/** A version with one rule: `spam`, from a score on, and whoever has a strike is suspended. */
export const versionFrom = (version: string, score: number, rule: object = {}): Ruleset =>
  unwrap(
    compileRuleset({
      ...{ ruleset: 'rules', version, signals: { score: 'double' } },
      rules: [{ id: 'spam', category: 'spam', when: `signals.score >= ${score}`, strikes: 1, ...rule }],
      deactivations: [{ id: 'p', at_least: 1, restriction: 'suspended' }],
    }),
  )

/** `v1` flags a score of 0.9 and more, `v2` one of 0.5. */
export const v1 = versionFrom('v1', 0.9)
export const v2 = versionFrom('v2', 0.5)

/** A publication; `from`: the day of January 2026 on which it takes effect. */
export const publishedAs = (ruleset: Ruleset, from: number, data: object = {}): StoredEvent =>
  recorded.published(ruleset.version, {
    ...{ effectiveFrom: `2026-01-0${from}T00:00:00Z`, documentSha256: ruleset.sha256 },
    ...data,
  })

export const bothVersions = [publishedAs(v1, 1), publishedAs(v2, 2)]

/** Takes events one by one, as whoever reads a ledger does. */
const feed = (
  alarms: Alarms,
  events: ReadonlyArray<StoredEvent>,
  rulesets: ReadonlyArray<Ruleset>,
  set: AlarmParameters | null = null,
) => {
  const documents = new Map(rulesets.map((ruleset) => [ruleset.sha256, ruleset]))
  return (index: number): ReadonlyArray<Alarm> => {
    const event = events[index]
    if (event === undefined) return []
    const document =
      event.type === 'ruleset.published.v1' ? (documents.get(event.data.documentSha256) ?? null) : null
    const settled = alarms.due(instantOf(event.recordedat)).map((decision) => ({
      decision,
      recorded: events
        .slice(0, index)
        .filter(
          ({ type, subject, recordedat }) =>
            subject === decision.event.account &&
            type !== 'content.evaluated.v1' &&
            instantOf(recordedat) < decision.due,
        ),
    }))
    const before = events.slice(0, index).filter(({ subject }) => subject === event.subject)
    const audited = event.type === 'decision.audited.v1' ? auditedRules(event, before) : []
    return alarms.take({
      sequence: index + 1,
      event,
      document,
      parameters: index === 0 ? set : null,
      settled,
      audited,
    })
  }
}

/** What events sound; `parameters`: set by the first. */
export const soundedBy = (
  events: ReadonlyArray<StoredEvent>,
  rulesets: ReadonlyArray<Ruleset> = [v1, v2],
  parameters: AlarmParameters | null = null,
): ReadonlyArray<Alarm> => {
  const take = feed(openAlarms(), events, rulesets, parameters)
  return events.flatMap((_, index) => take(index))
}

/** The same, if the fold is stopped after the events at some places, and goes on from what it kept as JSON. */
export const soundedInRuns = (
  events: ReadonlyArray<StoredEvent>,
  stops: ReadonlySet<number>,
  rulesets: ReadonlyArray<Ruleset> = [v1, v2],
): ReadonlyArray<Alarm> => {
  const documents = new Map(rulesets.map((ruleset) => [ruleset.sha256, ruleset]))
  let alarms = openAlarms()
  return events.flatMap((_, index) => {
    const sounded = feed(alarms, events, rulesets)(index)
    if (stops.has(index)) {
      // Cast: it was a state before it was text.
      const kept = JSON.parse(JSON.stringify(alarms.state())) as AlarmState
      alarms = openAlarms(kept, documents)
    }
    return sounded
  })
}
