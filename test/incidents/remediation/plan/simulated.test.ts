import { describe, expect, test } from 'vitest'
import { suspectedFlags } from '../../../../src/incidents/remediation/plan/suspected.ts'
import { replay } from '../../../../src/replay/result/replay.ts'
import type { GroundTruth } from '../../../../src/simulation/truth.ts'
import { historyOf } from '../../../replay/histories.ts'
import { correctionIn, incomingEventsOf } from '../../../simulation/replayed.ts'
import { simulated } from '../../../simulation/simulated.ts'
import { carriedOut, named, planned } from './plans.ts'

/** What is at fault, as an incident would name it. */
const suspectsIn = ({ faulty }: GroundTruth) =>
  named(
    ...faulty.map(({ ruleset, rule, version, source, detector, detectorVersion }) =>
      JSON.parse(
        JSON.stringify({
          ...{ ruleset, rule, version, source },
          detector: detector === undefined ? undefined : { id: detector, version: detectorVersion },
        }),
      ),
    ),
  )

// In the first, a rule falls that removes nothing; in the second, reviewers confirmed what the rule was wrong about.
describe.each(['wrong-account-join', 'human-decisions'])('given the simulated incident %s', (scenario) => {
  const simulation = simulated(scenario, 1, 300)
  const { truth } = simulation
  const suspects = suspectsIn(truth)
  const events = incomingEventsOf(simulation)
  const correction = correctionIn(truth)

  test('when a plan is carried out, then no false strike is left but in evidence for what people must settle', async () => {
    const { head, accounts } = await planned(events, correction, { suspects })
    const { putBack, annul } = truth
    const asked = accounts.flatMap(({ decisions }) => decisions.map(({ decisionId }) => decisionId))
    const due = [...putBack.flatMap(({ decisionIds }) => decisionIds), ...annul]
    expect(asked.sort()).toEqual(due.sort())

    const alone = accounts.flatMap(({ flags }) => flags)
    const voided = new Set(
      accounts.flatMap(({ decisions }) => decisions.flatMap(({ flagsVoided }) => flagsVoided)),
    )
    expect(alone.filter((flagId) => voided.has(flagId))).toEqual([])
    const before = replay(historyOf(events, correction), correction, undefined, suspectedFlags(suspects))
    const waiting = new Set(
      before.toDo.flatMap(({ row, voids }) => (row.remedy === 'review' ? voids.flagIds : [])),
    )
    const isAlone = (flagId: string): boolean => !voided.has(flagId) && !waiting.has(flagId)
    expect(alone.sort()).toEqual(truth.falseStrikes.filter(isAlone).sort())
    expect(alone.length + waiting.size).toBeGreaterThan(0)
    expect(head.counts.flags).toBe(alone.length)

    const carried = carriedOut(accounts, (historyOf(events, correction).end ?? 0) + 1)
    const after = historyOf([...events, ...carried], correction)
    const again = replay(after, correction, undefined, suspectedFlags(suspects))
    expect(again.falseStrikes.filter(({ flagId }) => !waiting.has(flagId))).toEqual([])
    expect(again.toDo.filter(({ row }) => row.remedy !== 'review')).toEqual([])
  })
})
