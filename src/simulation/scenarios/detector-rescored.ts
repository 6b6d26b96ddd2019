import type { FlagTruth, SimulatedAccount, SimulatedFlag } from '../account.ts'
import { atTime, DAY, HOUR, start, wakingMoment } from '../calendar.ts'
import { caughtAndJudged, liveWith } from '../habits.ts'
import { badModel, badVersion } from '../mistakes.ts'
import { noMistakes, type Persona, type Scenario, type Stage } from '../persona.ts'
import type { Random } from '../random.ts'
import { rescore } from '../services/detection.ts'
import { nudityNet } from '../services/detectors.ts'
import { findings, type SimulatedFinding } from '../services/findings.ts'

/** When the fixed version looked again at what the bad one had flagged. */
const rescoring = { from: atTime('2025-05-15T06:00:00Z'), to: atTime('2025-05-16T18:00:00Z') }

const whileLive = ({ random, zone }: SimulatedAccount): number =>
  wakingMoment(random, badModel.from + HOUR, badModel.to - HOUR, zone)

const lowScore = (random: Random): number => random.below(900) / 1000
const highScore = (random: Random): number => random.between(900, 999) / 1000

/** A picture that the bad version flagged, and what the fixed version makes of it: unclear if it has not looked. */
const flagged = (random: Random, standing: FlagTruth): SimulatedFinding => ({
  ...findings.nudity(random, standing),
  awaitsRescoring: standing === 'unclear',
})

/** The fixed version looks again at the flags that it settles. */
const lookAgain = (account: SimulatedAccount, flags: ReadonlyArray<SimulatedFlag> = account.flags): void => {
  const { random } = account
  for (const flag of flags) {
    if (flag.category !== 'adult_content' || flag.standing === 'unclear') continue
    const score = flag.standing === 'holds' ? highScore(random) : lowScore(random)
    rescore(account, flag, random.between(rescoring.from, rescoring.to), score)
  }
}

/** Banned on these pictures by the bad version. */
const bannedFor = (
  { random, open }: Stage,
  found: ReadonlyArray<SimulatedFinding>,
  posts: number,
): SimulatedAccount => {
  const account = open()
  liveWith(account, caughtAndJudged(account, whileLive(account), found), random.below(posts))
  return account
}

const some = (random: Random, count: number, standing: FlagTruth): ReadonlyArray<SimulatedFinding> =>
  Array.from({ length: count }, () => flagged(random, standing))

/** Nothing in the pictures. */
const innocent: Persona = {
  name: 'rescored-innocent',
  accounts: 1,
  share: 45,
  play: (stage) => {
    const { random } = stage
    lookAgain(bannedFor(stage, some(random, random.between(1, 4), 'falls'), 16))
  },
}

/** The bad version was right about them, by chance: ignoring all its flags would reinstate them. */
const guilty: Persona = {
  name: 'rescored-guilty',
  accounts: 1,
  share: 25,
  play: (stage) => {
    const { random } = stage
    lookAgain(bannedFor(stage, some(random, random.between(1, 3), 'holds'), 8))
  },
}

/** Some of the pictures were adult content: with enough of them, the ban was right, or only too severe. */
const inPart: Persona = {
  name: 'rescored-in-part',
  accounts: 1,
  share: 15,
  play: (stage) => {
    const { random, turn } = stage
    const found = [...some(random, 1 + (turn % 3), 'holds'), ...some(random, 1, 'falls')]
    lookAgain(bannedFor(stage, found, 8))
  },
}

/** The fixed version has not looked yet, or only at some of them. */
const notYet: Persona = {
  name: 'not-yet-rescored',
  accounts: 1,
  share: 20,
  play: (stage) => {
    const { random, turn } = stage
    const standing = (['unclear', 'holds', 'falls'] as const)[turn % 3] ?? 'unclear'
    lookAgain(bannedFor(stage, [...some(random, 1, 'unclear'), ...some(random, 2, standing)], 10))
  },
}

/** The fixed version could not decode the pictures: it has answered, and a person must look. */
const noScore: Persona = {
  name: 'rescored-without-a-score',
  accounts: 1,
  share: 6,
  play: (stage) => {
    const { random } = stage
    const found = Array.from({ length: 2 }, () => findings.nudity(random, 'unclear'))
    const account = bannedFor(stage, found, 6)
    for (const flag of account.flags)
      rescore(account, flag, random.between(rescoring.from, rescoring.to), null)
  },
}

/** The bad version looked again, which settles nothing; some were settled before by the fixed one, which still counts. */
const byTheBadOne: Persona = {
  name: 'rescored-by-the-bad-version',
  accounts: 1,
  share: 8,
  play: (stage) => {
    const { random, turn } = stage
    const account = bannedFor(stage, some(random, 2, turn % 2 === 0 ? 'unclear' : 'falls'), 6)
    lookAgain(account)
    for (const flag of account.flags) {
      rescore(account, flag, rescoring.to + random.below(HOUR), highScore(random), nudityNet(flag.at))
    }
  },
}

/** Looked at twice: the last answer counts. */
const changedItsMind: Persona = {
  name: 'rescored-twice',
  accounts: 1,
  share: 6,
  play: (stage) => {
    const { random, turn } = stage
    const account = bannedFor(stage, some(random, 2, turn % 2 === 0 ? 'falls' : 'holds'), 6)
    for (const flag of account.flags) {
      const score = turn % 2 === 0 ? highScore(random) : lowScore(random)
      rescore(account, flag, rescoring.from - random.between(HOUR, 5 * HOUR), score)
    }
    lookAgain(account)
  },
}

/** The scanner had seen part of it too. */
const seenByTheScanner: Persona = {
  name: 'seen-by-the-scanner-too',
  accounts: 1,
  share: 12,
  play: (stage) => {
    const { random, turn } = stage
    const scanned = Array.from({ length: 1 + (turn % 2) }, () => findings.explicit(random))
    bannedFor(stage, [...some(random, 1, 'unclear'), ...scanned], 8)
  },
}

/** The versions before and after it scored well. */
const otherVersions: Persona = {
  name: 'other-model-versions',
  accounts: 1,
  share: 10,
  play: ({ random, turn, open }) => {
    const account = open()
    const at =
      turn % 2 === 0
        ? wakingMoment(random, start + HOUR, badModel.from - HOUR, account.zone)
        : wakingMoment(random, badModel.to, badModel.to + 10 * DAY, account.zone)
    const ban = caughtAndJudged(account, at, [
      findings.nudity(random, 'holds'),
      findings.nudity(random, 'holds'),
    ])
    liveWith(account, ban, random.below(8))
  },
}

export const detectorRescored: Scenario = {
  name: 'detector-rescored',
  says: 'a model version misjudges pictures, and the fixed version looks again at most of what it flagged',
  mistakes: noMistakes,
  faulty: [badVersion],
  wrongEvidence: {
    withdrawals: [
      {
        id: `nudity-net-${badModel.version}`,
        where: `detector.id == "nudity-net" && detector.version == "${badModel.version}"`,
        truth: 'unknown',
      },
    ],
  },
  personas: [
    innocent,
    guilty,
    inPart,
    notYet,
    noScore,
    byTheBadOne,
    changedItsMind,
    seenByTheScanner,
    otherVersions,
  ],
}
