import { noMistakes, type Scenario } from '../persona.ts'
import { banEvasion } from './ban-evasion.ts'
import { brokenPromises } from './broken-promises.ts'
import { detectorGoneBad } from './detector-gone-bad.ts'
import { expiredStrikes } from './expired-strikes.ts'
import { humanDecisions } from './human-decisions.ts'
import { missingSignals } from './missing-signals.ts'
import { pipelineFault } from './pipeline-fault.ts'
import { retiredRule } from './retired-rule.ts'
import { thresholdTypo } from './threshold-typo.ts'

/** The ways in which enforcement goes wrong, one scenario each. */
export const faults: ReadonlyArray<Scenario> = [
  thresholdTypo,
  detectorGoneBad,
  pipelineFault,
  expiredStrikes,
  missingSignals,
  banEvasion,
  humanDecisions,
  retiredRule,
  brokenPromises,
]

/** The threshold incident is the largest of them; the others run alongside it. */
const part = (scenario: Scenario): number => (scenario === thresholdTypo ? 0.45 : 0.12)

/** All of them in one history, on different accounts, and one corrected ruleset that fixes everything at once. */
export const mixed: Scenario = {
  name: 'mixed',
  says: 'all of the above in one history, each on its own accounts',
  mistakes: faults.reduce(
    (all, { mistakes }) => ({
      typo: all.typo || mistakes.typo,
      badModel: all.badModel || mistakes.badModel,
      patternRule: all.patternRule || mistakes.patternRule,
    }),
    noMistakes,
  ),
  faulty: [...new Set(faults.flatMap(({ faulty }) => faulty))],
  personas: faults.flatMap((scenario) =>
    scenario.personas.map((persona) => ({ ...persona, share: persona.share * part(scenario) })),
  ),
}
