import type { SimulatedAccount, SimulatedFlag } from '../account.ts'
import { atTime, DAY, HOUR, MINUTE, period, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario, type Stage } from '../persona.ts'
import { enforce, latency } from '../services/deactivation.ts'
import { raise } from '../services/detection.ts'
import { services } from '../services/directory.ts'
import { findings, type SimulatedFinding } from '../services/findings.ts'

/** When the scanner's queue was played back from weeks before, each finding under a new id. */
const playback = { from: atTime('2025-05-06T09:40:00Z'), to: atTime('2025-05-06T11:40:00Z') }
/** What it contained. */
const queued = { from: atTime('2025-04-12T00:00:00Z'), to: atTime('2025-04-26T00:00:00Z') }

/** The flags that came from the playback. */
const COPIES = 'played-back'

/** An account's only finding of the weeks in the queue, and the instant at which it comes again. */
const foundOnce = ({
  random,
  open,
}: Stage): { account: SimulatedAccount; flag: SimulatedFlag; finding: SimulatedFinding; again: number } => {
  const account = open()
  const at = wakingMoment(random, queued.from, queued.to - HOUR, account.zone)
  browse(account, random.below(10), queued.from - 30 * DAY, at)
  const finding = findings.explicit(random)
  return {
    account,
    finding,
    flag: caught(account, at, finding),
    again: random.between(playback.from, playback.to - 10 * MINUTE),
  }
}

/** The same finding again, under a new id and with its old time. */
const playBack = (
  account: SimulatedAccount,
  flag: SimulatedFlag,
  finding: SimulatedFinding,
  sentAt: number,
): void => {
  if (flag.content === null) throw new Error('the scanner finds things in content')
  raise(
    account,
    flag.at,
    { ...finding, standing: 'falls', listedIn: COPIES },
    { content: flag.content, sentAt },
  )
}

/** One strike of long ago was counted as two. */
const counted: Persona = {
  name: 'counted-again',
  accounts: 1,
  share: 40,
  play: (stage) => {
    const { account, flag, finding, again } = foundOnce(stage)
    playBack(account, flag, finding, again)
    liveWith(account, enforce(account, again + latency(account)), stage.random.below(8))
  },
}

/** The same, and a new finding, which is enough without the copy. */
const guilty: Persona = {
  name: 'counted-again-and-guilty',
  accounts: 1,
  share: 20,
  play: (stage) => {
    const { random } = stage
    const { account, flag, finding, again } = foundOnce(stage)
    caught(account, again - random.between(1, 5) * MINUTE, findings.repeatPin(random))
    playBack(account, flag, finding, again)
    liveWith(account, caughtAndJudged(account, again, []), random.below(8))
  },
}

export const replayedQueue: Scenario = {
  name: 'replayed-queue',
  says: "a detector's queue is played back from weeks before, and old strikes count twice",
  mistakes: noMistakes,
  wrongEvidence: { withdrawals: [{ id: COPIES, truth: 'false' }] },
  faulty: [{ source: services.scanner.source, ...period(playback.from, playback.to) }],
  personas: [counted, guilty],
}
