import { DAY, HOUR, lastPost, period, SECOND, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { incident, mistypedRule, rulesetId } from '../rulesets.ts'
import { enforce, latency } from '../services/deactivation.ts'
import { raise } from '../services/detection.ts'
import { findings, some } from '../services/findings.ts'
import { remove } from '../services/removal.ts'
import { duringIncident } from './threshold-typo.ts'

/** It was not recorded whether it was drawn, so the ban cannot be judged and needs human review. */
const unrecorded: Persona = {
  name: 'unrecorded',
  accounts: 1,
  share: 35,
  play: ({ random, turn, open }) => {
    const account = open()
    const at =
      turn % 3 === 0
        ? wakingMoment(random, start + DAY, incident.from - HOUR, account.zone)
        : duringIncident(random, account.zone)
    liveWith(account, caughtAndJudged(account, at, some(random, 2, findings.unrecorded)), random.below(14))
  },
}

const unrecordedPin: Persona = {
  name: 'unrecorded-pin',
  accounts: 1,
  share: 15,
  play: ({ random, open }) => {
    const account = open()
    caught(account, wakingMoment(random, start + DAY, lastPost, account.zone), findings.unrecorded(random))
    browse(account, random.below(14))
  },
}

/** Not recorded either, but the score is so low that it does not matter. */
const unrecordedButLow: Persona = {
  name: 'unrecorded-but-low',
  accounts: 1,
  share: 25,
  play: ({ random, open }) => {
    const account = open()
    const found = some(random, random.between(2, 3), findings.unrecordedButLow)
    liveWith(account, caughtAndJudged(account, duringIncident(random, account.zone), found), random.below(14))
  },
}

/** What is recorded is enough for a suspension, and perhaps for more. */
const enoughWithout: Persona = {
  name: 'enough-without',
  accounts: 1,
  share: 12,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, lastPost - DAY, account.zone)
    const last = turn % 2 === 0 ? findings.repeatPin(random) : findings.explicit(random)
    const found = [findings.unrecorded(random), findings.explicit(random), last]
    liveWith(account, caughtAndJudged(account, at, found), random.below(8))
  },
}

const LOST = '2025-04-01-hotfix'

/** The detectors ran a version of the rules that was never published. */
const lostVersion: Persona = {
  name: 'lost-version',
  accounts: 1,
  share: 10,
  play: ({ random, open }) => {
    const account = open()
    let at = wakingMoment(random, start + DAY, incident.from - 2 * DAY, account.zone)
    browse(account, random.below(10), start, at)
    for (let i = 0; i < 2; i++) {
      const flag = raise(
        account,
        at,
        { ...findings.explicit(random), standing: 'unclear' },
        { version: LOST },
      )
      remove(account, flag.at + SECOND, flag)
      at = flag.at + HOUR
    }
    enforce(account, at + latency(account))
  },
}

export const missingSignals: Scenario = {
  name: 'missing-signals',
  says: 'a signal was not recorded: some decisions are clear without it, the others need human review',
  mistakes: { ...noMistakes, typo: true },
  faulty: [
    mistypedRule,
    { detector: 'scanner', ...period(start, null) },
    { ruleset: rulesetId, version: LOST, ...period(start, null) },
  ],
  personas: [unrecorded, unrecordedPin, unrecordedButLow, enoughWithout, lostVersion],
}
