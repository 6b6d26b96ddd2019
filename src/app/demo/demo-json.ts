import { formatInstant } from '../../domain/time.ts'
import { alarmJson } from '../alarm/alarm-json.ts'
import { refusalJson } from '../simulate/refusal-json.ts'
import { trippedJson } from '../tripwires/tripped-json.ts'
import type { Demo, DemoOptions } from './demo.ts'
import type { IncidentReplay } from './incident.ts'
import { rescoredOutcome } from './rescored.ts'
import type { Sounded } from './sounded.ts'

/** A demo as JSON. */
export const demoJson = (
  { story, sounded, rescored, files, ...first }: Demo,
  { accounts }: Pick<DemoOptions, 'accounts'>,
): Readonly<Record<string, unknown>> => ({
  ...scoreJson(first),
  accounts,
  ...foundJson(first),
  alarms: soundedJson(sounded),
  account: story?.accountId ?? null,
  rescored: {
    ...scoreJson(rescored),
    accounts: rescored.accounts,
    ...foundJson(rescored),
    outcome: rescoredOutcome(rescored.result),
  },
  files,
})

const soundedJson = ({ alarms, falseAlarms, wrongful, spared }: Sounded) => ({
  first: alarms.map(({ alarm, firstWrongful, before, spared: later }) => ({
    ...alarmJson(alarm),
    firstWrongfulAt: formatInstant(firstWrongful),
    wrongfulBefore: before,
    sparedByHold: later,
  })),
  falseAlarms: falseAlarms.map(alarmJson),
  wrongful,
  sparedByHolds: spared,
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
