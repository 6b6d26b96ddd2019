import { describe, expect, test } from 'vitest'
import { isHarmless, scenarios } from '../../src/simulation/population.ts'
import { correctedRuleset, type SimulatedRuleset } from '../../src/simulation/rulesets.ts'
import { correcting } from '../replay/histories.ts'
import { correctionIn, found, known, replayed } from './replayed.ts'
import { simulated } from './simulated.ts'

describe.each(scenarios)('given the scenario $name, when it is replayed', (scenario) => {
  test.each(isHarmless(scenario) ? [1] : [1, 2, 3])(
    'then the replay finds what the simulator knows, no more and no less (seed %i)',
    (seed) => {
      const simulation = simulated(scenario.name, seed, 700)
      expect(found(replayed(simulation, correctionIn(simulation.truth)))).toEqual(known(simulation))
    },
  )
})

/** Nobody doubts which flags came from the playback, or whose content was flagged. */
const NOTHING_IS_UNCLEAR = new Set(['replayed-queue', 'owner-mismatch'])
const NOTHING_WAITS = new Set([...NOTHING_IS_UNCLEAR, 'vendor-error'])

const ofWrongEvidence = scenarios.filter(
  (scenario) => scenario.wrongEvidence !== undefined && !isHarmless(scenario),
)

describe.each(ofWrongEvidence.map(({ name }) => name))(
  'given the scenario %s, whose evidence was wrong, when it is replayed',
  (name) => {
    const simulation = simulated(name, 4, 700)
    const { truth } = simulation
    const { rows, rescore } = replayed(simulation, correctionIn(truth))
    const rowOf = new Map(rows.all().map((row) => [row.decisionId, row]))

    test('then the decisions that wait for a rescoring are those that the simulator knows', () => {
      const waiting = truth.awaitingRescoring.map((id) => rowOf.get(id))
      expect(rescore.waiting).toBe(waiting.length)
      expect(waiting.length > 0).toBe(!NOTHING_WAITS.has(name))
      expect([...new Set(rescore.requests.map(({ account }) => account))].sort()).toEqual(
        [...new Set(waiting.map((row) => row?.account))].sort(),
      )
      expect(new Set(waiting.map((row) => row?.class))).toEqual(
        new Set(waiting.length === 0 ? [] : ['indeterminate']),
      )
    })

    test('then of the bans on what is withdrawn or rescored, some were wrong, some right, and some wait', () => {
      const classes = rows
        .all()
        .flatMap(({ facts, kind, class: cls }) =>
          kind === 'deactivation' &&
          (facts.includes('evidence_withdrawn') || facts.includes('evidence_rescored'))
            ? [cls]
            : [],
        )
      expect(classes).toEqual(
        expect.arrayContaining([
          'wrongful',
          'upheld',
          ...(NOTHING_IS_UNCLEAR.has(name) ? [] : ['indeterminate']),
        ]),
      )
    })
  },
)

test('given the mistyped version as the corrected one, when it is replayed, then none of its faults are found', () => {
  const simulation = simulated('threshold-typo', 1, 700)
  const corrected = correctedRuleset({ typo: true, badModel: false, patternRule: false })
  const asItWas: SimulatedRuleset = {
    ...corrected,
    rules: corrected.rules.map((rule) =>
      rule.id === 'adult.explicit' ? { ...rule, when: 'signals.adult_score >= 0.67' } : rule,
    ),
  }
  expect(known(simulation).wrongful.length).toBeGreaterThan(0)
  expect(found(replayed(simulation, correcting(asItWas))).wrongful).toEqual([])
})

describe('given a model that went bad, and the fixed version that looked again', () => {
  const simulation = simulated('detector-rescored', 1, 700)
  const truth = known(simulation)

  test('when the bad version is excluded by the rules, then the guilty are put back with the innocent', () => {
    const excluded = correcting(correctedRuleset({ typo: false, badModel: true, patternRule: false }))
    const { putBack } = found(replayed(simulation, excluded))
    const { rows } = replayed(simulation, correctionIn(simulation.truth))
    const upheld = new Set(
      rows.all().flatMap((row) => (row.class === 'upheld' ? (row.decisionId ?? []) : [])),
    )
    expect(putBack).toEqual(expect.arrayContaining([...truth.putBack]))
    expect(putBack.filter((id) => upheld.has(id)).length).toBeGreaterThan(10)
  })

  test('when its rescorings are ignored, then nobody is put back, and people must review all of them', () => {
    const corrected = correctionIn(simulation.truth)
    const { putBack, review } = found(replayed(simulation, { ...corrected, rescored: 'ignore' }))
    expect(truth.putBack.length).toBeGreaterThan(10)
    expect(putBack).toEqual([])
    expect(review).toEqual(expect.arrayContaining([...truth.putBack, ...truth.review]))
  })
})
