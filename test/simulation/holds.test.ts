import { describe, expect, test } from 'vitest'
import type { HoldKey } from '../../src/domain/suspect.ts'
import { parseInstant } from '../../src/domain/time.ts'
import { incident } from '../../src/simulation/rulesets.ts'
import { type Simulation, simulate } from '../../src/simulation/simulate.ts'
import { correctionIn, found, known, replayed } from './replayed.ts'
import { eventsOf, type Line, scenarioNamed, simulated } from './simulated.ts'

const HOUR = 3_600_000
const at = ({ time }: Line): number => parseInstant(time) ?? Number.NaN

/** A scenario whose services are asked not to act on something. */
const held = (
  name: string,
  key: object,
  { since = 0, liftedAt = null }: { readonly since?: number; readonly liftedAt?: number | null } = {},
): Simulation => {
  const lifted = liftedAt === null ? null : { at: liftedAt }
  // Cast: ids without their brands.
  const holds = [{ key: key as HoldKey, since, lifted }]
  return simulate({ scenario: scenarioNamed(name), seed: 6, accounts: 500, holds })
}

const isDecision = ({ type }: Line): boolean =>
  type === 'account.deactivated.v1' || type === 'content.removed.v1'
const isMachines = ({ data }: Line): boolean => !JSON.stringify(data.decidedBy).includes('"human"')

/** The machines' decisions with a ground of a rule, by when they were made. */
const restingOn = (events: ReadonlyArray<Line>, rule: string): ReadonlyArray<number> => {
  const flags = new Set(
    events.flatMap(({ type, data }) =>
      type === 'flag.raised.v1' && JSON.stringify(data.rule) === `{"id":"${rule}"}` ? [data.flagId] : [],
    ),
  )
  const rests = ({ data }: Line): boolean =>
    Array.isArray(data.grounds) && data.grounds.some((flag) => flags.has(flag))
  return events.filter((event) => isDecision(event) && isMachines(event) && rests(event)).map(at)
}
const flagsOf = (events: ReadonlyArray<Line>, rule: string): number =>
  events.filter(({ type, data }) => type === 'flag.raised.v1' && JSON.stringify(data).includes(`"${rule}"`))
    .length

describe('given services that are asked not to act on a rule', () => {
  const since = incident.from + 6 * HOUR
  const simulation = held('threshold-typo', { rule: 'adult.explicit', version: '2025-04-28' }, { since })
  const events = eventsOf(simulation)
  const without = simulated('threshold-typo', 6, 500)

  test('then flags go on, and no machine decides on them from then on', () => {
    const decided = restingOn(events, 'adult.explicit')
    const flagged = flagsOf(events, 'adult.explicit')
    expect(flagged).toBeGreaterThan(0.8 * flagsOf(eventsOf(without), 'adult.explicit'))
    const isHeld = (moment: number): boolean => moment >= since && moment < incident.to
    expect(decided.filter(isHeld)).toEqual([])
    expect(restingOn(eventsOf(without), 'adult.explicit').filter(isHeld).length).toBeGreaterThan(20)
  })

  test('then most of the wrongful decisions are spared', () => {
    expect(simulation.truth.wrongful.length).toBeLessThan(0.3 * without.truth.wrongful.length)
  })

  test('when they are asked no more, then they act again', () => {
    const liftedAt = since + 72 * HOUR
    const decided = restingOn(
      eventsOf(held('threshold-typo', { rule: 'adult.explicit' }, { since, liftedAt })),
      'adult.explicit',
    )
    expect(decided.filter((moment) => moment >= since && moment < liftedAt)).toEqual([])
    expect(decided.filter((moment) => moment >= liftedAt).length).toBeGreaterThan(5)
  })
})

describe('given services that are asked not to act on a version of a detector, or not to decide', () => {
  test('then flags of that version lead to nothing', () => {
    const detector = { id: 'nudity-net', version: '7.3.0' }
    const { truth } = held('detector-gone-bad', { detector })
    expect(truth.wrongful).toEqual([])
    expect(simulated('detector-gone-bad', 6, 500).truth.wrongful.length).toBeGreaterThan(20)
  })

  test('then that service decides nothing', () => {
    const events = eventsOf(held('mixed', { decidedBy: { kind: 'rule', id: 'deactivation-service' } }))
    const deciders = new Set(events.filter(isDecision).map(({ data }) => JSON.stringify(data.decidedBy)))
    expect([...deciders].filter((by) => by.includes('deactivation-service'))).toEqual([])
    expect([...deciders].some((by) => by.includes('removal-service'))).toBe(true)
  })
})

test.each([
  ['threshold-typo', { rule: 'adult.explicit' }],
  ['mixed', { rule: 'adult.explicit', version: '2025-04-28' }],
  ['pipeline-fault', { decidedBy: { kind: 'rule', id: 'deactivation-service' } }],
  ['detector-rescored', { detector: { id: 'nudity-net' } }],
])(
  'given a hold in the scenario %s, when it is replayed, then the replay finds what the simulator knows',
  (name, key) => {
    const simulation = held(name, key, { since: Date.UTC(2025, 3, 1), liftedAt: Date.UTC(2025, 4, 5) })
    expect(found(replayed(simulation, correctionIn(simulation.truth)))).toEqual(known(simulation))
  },
)
