import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../src/domain/decode.ts'
import type { IncomingEvent } from '../../src/domain/event.ts'
import type { Correction } from '../../src/replay/correction/correction.ts'
import { parseCorrection } from '../../src/replay/correction/document.ts'
import { type Replay, replay } from '../../src/replay/result/replay.ts'
import { scenarios } from '../../src/simulation/population.ts'
import { correctedRuleset, type SimulatedRuleset } from '../../src/simulation/rulesets.ts'
import type { Simulation } from '../../src/simulation/simulate.ts'
import type { GroundTruth } from '../../src/simulation/truth.ts'
import { correcting, historyOf } from '../replay/histories.ts'
import { eventsOf, type Line, simulated } from './simulated.ts'

/** Personal text is not needed to judge, and only a ledger seals it. */
const withoutWords = (line: Line): IncomingEvent => {
  const { personal: _, ...data } = line.data
  const decoded = decodeIncoming({ ...line, data })
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  return decoded.right.event
}

const replayed = (simulation: Simulation, correction: Correction): Replay =>
  replay(historyOf(eventsOf(simulation).map(withoutWords), correction), correction)

/** What the truth says was wrong: the rules, or the evidence. */
const correctionIn = ({ correction, rulesetCorrected }: GroundTruth): Correction => {
  if (rulesetCorrected !== null) return correcting(rulesetCorrected)
  const parsed = parseCorrection(JSON.stringify(correction))
  if (E.isLeft(parsed)) throw new Error(JSON.stringify(parsed.left))
  return parsed.right
}

/** What a replay found, in the words of the truth. */
const found = ({ rows, restingElsewhere }: Replay) => {
  const ids = (holds: (row: Replay['rows'][number]) => boolean): ReadonlyArray<string> =>
    rows.flatMap((row) => (holds(row) ? (row.decisionId ?? []) : [])).sort()
  return {
    putBack: ids(({ remedy }) => remedy === 'reinstate' || remedy === 'restore'),
    review: ids(({ remedy }) => remedy === 'review'),
    annul: ids(({ remedy }) => remedy === 'annul'),
    wrongful: ids(({ class: cls }) => cls === 'wrongful' || cls === 'unexplained_wrongful'),
    otherRulesets: restingElsewhere.map(({ decision }) => String(decision.data.decisionId)).sort(),
    missed: rows.flatMap((row) => (row.decisionId === null ? [row.account] : [])).sort(),
  }
}

const known = ({ truth }: Simulation): ReturnType<typeof found> => ({
  putBack: truth.putBack.flatMap(({ decisionIds }) => decisionIds).sort(),
  review: [...truth.review].sort(),
  annul: [...truth.annul].sort(),
  wrongful: [...truth.wrongful].sort(),
  otherRulesets: [...truth.otherRulesets].sort(),
  missed: [...truth.missed].sort(),
})

describe.each(scenarios.map(({ name }) => name))('given the scenario %s, when it is replayed', (name) => {
  test.each([1, 2, 3])(
    'then the replay finds what the simulator knows, no more and no less (seed %i)',
    (seed) => {
      const simulation = simulated(name, seed, 700)
      expect(found(replayed(simulation, correctionIn(simulation.truth)))).toEqual(known(simulation))
    },
  )
})

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
    const upheld = new Set(rows.flatMap((row) => (row.class === 'upheld' ? (row.decisionId ?? []) : [])))
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
