import type { Signals } from '../../domain/parts.ts'
import type { FlagTruth, Service, SimulatedAccount } from '../account.ts'
import { DAY } from '../calendar.ts'
import type { Random } from '../random.ts'
import type { RuleId } from '../rulesets.ts'
import { hashMatch, linker, nudityNet, reviewer, type SimulatedDetector, scanner } from './detectors.ts'
import { services } from './directory.ts'

/** What a detector finds, and what the simulator knows about it. */
export type SimulatedFinding = {
  /** Null: the reviewer names no rule. */
  readonly rule: RuleId | null
  readonly service: Service
  readonly detector: (at: number) => SimulatedDetector
  readonly signals: (account: SimulatedAccount, at: number) => Signals
  readonly standing: FlagTruth
  /** The withdrawal of the scenario's correction that lists it. */
  readonly listedIn?: string
  /** It is unclear only because it is withdrawn, and a fixed detector can look again. */
  readonly awaitsRescoring?: boolean
  /** False: it is about the account as a whole. */
  readonly aboutContent: boolean
}

/** An account's age in whole days. */
export const ageDays = (account: SimulatedAccount, at: number): number =>
  Math.max(0, Math.floor((at - account.bornAt) / DAY))

/** What the scanner records about a post. `thousandths` is the adult score times 1,000. */
export const scannerSignals =
  (thousandths: number, illustration: boolean | null, links: number, duplicates: number) =>
  (account: SimulatedAccount, at: number): Signals => ({
    adult_score: thousandths / 1000,
    ...(illustration === null ? {} : { is_illustration: illustration }),
    link_count: links,
    account_age_days: ageDays(account, at),
    duplicate_count: duplicates,
  })

const scannerFinding = (
  rule: RuleId,
  standing: FlagTruth,
  signals: SimulatedFinding['signals'],
  aboutContent = true,
): SimulatedFinding => ({
  rule,
  service: services.scanner,
  detector: scanner,
  signals,
  standing,
  aboutContent,
})

/** An adult score (thousandths) of real adult content. */
const highScore = (random: Random): number => (random.chance(60) ? 970 : random.between(971, 1000))
export const fewLinks = (random: Random): number => random.below(12)

/** What detectors find, each with the record that they would leave. */
export const findings = {
  /** Adult content, found as it should be. */
  explicit: (random: Random) =>
    scannerFinding(
      'adult.explicit',
      'holds',
      scannerSignals(highScore(random), false, fewLinks(random), random.below(6)),
    ),
  /** Harmless, and flagged only because of the mistyped threshold or the missing `!is_illustration`. */
  mistyped: (random: Random) => {
    const drawn = random.chance(350)
    const score = random.chance(50) ? 670 : drawn ? random.between(671, 1000) : random.between(671, 969)
    return scannerFinding(
      'adult.explicit',
      'falls',
      scannerSignals(score, drawn, fewLinks(random), random.below(6)),
    )
  },
  /** At the very edge of the right rule: 0.969 is below it, and illustrations are exempt however high their score. */
  mistypedEdge: (random: Random) => {
    const drawn = random.chance(500)
    return scannerFinding('adult.explicit', 'falls', scannerSignals(drawn ? 970 : 969, drawn, 0, 0))
  },
  /** Nobody recorded whether it was drawn, and the score is high: it cannot be decided. */
  unrecorded: (random: Random) =>
    scannerFinding(
      'adult.explicit',
      'unclear',
      scannerSignals(highScore(random), null, fewLinks(random), random.below(6)),
    ),
  /** Nobody recorded whether it was drawn, but with such a score it does not matter. */
  unrecordedButLow: (random: Random) =>
    scannerFinding('adult.explicit', 'falls', scannerSignals(random.between(670, 969), null, 0, 0)),
  /** Adult content with a score that only the tighter threshold reaches. */
  explicitByTighter: (random: Random) =>
    scannerFinding(
      'adult.explicit',
      'holds',
      scannerSignals(random.between(930, 969), false, fewLinks(random), random.below(6)),
    ),
  /** A link that leads on and on: found by the new rule. */
  redirects: (random: Random) => {
    const redirects = random.between(3, 9)
    const others = scannerSignals(random.below(300), random.chance(100), fewLinks(random), random.below(6))
    return scannerFinding('spam.redirects', 'holds', (account, at) => ({
      ...others(account, at),
      redirects,
    }))
  },
  linkFarm: (random: Random) =>
    scannerFinding(
      'spam.link_farm',
      'holds',
      scannerSignals(random.below(300), random.chance(100), random.between(41, 400), random.below(20)),
    ),
  repeatPin: (random: Random, standing: FlagTruth = 'holds') =>
    scannerFinding(
      'spam.repeat_pin',
      standing,
      scannerSignals(random.below(300), random.chance(200), random.below(40), random.between(25, 300)),
    ),
  patternResale: (random: Random, standing: FlagTruth): SimulatedFinding => ({
    ...scannerFinding('goods.pattern_resale', standing, () => ({
      listing_similarity: random.between(60, 99) / 100,
    })),
  }),
  nudity: (random: Random, standing: FlagTruth): SimulatedFinding => {
    const score = random.between(900, 999) / 1000
    return {
      rule: 'adult.nudity',
      service: services.nudityNet,
      detector: nudityNet,
      signals: () => ({ nudity_score: score }),
      standing,
      aboutContent: true,
    }
  },
  knownMedia: (random: Random): SimulatedFinding => {
    const distance = random.below(9)
    return {
      rule: 'violence.known_media',
      service: services.hashes,
      detector: hashMatch,
      signals: ({ index }) => ({ hash_distance: distance, list_entry: `vm-${10_000 + (index % 400)}` }),
      standing: 'holds',
      aboutContent: true,
    }
  },
  /** A match of one entry of the hash list; null: the matcher did not record which. */
  matchOf: (entry: string | null, random: Random, standing: FlagTruth): SimulatedFinding => {
    const distance = random.below(9)
    return {
      ...findings.knownMedia(random),
      signals: () => ({ hash_distance: distance, ...(entry === null ? {} : { list_entry: entry }) }),
      standing,
    }
  },
  harassment: (random: Random): SimulatedFinding => ({
    rule: 'harassment.reviewed',
    service: services.reviewQueue,
    detector: reviewer(random),
    signals: () => ({}),
    standing: 'holds',
    aboutContent: true,
  }),
  /** A finding of a vendor's reviewers, who share one id. */
  vendorsFinding: (random: Random, vendor: string, standing: FlagTruth): SimulatedFinding => ({
    ...findings.harassment(random),
    detector: () => ({ kind: 'human', id: vendor, version: '1' }),
    standing,
  }),
  /** A reviewer's own finding under no rule: it holds, and is worth no strikes. */
  reviewersWord: (random: Random): SimulatedFinding => ({
    ...findings.harassment(random),
    rule: null,
  }),
  linkedAccount: (random: Random, standing: FlagTruth): SimulatedFinding => {
    const confidence = random.between(80, 99) / 100
    return {
      rule: 'evasion.linked_account',
      service: services.linker,
      detector: linker,
      signals: () => ({ link_confidence: confidence }),
      standing,
      aboutContent: false,
    }
  },
}

/** A number of findings of one kind. */
export const some = (
  random: Random,
  count: number,
  find: (random: Random) => SimulatedFinding,
): ReadonlyArray<SimulatedFinding> => Array.from({ length: count }, () => find(random))
