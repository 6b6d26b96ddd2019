import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { type Ruleset, ruleNamed } from '../../rulesets/ruleset.ts'
import { evidenceOfFlag, truthOfPair } from '../rehearsal/evidence.ts'
import { machineDecision } from '../tripwires/facts.ts'
import type { Alarm, Unit, UnitEvent } from './alarm.ts'
import type { AuditedRule } from './audited.ts'
import { alarmBudget, type SavedBudget } from './budget.ts'
import { alarmKeys, type SavedKey } from './keys.ts'
import { type DetectorPair, detectorPairs, type SavedPairs } from './pairs.ts'
import { type AlarmParameters, defaultParameters } from './parameters.ts'
import { passedOver, type SavedSuspects } from './passed-over.ts'
import { type RecordedVersions, recordedVersions } from './recorded-versions.ts'
import { verdictOfTheDay } from './verdict-of-the-day.ts'

/** A machine's decision, and when it is to be judged, in ms. */
export type DueDecision = {
  readonly due: number
  readonly event: UnitEvent
  readonly source: string
  readonly decisionId: string
  readonly decidedBy: { readonly kind: string; readonly id: string }
}

/** All that alarms remember, as JSON; of rulesets their hashes. */
export type AlarmState = {
  /** The latest time of recording, in ms; 0: there was none. */
  readonly clock: number
  readonly versions: ReturnType<RecordedVersions['saved']>
  readonly suspects: SavedSuspects
  readonly keys: ReadonlyArray<SavedKey>
  readonly budget: SavedBudget
  readonly pairs: SavedPairs
  readonly decisions: ReadonlyArray<DueDecision>
  /** In force. */
  readonly parameters: AlarmParameters
}

/** A decision that is due, and what was recorded in its account's stream until then, in order. */
export type SettledDecision = {
  readonly decision: DueDecision
  readonly recorded: ReadonlyArray<StoredEvent>
}

type AlarmStep = {
  readonly sequence: number
  readonly event: StoredEvent
  /** Of a publication. */
  readonly document: Ruleset | null
  /** If they are set. */
  readonly parameters: AlarmParameters | null
  /** Those that `due` names for the time of recording of this event; of those that may not count nothing need be read. */
  readonly settled: ReadonlyArray<SettledDecision>
  /** Of a verdict: what it says something about. */
  readonly audited: ReadonlyArray<AuditedRule>
}

/** A fold over the ledger, in the order of sequences. Its clock is the latest time of recording: nothing else is asked. */
export type Alarms = {
  /** The decisions that are judged before an event that was recorded at a moment, in the order of their recording. */
  readonly due: (recordedAt: number) => ReadonlyArray<DueDecision>
  /** Whether a decision that is due can still count: not if its account gave a unit in the 24 hours before it. */
  readonly mayCount: (decision: DueDecision) => boolean
  /** Takes the next event; returns what sounds. */
  readonly take: (step: AlarmStep) => ReadonlyArray<Alarm>
  /** When the first decision that waits is due, in ms; null: none waits. */
  readonly nextDue: () => number | null
  readonly state: () => AlarmState
}

const DAY = 86_400_000
/** What is recorded within this time after a decision still counts for it: grounds may be late. */
const SETTLED_AFTER = 15 * 60_000
/** The most decisions that wait to be judged; what comes beyond that is not judged. */
const MOST_WAITING = 50_000
/** The share of units that are 1, at most, while all is well. */
const P0 = { paired: 0.05, pipeline: 0.005 } as const

/** Starts at the first event, or after the last one of a state, with the documents that it names by SHA-256. */
export const openAlarms = (saved?: AlarmState, documents?: ReadonlyMap<string, Ruleset>): Alarms => {
  const over = passedOver(saved?.suspects)
  const published = recordedVersions(saved?.versions, documents, over)
  const keys = alarmKeys(saved?.keys)
  const budget = alarmBudget(saved?.budget)
  const pairs = detectorPairs(saved?.pairs)
  const waiting: DueDecision[] = [...(saved?.decisions ?? [])]
  let clock = saved?.clock ?? 0
  let parameters = saved?.parameters ?? defaultParameters
  let sequence = 0
  let sounded: Alarm[] = []

  const add = (unit: Unit): void => {
    budget.add(unit.family)
    const alarm = keys.add(unit, budget.thresholdOf(unit.family), { at: clock, sequence })
    if (alarm !== null) sounded.push(alarm)
  }

  /** What the version before a flag's says of it. */
  const againstVersionBefore = ({ data }: StoredEvent<'flag.raised.v1'>, event: UnitEvent): void => {
    const { rule, ruleset } = data
    const before = rule && ruleset && published.before(ruleset, rule.id)
    if (!before || before.p0 >= 1) return
    const key = { ruleset: ruleset.id, version: ruleset.version, rule: rule.id }
    const unit = { family: 'counterfactual', key, at: clock } as const
    if (!keys.isFree(unit, event.account)) return
    const { was } = truthOfPair({ id: rule.id, now: null, was: before.was }, evidenceOfFlag(data))
    if (was !== 'unknown') add({ ...unit, event, isOne: was === 'false', p0: before.p0 })
  }

  /** What the older version of a detector says of what the newer one found. */
  const againstOlderDetector = (pair: DetectorPair | null): void => {
    if (pair === null) return
    const { finding, seen } = pair
    const { event, detector } = finding
    const key = { detector: { id: detector.id, version: detector.version } }
    const unit = { family: 'paired', key, at: clock } as const
    const ruleset = published.find(finding.ruleset)
    const rule = ruleset && ruleNamed(ruleset, finding.rule)
    if (rule === undefined || !keys.isFree(unit, event.account)) return
    const { flag, content } = finding
    const truth = rule.condition({ signals: seen.signals, detector: seen.detector, flag, content })
    if (truth !== 'unknown') add({ ...unit, event, isOne: truth === 'false', p0: P0.paired })
  }

  const found = ({ data }: StoredEvent<'flag.raised.v1'>, event: UnitEvent): void => {
    const { ruleset, content, detector, category, source } = data
    if (data.rule === undefined || ruleset === undefined || content === undefined) return
    const document = published.find(ruleset)
    const rule = document && ruleNamed(document, data.rule.id)
    if (rule?.condition(evidenceOfFlag(data)(rule)) !== 'true') return
    const finding = {
      ...{ at: clock, event, detector, ruleset, rule: rule.id, flag: { category, source } },
      content: { id: content.id, kind: content.kind },
    }
    againstOlderDetector(pairs.found(finding))
  }

  /** What a reviewer says of a rule's decision. */
  const reviewed = (
    { id, subject, data }: StoredEvent<'decision.audited.v1'>,
    rules: ReadonlyArray<AuditedRule>,
  ): void => {
    const event = { sequence, id, account: subject }
    for (const key of rules) {
      const unit = { family: 'audit', key, at: clock } as const
      if (!keys.isFree(unit, subject)) continue
      add({ ...unit, event, isOne: data.verdict === 'wrong', p0: mayBeWrong(parameters, key) })
    }
  }

  const settle = ({ decision, recorded }: SettledDecision): void => {
    const unit = unitOf(decision)
    const { event } = decision
    if (!keys.isFree(unit, event.account)) return
    const verdict = verdictOfTheDay(decision, recorded, published.byId())
    if (verdict !== 'unknown') add({ ...unit, event, isOne: verdict === 'none', p0: P0.pipeline })
  }

  const evidence = (event: StoredEvent<'flag.raised.v1' | 'content.evaluated.v1'>): void => {
    const { detector } = event.data
    if (detector.kind === 'human') return
    pairs.sawVersion(detector, sequence)
    if (event.backfill === true) return
    if (event.type === 'content.evaluated.v1') {
      if (event.data.shadow === true) againstOlderDetector(pairs.lookedOn(event, clock))
      return
    }
    const one = { sequence, id: event.id, account: event.subject }
    againstVersionBefore(event, one)
    found(event, one)
  }

  const look = (event: StoredEvent, document: Ruleset | null): void => {
    if (event.type === 'ruleset.published.v1' && document !== null) published.add(event, document)
    if (over.take(event)) published.compareAgain()
    if (event.type === 'flag.raised.v1' || event.type === 'content.evaluated.v1') evidence(event)
    const decision = event.backfill === true ? null : machineDecision(event)
    if (decision === null || waiting.length >= MOST_WAITING) return
    const { decisionId, decidedBy } = decision.data
    waiting.push({
      ...{ due: clock + SETTLED_AFTER, decisionId, decidedBy, source: event.source },
      event: { sequence, id: event.id, account: event.subject },
    })
  }

  return {
    due: (recordedAt) => {
      const number = waiting.findIndex(({ due }) => due > Math.max(clock, recordedAt))
      return number === -1 ? [...waiting] : waiting.slice(0, number)
    },
    mayCount: (decision) => keys.isFree(unitOf(decision), decision.event.account),
    take: ({ sequence: of, event, document, parameters: set, settled, audited }) => {
      sequence = of
      sounded = []
      const before = clock
      clock = Math.max(clock, instantOf(event.recordedat))
      budget.pass(dayOf(clock))
      if (set !== null) {
        parameters = set
        budget.allow(set.falseAlarmsAYear)
      }
      waiting.splice(0, settled.length)
      settled.forEach(settle)
      // The decisions that still wait were recorded after that.
      if (dayOf(clock) !== dayOf(before)) keys.forget(clock - SETTLED_AFTER)
      look(event, document)
      if (event.type === 'decision.audited.v1' && event.backfill !== true) reviewed(event, audited)
      return sounded
    },
    nextDue: () => waiting[0]?.due ?? null,
    state: () => ({
      clock,
      versions: published.saved(),
      suspects: over.saved(),
      keys: keys.saved(),
      budget: budget.saved(),
      pairs: pairs.saved(),
      decisions: [...waiting],
      parameters,
    }),
  }
}

/** The share of a rule's audited decisions that may be wrong. */
const mayBeWrong = (
  { wrongDecisions, wrongDecisionsOf = [] }: AlarmParameters,
  { ruleset, rule }: AuditedRule,
): number =>
  wrongDecisionsOf.find((one) => one.ruleset === ruleset && one.rule === rule)?.share ?? wrongDecisions

const unitOf = ({ decidedBy, due }: DueDecision) =>
  ({ family: 'pipeline', key: { decidedBy }, at: due - SETTLED_AFTER }) as const

const dayOf = (at: number): number => Math.floor(at / DAY)
