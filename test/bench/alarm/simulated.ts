import { passTime } from '../../../src/app/simulate/simulated-time.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { instantOf } from '../../../src/domain/time.ts'
import type { Alarm } from '../../../src/incidents/alarm/alarm.ts'
import { defaultParameters } from '../../../src/incidents/alarm/parameters.ts'
import { evidenceOfFlag } from '../../../src/incidents/rehearsal/evidence.ts'
import { compileRuleset } from '../../../src/rulesets/document.ts'
import { ruleNamed } from '../../../src/rulesets/ruleset.ts'
import { auditReviewer } from '../../../src/simulation/agents/audit-reviewer.ts'
import { policyTeam } from '../../../src/simulation/agents/policy-team.ts'
import { dawn, end, start } from '../../../src/simulation/calendar.ts'
import type { Scenario } from '../../../src/simulation/persona.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import type { GroundTruth } from '../../../src/simulation/truth.ts'
import { unwrap } from '../../ledger/events.ts'
import { type BinomialAlarm, hourlyBinomialTest } from './binomial-test.ts'
import { rememberedLedger } from './remembered-ledger.ts'

export type Platform = {
  readonly scenario: Scenario
  readonly seed: number
  readonly accounts: number
  readonly faultShare: number
  /** Whether retired versions of detectors look on, and whether a reviewer audits decisions. */
  readonly paired: boolean
  readonly audited: boolean
  /** What is expected. */
  readonly falseAlarmsAYear: number
}

/** What an alarm, or a test, saw of what is at fault. */
export type Noticed = {
  /** Null: nothing. `after`: since the first wrongful decision, in ms; `share`: of all wrongful ones, those by then. */
  readonly fault: { readonly after: number; readonly share: number } | null
  /** What sounded although nothing that it names is at fault; repeats within a day are one. */
  readonly falseAlarms: ReadonlyArray<string>
}

/** What was seen on one simulated platform. */
export type Seen = {
  readonly events: number
  readonly wrongful: number
  /** In the first day of the fault, an hour: wrongful decisions, and accounts with a flag that the right rules would not raise. */
  readonly anHour: { readonly wrongful: number; readonly accounts: number }
  readonly alarm: Noticed
  readonly binomial: Noticed
}

type Fault = GroundTruth['faulty'][number]

const DAY = 86_400_000
export const MONTHS = (end - start) / (30 * DAY)

/** Simulates a platform, and what alarms and the hourly test say meanwhile. */
export const seenOn = async ({
  scenario,
  audited,
  falseAlarmsAYear,
  ...options
}: Platform): Promise<Seen> => {
  const simulation = simulate({ scenario, ...options })
  const { truth } = simulation
  const wrongful = new Set(truth.wrongful)
  const wrongfulAt: number[] = []
  const flaggedAt = new Map<string, number>()
  const isNewOnly = notByCorrectedRules(truth)
  const test = hourlyBinomialTest((event) => truth.faulty.some((fault) => isFaultyFlag(event, fault)))
  let events = 0
  const ledger = rememberedLedger({ ...defaultParameters, falseAlarmsAYear }, (event) => {
    events++
    test.take(event)
    if (event.type === 'account.deactivated.v1' || event.type === 'content.removed.v1') {
      if (wrongful.has(event.data.decisionId)) wrongfulAt.push(instantOf(event.recordedat))
    } else if (event.type === 'flag.raised.v1' && !flaggedAt.has(event.subject) && isNewOnly(event)) {
      if (truth.faulty.some((fault) => isFaultyFlag(event, fault))) {
        flaggedAt.set(event.subject, instantOf(event.recordedat))
      }
    }
  })
  unwrap(
    await passTime({
      arrivals: withoutPublications(simulation.arrivals()),
      agents: [
        policyTeam({ releases: simulation.releases, isCareless: scenario.mistakes.typo }),
        ...(audited ? [auditReviewer(truth)] : []),
      ],
      ...{ from: dawn, ledger, signal: new AbortController().signal, onProgress: () => {} },
    }),
  )
  const told = ledger.alarms.filter(({ isTold }) => isTold)
  return {
    events,
    wrongful: wrongfulAt.length,
    anHour: { wrongful: inFirstDay(wrongfulAt) / 24, accounts: inFirstDay([...flaggedAt.values()]) / 24 },
    alarm: noticed(
      told.map((alarm) => ({ ...alarm, isTrue: isOfFault(alarm, truth), name: nameOf(alarm) })),
      wrongfulAt,
    ),
    binomial: noticed(
      test.sounded.map((one: BinomialAlarm) => ({ ...one, name: one.rule })),
      wrongfulAt,
    ),
  }
}

type Sounded = { readonly at: number; readonly isTrue: boolean; readonly name: string }

const noticed = (sounded: ReadonlyArray<Sounded>, wrongfulAt: ReadonlyArray<number>): Noticed => {
  const found = sounded.find(({ isTrue }) => isTrue)
  const [first = null] = wrongfulAt
  return {
    fault:
      found === undefined || first === null
        ? null
        : {
            after: found.at - first,
            share: wrongfulAt.filter((at) => at < found.at).length / wrongfulAt.length,
          },
    falseAlarms: sounded.flatMap(({ isTrue, name }) => (isTrue ? [] : [name])),
  }
}

const inFirstDay = ([first, ...others]: ReadonlyArray<number>): number =>
  first === undefined ? 0 : 1 + others.filter((at) => at < first + DAY).length

/** Whether an alarm's key agrees with something at fault in all that both name, and names one of it. */
const isOfFault = ({ key, at }: Alarm, { faulty }: GroundTruth): boolean => {
  const names: Readonly<Record<string, string | undefined>> = {
    ...('ruleset' in key ? { ruleset: key.ruleset, version: key.version, rule: key.rule } : {}),
    ...('detector' in key ? { detector: key.detector.id, detectorVersion: key.detector.version } : {}),
    ...('decidedBy' in key ? { decidedBy: key.decidedBy.id } : {}),
  }
  return faulty.some(({ from, to: _, ...fault }) => {
    const shared = Object.entries(fault).filter(([name]) => names[name] !== undefined)
    return (
      at >= Date.parse(from) && shared.length > 0 && shared.every(([name, value]) => names[name] === value)
    )
  })
}

const isFaultyFlag = ({ data, source, time }: StoredEvent<'flag.raised.v1'>, fault: Fault): boolean => {
  const at = instantOf(time)
  if (at < Date.parse(fault.from) || (fault.to !== null && at >= Date.parse(fault.to))) return false
  const names = {
    ...{ ruleset: data.ruleset?.id, version: data.ruleset?.version, rule: data.rule?.id, source },
    ...{ detector: data.detector.id, detectorVersion: data.detector.version, decidedBy: undefined },
  }
  // Cast: the keys of a fault, less its period.
  const told = Object.entries(fault) as ReadonlyArray<readonly [keyof typeof names | 'from' | 'to', string]>
  return told.every(([name, value]) => name === 'from' || name === 'to' || names[name] === value)
}

/** Whether the corrected rules say that a flag should not have been raised. */
const notByCorrectedRules = ({
  rulesetCorrected,
}: GroundTruth): ((event: StoredEvent<'flag.raised.v1'>) => boolean) => {
  if (rulesetCorrected === null) return () => false
  const ruleset = unwrap(compileRuleset(rulesetCorrected))
  return ({ data }) => {
    const rule = data.rule && ruleNamed(ruleset, data.rule.id)
    return rule !== undefined && rule.condition(evidenceOfFlag(data)(rule)) === 'false'
  }
}

const nameOf = ({ family, key }: Alarm): string => `${family} ${JSON.stringify(key)}`

/** Versions are published by the policy team. */
function* withoutPublications<A extends { readonly type: string }>(arrivals: Iterable<A>): Generator<A> {
  for (const arrival of arrivals) if (arrival.type !== 'ruleset.published.v1') yield arrival
}
