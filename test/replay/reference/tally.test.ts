import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PlacedFlag } from '../../../src/replay/model/history.ts'
import { versionFor } from '../../../src/replay/model/versions.ts'
import { flagsInEvidence, isOnContent } from '../../../src/replay/reference/evidence.ts'
import { isBlamed } from '../../../src/replay/reference/fallen.ts'
import type { Judgement } from '../../../src/replay/reference/judge.ts'
import { type Findings, judgeHistory } from '../../../src/replay/reference/judge-history.ts'
import { readCorrectedFor } from '../../../src/replay/reference/judging-context.ts'
import type { Read } from '../../../src/replay/reference/reading.ts'
import { sumPolicies, verdictOfPolicies } from '../../../src/replay/reference/verdict.ts'
import type { Ruleset } from '../../../src/rulesets/ruleset.ts'
import { correctionOf } from '../corrections.ts'
import { histories, historyOf } from '../histories.ts'

/** The flags in evidence for a decision, and the sums over them, regardless of any other decision. */
const alone = ({ decision, evidence }: Judgement, { context }: Findings, ruleset: Ruleset, read: Read) => {
  const flags = flagsInEvidence(decision, evidence, context.history)
  const sums = sumPolicies(ruleset.policies, { evidence, flags, read, moment: decision.place })
  return { flags, sums }
}

const idsOf = (flags: Iterable<PlacedFlag>): ReadonlyArray<string> =>
  [...new Set(flags)].map(({ data }) => data.flagId).sort()

test('given any history, a decision is judged the same alone as together with others, and so are its fallen flags', () => {
  const seen = { deactivations: 0, removals: 0, fallen: 0 }
  fc.assert(
    fc.property(histories, ({ events, ...given }) => {
      const correction = correctionOf(given.correction)
      const findings = judgeHistory(historyOf(events, correction), correction)
      const { context, byDecision } = findings
      for (const judgement of byDecision.values()) {
        const { decision } = judgement
        const own = versionFor(decision, context.versions)
        if (decision.data.decidedBy.kind === 'human' || own === undefined) continue
        const read = context.readOfTheDay(own)
        const readCorrected = readCorrectedFor(context, decision)
        const ofTheDay = alone(judgement, findings, own, read)
        if (decision.kind === 'deactivation') {
          seen.deactivations++
          expect(judgement.original).toEqual(verdictOfPolicies(ofTheDay.sums))
          const { sums } = alone(
            judgement,
            findings,
            context.corrected.rulesetFor(decision) ?? own,
            readCorrected,
          )
          expect(judgement.corrected).toEqual(verdictOfPolicies(sums))
        } else seen.removals++
        const carrying =
          decision.kind === 'deactivation'
            ? ofTheDay.sums
                .filter(({ acts }) => acts === 'true')
                .flatMap(({ counted }) => counted.map(({ flag }) => flag))
            : ofTheDay.flags.filter(
                (flag) =>
                  isOnContent(flag, decision) &&
                  (read(flag).rule?.removesContent === true ||
                    (flag.data.detector.kind === 'human' &&
                      decision.data.grounds.includes(flag.data.flagId))),
              )
        const fell =
          isBlamed(judgement) && judgement.original.verdict === 'act'
            ? carrying.filter((flag) => read(flag).truth === 'true' && readCorrected(flag).truth !== 'true')
            : []
        seen.fallen += fell.length
        expect(idsOf(judgement.fallen)).toEqual(idsOf(fell))
      }
    }),
    { numRuns: 400 },
  )
  // About 1,400, 340 and 80 are expected.
  expect(Math.min(seen.deactivations, seen.removals, seen.fallen)).toBeGreaterThan(10)
})
