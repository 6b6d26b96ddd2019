import type { PublishedType } from '../domain/event.ts'
import type { HoldSpan } from '../domain/hold.ts'
import { openAccount, type Person, type Publish, type SimulatedAccount } from './account.ts'
import { dawn, end, formatTime, HOUR } from './calendar.ts'
import { correctionOf } from './corrections.ts'
import { type Delivery, deliveriesOf, traceparent } from './delivery.ts'
import { lineOf, type SimulatedEvent } from './line.ts'
import type { Scenario, Stage } from './persona.ts'
import { policies as usualPolicies } from './policies.ts'
import { type CastMember, castOf } from './population.ts'
import { hex8, mix32, type Random, randomFrom } from './random.ts'
import { correctedRuleset, releases, type SimulatedRelease } from './rulesets.ts'
import { evaluate } from './services/detection.ts'
import { services } from './services/directory.ts'
import { type GroundTruth, settleAccount, truthSoFar } from './truth.ts'
import { type Language, themes } from './words/themes.ts'

export type SimulationOptions = {
  readonly scenario: Scenario
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number
  /** At least `leastAccounts`. */
  readonly accounts: number
  /** How many of the accounts that the scenario is about there are, from 0 to 1; absent: 1, all of them. */
  readonly faultShare?: number
  /** Whether retired versions of detectors go on looking at some of the content; absent: they do not. */
  readonly paired?: boolean
  /** What the services are asked not to act on while flags go on; absent: nothing. */
  readonly holds?: ReadonlyArray<HoldSpan>
}

/** A message as it arrives; `at` in ms since the epoch. */
export type Arrival = {
  readonly at: number
  readonly type: PublishedType
  /** A CloudEvent in JSON structured mode, on one line. */
  readonly line: string
}

/** A simulated platform: its events in the order of delivery, and the ground truth about them. */
export type Simulation = {
  readonly truth: GroundTruth
  /** The rulesets that the platform publishes, in the order of publication; arrivals contain them too. */
  readonly releases: ReadonlyArray<SimulatedRelease>
  /** What services were asked not to act on. */
  readonly holds: ReadonlyArray<HoldSpan>
  /** How many arrivals there are. */
  readonly lineCount: number
  /** The same at every call. */
  readonly arrivals: () => Iterable<Arrival>
  /** The lines of the arrivals, without the line ends: NDJSON. */
  readonly lines: () => Iterable<string>
}

/** How many lines are held in memory at a time. */
const LINES_AT_A_TIME = 100_000

/**
 * Simulates ten weeks of a platform. The same options give the same bytes on any machine.
 *
 * Every account's story runs to its end before the next one, but lines are needed in the order of delivery. So the
 * stories run several times: once to count and to learn the truth, and once for each period, of which only its own
 * lines are kept. That bounds the memory whatever the number of accounts.
 */
export const simulate = (options: SimulationOptions): Simulation => {
  const { scenario, seed, accounts, faultShare = 1, paired = false } = options
  const { mistakes, wrongEvidence, policies } = scenario
  const cast = castOf(scenario, accounts, faultShare)
  const lists = truthSoFar()
  const listed = new Map<string, Array<string>>()
  const linesByHour: Array<number> = []
  let events = 0
  let late = 0
  const settle = (account: SimulatedAccount, fault: string | null): void => {
    settleAccount(account, fault, lists)
    for (const { id, listedIn } of account.flags) {
      if (listedIn === null) continue
      const ids = listed.get(listedIn)
      if (ids === undefined) listed.set(listedIn, [id])
      else ids.push(id)
    }
  }
  runStories(options, cast, settle, (event, deliveries) => {
    events++
    for (const { at } of deliveries) {
      const hour = Math.floor((at - dawn) / HOUR)
      linesByHour[hour] = (linesByHour[hour] ?? 0) + 1
    }
    if ((deliveries[0]?.at ?? 0) - event.at > HOUR) late++
  })
  let lineCount = 0
  for (const count of linesByHour) lineCount += count ?? 0

  const arrivals = function* (): Generator<Arrival> {
    for (const { from, to } of stretches(linesByHour)) {
      const kept: Array<Arrival> = []
      runStories(options, cast, null, (event, deliveries) => {
        for (const { at, trace } of deliveries) {
          if (at >= from && at < to)
            kept.push({
              at,
              type: event.type,
              line: lineOf(event, trace === null ? null : traceparent(trace)),
            })
        }
      })
      kept.sort((a, b) => a.at - b.at) // stable: what arrives at one instant stays in the order of the stories
      yield* kept
    }
  }
  const lines = function* (): Generator<string> {
    for (const { line } of arrivals()) yield line
  }
  const truth: GroundTruth = {
    scenario: scenario.name,
    ...{ seed, accounts, faultShare, paired },
    faulty: scenario.faulty,
    events,
    duplicates: lineCount - events,
    late,
    rulesetCorrected: wrongEvidence === undefined ? correctedRuleset(mistakes, policies) : null,
    correction: wrongEvidence === undefined ? null : correctionOf(scenario.name, wrongEvidence, listed),
    ...lists,
    personas: Object.fromEntries(cast.map(({ persona, times }) => [persona.name, times])),
  }
  const published = releases(scenario).toSorted((a, b) => a.publishedAt - b.publishedAt)
  return { truth, releases: published, holds: options.holds ?? [], lineCount, arrivals, lines }
}

/** Periods of whole hours, [from, to), each with about as many lines as may be held. */
const stretches = (linesByHour: ReadonlyArray<number>): ReadonlyArray<{ from: number; to: number }> => {
  const found: Array<{ from: number; to: number }> = []
  let from = 0
  let held = 0
  for (let hour = 0; hour < linesByHour.length; hour++) {
    held += linesByHour[hour] ?? 0
    if (held >= LINES_AT_A_TIME || hour === linesByHour.length - 1) {
      found.push({ from: dawn + from * HOUR, to: dawn + (hour + 1) * HOUR })
      from = hour + 1
      held = 0
    }
  }
  return found
}

/** Runs every story from the beginning, always in the same order; `settle` is given the accounts of each when it ends. */
const runStories = (
  { seed, scenario, paired = false, holds = [] }: SimulationOptions,
  cast: ReadonlyArray<CastMember>,
  settle: ((account: SimulatedAccount, fault: string | null) => void) | null,
  happen: (event: SimulatedEvent, deliveries: ReadonlyArray<Delivery>) => void,
): void => {
  const salt = mix32(seed ^ 0x51ed270b)
  const { change = null, policies = usualPolicies } = scenario
  const rules = { change, policies, holds }
  let stories = 0
  let opened = 0

  const publisher = (random: Random, name: string): Publish => {
    let published = 0
    return (subject, service, type, at, data, sentAt = at) => {
      published++
      const deliveries = deliveriesOf(random, sentAt)
      happen({ id: `${name}-${published}`, service, type, subject, at, data }, deliveries)
    }
  }
  const nameOf = (story: number): string => hex8(mix32(story ^ salt))
  const publisherOf = (story: number): Publish =>
    publisher(randomFrom(seed, mix32(story) ^ 0x5bd1e995), nameOf(story))
  /** With random numbers of its own: without it, everything else happens alike. */
  const onlookerOf = (story: number): SimulatedAccount['onlooker'] => {
    if (!paired) return null
    const random = randomFrom(seed, mix32(story) ^ 0x2545f491)
    return { random, publish: publisher(random, `${nameOf(story)}-o`) }
  }

  const platform = publisherOf(stories++)
  for (const { publishedAt, effectiveFrom, document } of releases(scenario)) {
    const { ruleset: id, version } = document
    platform(id, services.policy, 'ruleset.published.v1', publishedAt, {
      ruleset: { id, version },
      effectiveFrom: formatTime('milliseconds', effectiveFrom),
      document,
    })
  }
  const closing = randomFrom(seed, 0)
  evaluate(
    openAccount(opened++, salt, closing, { publish: platform, onlooker: null, ...rules }, someone(closing)),
    end,
  )

  for (const { persona, times, fault } of cast) {
    for (let turn = 0; turn < times; turn++) {
      const story = stories++
      const random = randomFrom(seed, mix32(story))
      const platformOf = { publish: publisherOf(story), onlooker: onlookerOf(story), ...rules }
      const accounts: Array<SimulatedAccount> = []
      const open: Stage['open'] = (person) => {
        if (accounts.length === persona.accounts)
          throw new RangeError(`${persona.name} opens too many accounts`)
        const account = openAccount(opened++, salt, random, platformOf, { ...someone(random), ...person })
        accounts.push(account)
        return account
      }
      persona.play({ random, turn, open })
      if (settle !== null) for (const account of accounts) settle(account, fault)
    }
  }
}

const LANGUAGES: ReadonlyArray<Language> = ['en', 'en', 'en', 'en', 'en', 'de', 'fr', 'es', 'pt', 'ja']

const someone = (random: Random): Person => ({
  language: random.pick(LANGUAGES),
  theme: random.pick(themes),
  age: random.between(40, 4000),
})
