import { describe, expect, test } from 'vitest'
import { passTime } from '../../../src/app/simulate/simulated-time.ts'
import { policyTeam } from '../../../src/simulation/agents/policy-team.ts'
import { dawn, end, HOUR, MINUTE } from '../../../src/simulation/calendar.ts'
import { latePublication } from '../../../src/simulation/scenarios/late-publication.ts'
import { type Simulation, simulate } from '../../../src/simulation/simulate.ts'
import { unwrap } from '../../ledger/events.ts'
import { simulated } from '../../simulation/simulated.ts'
import { watchedLedger } from './watched-ledger.ts'

const ACCOUNTS = 300
const VERSION = '2025-04-28'

/** The wires that a platform sets off while it is simulated. */
const trippedBy = async (simulation: Simulation, isRehearsed = true) => {
  const { ledger, tripped } = watchedLedger({ isRehearsed })
  const arrivals = [...simulation.arrivals()].filter(({ type }) => type !== 'ruleset.published.v1')
  const passed = await passTime({
    ...{
      arrivals,
      ledger,
      from: dawn,
      agents: [policyTeam({ releases: simulation.releases, isCareless: false })],
    },
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  unwrap(passed)
  return tripped
}

describe.each(['calm', 'expected-tightening', 'honest-new-rule', 'spam-waves'])(
  'given the scenario %s, in which nothing is at fault',
  (name) => {
    test.each([1, 2])('then no wire is set off (seed %i)', async (seed) => {
      expect(await trippedBy(simulated(name, seed, ACCOUNTS))).toEqual([])
    })
  },
)

test('given spam waves over so many accounts that some flags are late, then no wire is set off', async () => {
  expect(await trippedBy(simulated('spam-waves', 7, 1_500))).toEqual([])
})

/** A wire that a scenario is made for, and the period in which it may be set off. */
const made = [
  ['severer-than-the-rule', 'severer_than_the_rule', '2025-04-15T07:10Z', '2025-04-15T15:00Z'],
  ['banned-again', 'banned_again', '2025-05-06T06:30Z', '2025-05-06T16:30Z'],
  ['owner-mismatch', 'owner_mismatch', '2025-05-07T08:20Z', '2025-05-07T15:00Z'],
  ['replayed-queue', 'replayed_queue', '2025-05-06T09:40Z', '2025-05-06T12:00Z'],
  ['late-publication', 'unknown_version', '2025-04-28T09:32Z', '2025-04-28T15:32Z'],
] as const

test.each(made)(
  'given the scenario %s, then it sets off %s, and nothing else',
  async (name, wire, from, to) => {
    const tripped = await trippedBy(simulated(name, 2, ACCOUNTS))
    expect(new Set(tripped.map((one) => one.wire))).toEqual(new Set([wire]))
    for (const { at } of tripped) {
      expect(at).toBeGreaterThanOrEqual(Date.parse(from))
      expect(at).toBeLessThan(Date.parse(to))
    }
  },
)

describe('given a version that the services follow before it is published', () => {
  const late = (publishedLate: number) =>
    simulate({ scenario: { ...latePublication, publishedLate }, seed: 2, accounts: ACCOUNTS })
  const isNaming = (line: string): boolean => JSON.parse(line).data.ruleset?.version === VERSION
  const followedAt = [...late(end).arrivals()].find(({ line }) => isNaming(line))?.at ?? Number.NaN

  test('when flags overtake it by a minute, then no wire is set off', async () => {
    const simulation = late(followedAt + MINUTE)
    const before = [...simulation.arrivals()].filter(
      ({ at, line }) => at < followedAt + MINUTE && isNaming(line),
    )
    expect(before.length).toBeGreaterThan(0)
    expect(await trippedBy(simulation)).toEqual([])
  })

  test('when it is published an hour later, then the wire was set off two minutes after the first', async () => {
    const [first] = await trippedBy(late(followedAt + HOUR))
    expect(first).toMatchObject({
      wire: 'unknown_version',
      value: { version: VERSION },
      at: followedAt + 2 * MINUTE,
    })
  })
})

test('given versions that nobody rehearsed, then each but the first of its ruleset sets off a wire', async () => {
  const tripped = await trippedBy(simulated('calm', 1, ACCOUNTS), false)
  expect(tripped.map(({ wire, value }) => [wire, value.version])).toEqual(
    ['2025-04-02', VERSION, '2025-05-13'].map((version) => ['unrehearsed_publication', version]),
  )
})

describe('given ten weeks of events that are taken in on one day', () => {
  const taken = async (isBackfill: boolean) => {
    const { ledger, tripped } = watchedLedger({ isRehearsed: true, isBackfill })
    const { releases, arrivals } = simulated('calm', 1, ACCOUNTS)
    ledger.setClock(end)
    for (const release of releases)
      unwrap(await ledger.publish({ kind: 'publish', release, expected: new Map(), unrehearsed: null }))
    const lines = [...arrivals()].filter(({ type }) => type !== 'ruleset.published.v1')
    unwrap(await ledger.take(lines.map(({ line }) => line)))
    return new Set(tripped.map(({ wire }) => wire))
  }

  test('when they are marked as a backfill, then no wire is set off', async () => {
    expect(await taken(true)).toEqual(new Set())
  })

  test('when they are not, then they look like a queue that is replayed', async () => {
    expect(await taken(false)).toContain('replayed_queue')
  })
})
