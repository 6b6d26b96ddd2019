import { describe, expect, test } from 'vitest'
import { parseInstant } from '../../src/domain/time.ts'
import { isHarmless, scenarios } from '../../src/simulation/population.ts'
import type { GroundTruth } from '../../src/simulation/truth.ts'
import { eventsOf, type Line, scenarioNamed, simulated } from './simulated.ts'

const at = (time: string): number => parseInstant(time) ?? Number.NaN

/** Enough accounts that a fifth of most personas is more than one. */
const WHOLE = 1000

const isDecision = (type: string): boolean =>
  type === 'account.deactivated.v1' || type === 'content.removed.v1'

/** The events that name what is at fault, while it is. */
const naming = (
  events: ReadonlyArray<Line>,
  { from, to, ...names }: (typeof scenarios)[number]['faulty'][number],
): ReadonlyArray<Line> =>
  events.filter(({ source, time, data }) => {
    const { detector, decidedBy, rule, ruleset } = data as Readonly<Record<string, Record<string, unknown>>>
    const said = {
      source,
      ruleset: ruleset?.id,
      version: ruleset?.version,
      rule: rule?.id,
      detector: detector?.id,
      detectorVersion: detector?.version,
      decidedBy: decidedBy?.id,
    }
    const named = Object.entries(names).every(([name, value]) => said[name as keyof typeof said] === value)
    return named && at(time) >= at(from) && (to === null || at(time) < at(to))
  })

const owedBy = ({ wrongful, review }: GroundTruth): number => wrongful.length + review.length

describe.each(scenarios.map(({ name }) => name))('given the scenario %s', (name) => {
  const simulation = simulated(name, 8, 400)
  const events = eventsOf(simulation)
  const { truth } = simulation

  test('then events name what the truth says is at fault, while it is', () => {
    for (const faulty of truth.faulty) {
      if (faulty.source === '/services/enforcement') continue // what is wrong is what it does not do
      expect(naming(events, faulty).length, JSON.stringify(faulty)).toBeGreaterThan(0)
    }
  })

  test('then no decision was wrong before anything was at fault, and none if it is harmless', () => {
    const decided = new Map(
      events.flatMap(({ type, time, data }) => (isDecision(type) ? [[data.decisionId, at(time)]] : [])),
    )
    const first = Math.min(...truth.faulty.map(({ from }) => at(from)))
    for (const id of truth.wrongful) expect(decided.get(id)).toBeGreaterThanOrEqual(first)
    expect(owedBy(truth) > 0).toBe(!isHarmless(scenarioNamed(name)))
  })

  test('then a fault share of a fifth leaves about a fifth of it, at as many accounts', () => {
    const thinned = simulated(name, 8, WHOLE, 0.2).truth
    const whole = simulated(name, 8, WHOLE).truth
    expect(thinned).toMatchObject({ accounts: WHOLE, faultShare: 0.2, faulty: truth.faulty })
    expect(owedBy(thinned)).toBeLessThanOrEqual(Math.ceil(owedBy(whole) * 0.4))
    if (!isHarmless(scenarioNamed(name))) expect(owedBy(thinned)).toBeGreaterThan(0)
    for (const persona of scenarioNamed(name).personas) {
      const [few, all] = [thinned.personas[persona.name] ?? 0, whole.personas[persona.name] ?? 0]
      expect(few).toBe(Math.max(1, Math.floor((WHOLE * persona.share * 0.2) / (1000 * persona.accounts))))
      expect(few).toBeLessThanOrEqual(all)
    }
  })
})

describe('given the scenarios in which no decision is wrong, then each has what is in its name', () => {
  const of = (name: string, type: string): ReadonlyArray<Line> =>
    eventsOf(simulated(name, 4, 600)).filter((event) => event.type === type)
  const conditions = (name: string) =>
    of(name, 'ruleset.published.v1').map(({ data }) => JSON.stringify(data.document))

  test('expected-tightening: near misses before, and flags of the same scores since', () => {
    expect(conditions('expected-tightening').filter((text) => text.includes('>= 0.93'))).toHaveLength(2)
    const near = (line: Line): boolean => {
      const { adult_score } = line.data.signals as Readonly<Record<string, number | undefined>>
      return adult_score !== undefined && adult_score >= 0.93 && adult_score < 0.97
    }
    const flags = of('expected-tightening', 'flag.raised.v1').filter(near)
    const evaluated = of('expected-tightening', 'content.evaluated.v1').filter(near)
    expect(flags.length).toBeGreaterThan(10)
    expect(flags.every(({ time }) => time >= '2025-04-28T09:30')).toBe(true)
    expect(evaluated.some(({ time }) => time < '2025-04-28T09:30')).toBe(true)
  })

  test('honest-new-rule: what it reads was recorded for a week before', () => {
    expect(conditions('honest-new-rule').filter((text) => text.includes('spam.redirects'))).toHaveLength(2)
    const flags = of('honest-new-rule', 'flag.raised.v1').filter(({ data }) =>
      JSON.stringify(data.rule).includes('spam.redirects'),
    )
    const evaluated = of('honest-new-rule', 'content.evaluated.v1').filter(
      ({ data, time }) => /"redirects":[3-9]/.test(JSON.stringify(data)) && time < '2025-04-28T09:30',
    )
    expect(flags.length).toBeGreaterThan(5)
    expect(evaluated.length).toBeGreaterThan(5)
  })

  test('late-publication: flags under a version that is not published yet', () => {
    const [published] = of('late-publication', 'ruleset.published.v1').filter(({ data }) =>
      JSON.stringify(data.ruleset).includes('2025-04-28'),
    )
    const before = of('late-publication', 'flag.raised.v1').filter(
      ({ time, data }) =>
        JSON.stringify(data.ruleset)?.includes('2025-04-28') === true && at(time) < at(published?.time ?? ''),
    )
    expect(published?.time).toBe('2025-04-28T15:30:00.000Z')
    expect(before.length).toBeGreaterThan(5)
  })

  test('spam-waves: within an hour, more bans than in a usual week', () => {
    const bans = of('spam-waves', 'account.deactivated.v1').map(({ time }) => time)
    const wave = bans.filter((time) => time >= '2025-04-30T22:45' && time < '2025-05-01T00:00').length
    const week = of('calm', 'account.deactivated.v1').length / 10
    expect(wave).toBeGreaterThan(week)
  })

  test('calm: the version of April 28 has the rules of the one before', () => {
    const [, before, since] = of('calm', 'ruleset.published.v1')
      .map(({ data }) => data.document as Readonly<Record<string, unknown>>)
      .filter(({ ruleset }) => ruleset === 'community-guidelines')
    expect(since).toEqual({ ...before, version: '2025-04-28' })
  })
})

test('given any scenario, then a flag names the flagged account as the owner of its content, but in owner-mismatch', () => {
  for (const { name } of scenarios) {
    const flags = eventsOf(simulated(name, 8, 250)).filter(({ type }) => type === 'flag.raised.v1')
    const owned = flags.flatMap(({ subject, time, data }) => {
      const { content } = data as { readonly content?: { readonly owner?: string } }
      return content === undefined ? [] : [{ of: content.owner, subject, time }]
    })
    expect(owned.length).toBeGreaterThan(10)
    const others = owned.filter(({ of, subject }) => of !== subject)
    expect(others.length > 0).toBe(name === 'owner-mismatch')
    for (const { of, time } of others) {
      expect(of).toMatch(/^u/)
      expect(time >= '2025-05-07T08:20' && time < '2025-05-07T14:50').toBe(true)
    }
  }
})

test('given a queue that is played back, then flags arrive more than a week after they happened, within two hours', () => {
  const simulation = simulated('replayed-queue', 4, 600)
  const copies = new Set(simulation.truth.correction?.withdrawals.flatMap(({ flags = [] }) => flags))
  const first = new Map<string, { readonly at: number; readonly time: number }>()
  for (const { at: arrivedAt, type, line } of simulation.arrivals()) {
    const { time, data } = JSON.parse(line)
    if (type === 'flag.raised.v1' && copies.has(data.flagId) && !first.has(data.flagId)) {
      first.set(data.flagId, { at: arrivedAt, time: at(time) })
    }
  }
  const found = [...first.values()].toSorted((a, b) => a.at - b.at)
  expect(found).toHaveLength(copies.size)
  expect(copies.size).toBeGreaterThan(20)
  for (const copy of found) expect(copy.at - copy.time).toBeGreaterThan(7 * 86_400_000)
  const within = found.filter((copy) => copy.at < at('2025-05-06T12:00:00Z')).length
  expect(within / found.length).toBeGreaterThan(0.9)
})
