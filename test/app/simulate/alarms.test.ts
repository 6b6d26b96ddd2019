import { beforeAll, describe, expect, test } from 'vitest'
import { passTime } from '../../../src/app/simulate/simulated-time.ts'
import { isInAuditSample } from '../../../src/domain/audit-sample.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import { instantOf } from '../../../src/domain/time.ts'
import { confidenceSequence } from '../../../src/foundation/statistics/confidence-sequence.ts'
import type { Alarm } from '../../../src/incidents/alarm/alarm.ts'
import { openAlarms } from '../../../src/incidents/alarm/alarms.ts'
import { auditedRules } from '../../../src/incidents/alarm/audited.ts'
import { machineDecision } from '../../../src/incidents/tripwires/facts.ts'
import { auditReviewer } from '../../../src/simulation/agents/audit-reviewer.ts'
import { policyTeam } from '../../../src/simulation/agents/policy-team.ts'
import { dawn, HOUR } from '../../../src/simulation/calendar.ts'
import { badModel } from '../../../src/simulation/mistakes.ts'
import type { Scenario } from '../../../src/simulation/persona.ts'
import { calm } from '../../../src/simulation/scenarios/calm.ts'
import { detectorGoneBad } from '../../../src/simulation/scenarios/detector-gone-bad.ts'
import { simulate } from '../../../src/simulation/simulate.ts'
import type { GroundTruth } from '../../../src/simulation/truth.ts'
import { unwrap } from '../../ledger/events.ts'
import { type MemoryLedgerOptions, memoryLedger } from './memory-ledger.ts'

type Recorded = Parameters<MemoryLedgerOptions['onRecorded']>[0]

/** A platform on which retired versions look on, and a reviewer audits decisions. */
const watchedPlatform = async (
  scenario: Scenario,
): Promise<{ readonly truth: GroundTruth; readonly history: ReadonlyArray<Recorded> }> => {
  const simulation = simulate({ scenario, seed: 5, accounts: 600, paired: true })
  const { truth, releases } = simulation
  const history: Recorded[] = []
  const ledger = memoryLedger({ isRehearsed: true, onRecorded: (recorded) => history.push(recorded) })
  const passed = await passTime({
    arrivals: [...simulation.arrivals()].filter(({ type }) => type !== 'ruleset.published.v1'),
    agents: [policyTeam({ releases, isCareless: false }), auditReviewer(truth)],
    ...{ from: dawn, ledger, signal: new AbortController().signal, onProgress: () => {} },
  })
  unwrap(passed)
  return { truth, history }
}

/** What a history sounds, without some of its events. */
const soundedIn = (
  history: ReadonlyArray<Recorded>,
  isLeftOut: (event: StoredEvent) => boolean = () => false,
): ReadonlyArray<Alarm> => {
  const alarms = openAlarms()
  const accounts = new Map<string, StoredEvent[]>()
  return history.flatMap(({ sequence, event, document }) => {
    if (isLeftOut(event)) return []
    const before = accounts.get(event.subject) ?? []
    accounts.set(event.subject, before)
    const audited = event.type === 'decision.audited.v1' ? auditedRules(event, before) : []
    const settled = alarms.due(instantOf(event.recordedat)).map((decision) => ({
      decision,
      recorded: (accounts.get(decision.event.account) ?? []).filter(
        ({ recordedat }) => instantOf(recordedat) < decision.due,
      ),
    }))
    // Evaluations have streams of their own.
    if (event.type !== 'content.evaluated.v1') before.push(event)
    return alarms.take({ sequence, event, document, parameters: null, settled, audited })
  })
}

const isAudit = ({ type }: StoredEvent): boolean => type === 'decision.audited.v1'
const isShadow = (event: StoredEvent): boolean =>
  event.type === 'content.evaluated.v1' && event.data.shadow === true

const isWhileBad = ({ at }: Alarm): boolean => at >= badModel.from && at < badModel.to + HOUR

describe('given a model that goes bad, so widely that a few hundred accounts are enough', () => {
  let truth: GroundTruth
  let history: ReadonlyArray<Recorded>
  beforeAll(async () => {
    const personas = detectorGoneBad.personas.map((persona) => ({ ...persona, share: persona.share * 6 }))
    const platform = await watchedPlatform({ ...detectorGoneBad, personas })
    truth = platform.truth
    history = platform.history
  })

  test('when nobody looks at anything but its flags, then nothing sounds', () => {
    expect(soundedIn(history, (event) => isAudit(event) || isShadow(event))).toEqual([])
  })

  test('when its old version looks at some of the same pictures, then what sounds names the bad version', () => {
    const alarms = soundedIn(history, isAudit)
    const key = { detector: { id: 'nudity-net', version: badModel.version } }
    expect(alarms.length).toBeGreaterThan(0)
    for (const alarm of alarms) expect(alarm).toMatchObject({ family: 'paired', key })
    expect(alarms.every(isWhileBad)).toBe(true)
  })

  test('when a reviewer audits decisions, then what sounds names the bad version', () => {
    const alarms = soundedIn(history, isShadow)
    const key = { rule: 'adult.nudity', detector: { id: 'nudity-net', version: badModel.version } }
    expect(alarms.length).toBeGreaterThan(0)
    for (const alarm of alarms) expect(alarm).toMatchObject({ family: 'audit', key })
    expect(alarms.every(isWhileBad)).toBe(true)
  })

  test('then the precision that the verdicts on the sample tell covers the true one', () => {
    const wrongful = new Set(truth.wrongful)
    const decided = history.flatMap(({ event }) => machineDecision(event)?.data.decisionId ?? [])
    const right = decided.filter((id) => !wrongful.has(id)).length / decided.length
    const verdicts = history.flatMap(({ event }) =>
      event.type === 'decision.audited.v1' && isInAuditSample(event.data.decisionId)
        ? [event.data.verdict]
        : [],
    )
    const count = (verdict: string): number => verdicts.filter((one) => one === verdict).length
    const { low, high } = confidenceSequence({ successes: count('right'), failures: count('wrong') })
    expect(high - low).toBeLessThan(0.7)
    expect(right).toBeGreaterThan(low)
    expect(right).toBeLessThan(high)
  })
})

test('given a platform on which nothing is wrong, then neither pairs nor audits sound', async () => {
  const { history } = await watchedPlatform(calm)
  expect(soundedIn(history)).toEqual([])
  expect(history.filter(({ event }) => isAudit(event)).length).toBeGreaterThan(20)
  expect(history.filter(({ event }) => isShadow(event)).length).toBeGreaterThan(20)
})
