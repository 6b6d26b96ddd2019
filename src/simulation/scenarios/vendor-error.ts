import type { FlagTruth, SimulatedAccount } from '../account.ts'
import { atTime, DAY, HOUR, MINUTE, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import type { Random } from '../random.ts'
import { deactivate } from '../services/deactivation.ts'
import { findings, type SimulatedFinding } from '../services/findings.ts'

const VENDOR = 'vendor-ninecrows'

/** When its new reviewers worked from the wrong guidelines. */
const wrongWeeks = { from: '2025-04-14T00:00:00Z', to: '2025-04-26T00:00:00Z' }
const from = atTime(wrongWeeks.from)
const to = atTime(wrongWeeks.to)

/** The flags of those weeks that the platform's own reviewers have looked at again, and found wrong. */
const AUDITED = 'audited'

const inTheWrongWeeks = ({ random, zone }: SimulatedAccount): number =>
  wakingMoment(random, from + HOUR, to - DAY, zone)

const byVendor = (random: Random, standing: FlagTruth): SimulatedFinding =>
  findings.vendorsFinding(random, VENDOR, standing)

const found = (random: Random): SimulatedFinding => byVendor(random, 'unclear')
const auditedWrong = (random: Random): SimulatedFinding => ({
  ...byVendor(random, 'falls'),
  listedIn: AUDITED,
})

/** Banned in those weeks for what the vendor found; no model can settle what a person saw, so another person must look. */
const flaggedByVendor: Persona = {
  name: 'flagged-by-the-vendor',
  accounts: 1,
  share: 30,
  play: ({ random, open }) => {
    const account = open()
    const ban = caughtAndJudged(account, inTheWrongWeeks(account), [found(random), found(random)])
    liveWith(account, ban, random.below(12))
  },
}

/** Looked at again, and wrong: at least half of what they were banned for. */
const auditedVictim: Persona = {
  name: 'audited-and-wrong',
  accounts: 1,
  share: 30,
  play: ({ random, turn, open }) => {
    const account = open()
    const second = turn % 3 === 0 ? found(random) : auditedWrong(random)
    const ban = caughtAndJudged(account, inTheWrongWeeks(account), [auditedWrong(random), second])
    liveWith(account, ban, random.below(12))
  },
}

/** What others found is enough without the vendor, or enough for less, or not enough. */
const foundByOthers: Persona = {
  name: 'found-by-others-too',
  accounts: 1,
  share: 15,
  play: ({ random, turn, open }) => {
    const account = open()
    const scanned =
      [
        [findings.explicit(random), findings.repeatPin(random)],
        [findings.explicit(random), findings.explicit(random)],
        [findings.explicit(random)],
      ][turn % 3] ?? []
    const ban = caughtAndJudged(account, inTheWrongWeeks(account), [...scanned, found(random)])
    liveWith(account, ban, random.below(8))
  },
}

/** The vendor's other weeks, and other reviewers in these weeks, were right. */
const rightlyFound: Persona = {
  name: 'reviewed-rightly',
  accounts: 1,
  share: 20,
  play: ({ random, turn, open }) => {
    const account = open()
    const variant = turn % 3
    const at =
      variant === 0
        ? wakingMoment(random, start + DAY, from - 2 * DAY, account.zone)
        : variant === 1
          ? wakingMoment(random, to, to + 15 * DAY, account.zone)
          : inTheWrongWeeks(account)
    const find = variant === 2 ? findings.harassment : (r: Random) => byVendor(r, 'holds')
    liveWith(account, caughtAndJudged(account, at, [find(random), find(random)]), random.below(8))
  },
}

/** A person of the platform decided on what the vendor had found: another must look again. */
const decidedByAPerson: Persona = {
  name: 'decided-on-the-vendors-word',
  accounts: 1,
  share: 10,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = inTheWrongWeeks(account)
    browse(account, random.below(8), start, at)
    const flag = caught(account, at, turn % 2 === 0 ? found(random) : auditedWrong(random))
    deactivate(account, flag.at + random.between(20 * MINUTE, 20 * HOUR), {
      restriction: 'suspended',
      grounds: [flag],
      human: true,
    })
  },
}

export const vendorError: Scenario = {
  name: 'vendor-error',
  says: "a vendor's reviewers err for two weeks; some of their findings have been audited",
  mistakes: noMistakes,
  faulty: [{ detector: VENDOR, ...wrongWeeks }],
  wrongEvidence: {
    withdrawals: [
      {
        id: 'wrong-guidelines',
        where: `detector.kind == "human" && detector.id == "${VENDOR}"`,
        ...wrongWeeks,
        truth: 'unknown',
      },
      { id: AUDITED, truth: 'false' },
    ],
  },
  personas: [flaggedByVendor, auditedVictim, foundByOthers, rightlyFound, decidedByAPerson],
}
