import type { SimulatedAccount } from '../account.ts'
import { HOUR, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, liveWith } from '../habits.ts'
import { badModel, badVersion } from '../mistakes.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { findings } from '../services/findings.ts'

const whileLive = (account: SimulatedAccount): number =>
  wakingMoment(account.random, badModel.from + HOUR, badModel.to - HOUR, account.zone)

/** Banned on what the bad model version saw, whatever was really in the pictures: it is unreliable. */
const misscored: Persona = {
  name: 'mis-scored',
  accounts: 1,
  share: 60,
  play: ({ random, open }) => {
    const account = open()
    const found = Array.from({ length: random.between(2, 4) }, () => findings.nudity(random, 'falls'))
    liveWith(account, caughtAndJudged(account, whileLive(account), found), random.below(16))
  },
}

const misscoredPin: Persona = {
  name: 'mis-scored-pin',
  accounts: 1,
  share: 25,
  play: ({ random, open }) => {
    const account = open()
    caught(account, whileLive(account), findings.nudity(random, 'falls'))
    browse(account, random.below(16))
  },
}

/** The scanner saw it too, or part of it. */
const seenTwice: Persona = {
  name: 'two-detectors',
  accounts: 1,
  share: 12,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = whileLive(account)
    const scanned = Array.from({ length: 1 + (turn % 2) }, () => findings.explicit(random))
    const ban = caughtAndJudged(account, at, [findings.nudity(random, 'falls'), ...scanned])
    liveWith(account, ban, random.below(8))
  },
}

/** The versions before and after it scored well. */
const goodVersion: Persona = {
  name: 'good-model-version',
  accounts: 1,
  share: 15,
  play: ({ random, turn, open }) => {
    const account = open()
    const at =
      turn % 2 === 0
        ? wakingMoment(random, start + HOUR, badModel.from - HOUR, account.zone)
        : wakingMoment(random, badModel.to, badModel.to + 240 * HOUR, account.zone)
    const found = [findings.nudity(random, 'holds'), findings.nudity(random, 'holds')]
    liveWith(account, caughtAndJudged(account, at, found), random.below(8))
  },
}

export const detectorGoneBad: Scenario = {
  name: 'detector-gone-bad',
  says: 'a model version misjudges pictures; the corrected rules ignore it',
  mistakes: { ...noMistakes, badModel: true },
  faulty: [badVersion],
  personas: [misscored, misscoredPin, seenTwice, goodVersion],
}
