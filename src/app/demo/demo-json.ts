import { refusalJson } from '../simulate/refusal-json.ts'
import { trippedJson } from '../tripwires/tripped-json.ts'
import type { Demo, DemoOptions } from './demo.ts'
import type { IncidentReplay } from './incident.ts'
import { rescoredOutcome } from './rescored.ts'

/** A demo as JSON. */
export const demoJson = (
  { story, rescored, files, ...first }: Demo,
  { accounts }: Pick<DemoOptions, 'accounts'>,
): Readonly<Record<string, unknown>> => ({
  ...scoreJson(first),
  accounts,
  ...foundJson(first),
  account: story?.accountId ?? null,
  rescored: {
    ...scoreJson(rescored),
    accounts: rescored.accounts,
    ...foundJson(rescored),
    outcome: rescoredOutcome(rescored.result),
  },
  files,
})

const scoreJson = ({ score }: IncidentReplay) => ({
  precision: score.precision,
  recall: score.recall,
  decisionsPutBack: { found: score.found, right: score.right, truth: score.truth },
})

const foundJson = ({ recorded: { tally, refusals, tripped }, summary, result }: IncidentReplay) => ({
  events: { accepted: tally.accepted, duplicate: tally.duplicate, rejected: tally.rejected },
  refusals: refusals.map(refusalJson),
  tripwires: tripped.map(trippedJson),
  summary,
  blame: result.blame,
})
