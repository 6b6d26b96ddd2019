import type { Signals } from '../../domain/parts.ts'
import {
  type Account,
  type Content,
  type DataOf,
  type Flag,
  newId,
  publish,
  type Service,
  type Standing,
} from '../account.ts'
import { DAY, formatTime, HOUR, MINUTE, SECOND, tick } from '../calendar.ts'
import type { Random } from '../random.ts'
import {
  badModel,
  dayName,
  incident,
  merchantRulesetId,
  merchantVersion,
  type RuleId,
  ruleFacts,
  rulesetId,
  versionAt,
} from '../rulesets.ts'
import { services } from './directory.ts'

type Detector = DataOf<'flag.raised.v1'>['detector']

/** What a detector finds, and what the simulator knows of it. */
export type Finding = {
  /** Null: the reviewer names no rule. */
  readonly rule: RuleId | null
  readonly service: Service
  readonly detector: (at: number) => Detector
  readonly signals: (account: Account, at: number) => Signals
  readonly standing: Standing
  /** False: it is about the account as a whole. */
  readonly aboutContent: boolean
}

const scanner = (at: number): Detector => ({
  kind: 'rule',
  id: 'scanner',
  version: at < incident.from ? '4.2.0' : '4.3.1',
})
const nudityNet = (at: number): Detector => ({
  kind: 'model',
  id: 'nudity-net',
  version: at < badModel.from ? '7.2.0' : at < badModel.to ? badModel.version : '7.3.1',
})
const hashMatch = (): Detector => ({ kind: 'hash_match', id: 'phash', version: '1.9' })
const linker = (): Detector => ({ kind: 'model', id: 'linker', version: '2.1' })
const reviewer = (random: Random) => {
  const id = `reviewer-${random.between(1, 40)}`
  return (): Detector => ({ kind: 'human', id, version: '1' })
}

const ageDays = (account: Account, at: number): number => Math.max(0, Math.floor((at - account.bornAt) / DAY))

/** What the scanner records of a post. `thousandths` is the adult score times 1,000. */
const scannerSignals =
  (thousandths: number, illustration: boolean | null, links: number, duplicates: number) =>
  (account: Account, at: number): Signals => ({
    adult_score: thousandths / 1000,
    ...(illustration === null ? {} : { is_illustration: illustration }),
    link_count: links,
    account_age_days: ageDays(account, at),
    duplicate_count: duplicates,
  })

const scannerFinding = (
  rule: RuleId,
  standing: Standing,
  signals: Finding['signals'],
  aboutContent = true,
): Finding => ({ rule, service: services.scanner, detector: scanner, signals, standing, aboutContent })

/** An adult score (thousandths) of what is adult content. */
const highScore = (random: Random): number => (random.chance(60) ? 970 : random.between(971, 1000))
const fewLinks = (random: Random): number => random.below(12)

/** What detectors find, each told with the record that they would leave. */
export const findings = {
  /** Adult content, found as it should be. */
  explicit: (random: Random) =>
    scannerFinding(
      'adult.explicit',
      'holds',
      scannerSignals(highScore(random), false, fewLinks(random), random.below(6)),
    ),
  /** Harmless, and flagged only because of the mistyped threshold or of the forgotten `!is_illustration`. */
  mistyped: (random: Random) => {
    const drawn = random.chance(350)
    const score = random.chance(50) ? 670 : drawn ? random.between(671, 1000) : random.between(671, 969)
    return scannerFinding(
      'adult.explicit',
      'falls',
      scannerSignals(score, drawn, fewLinks(random), random.below(6)),
    )
  },
  /** At the very edge of the right rule: 0.969 is below it, and an illustration is none however high its score. */
  mistypedEdge: (random: Random) => {
    const drawn = random.chance(500)
    return scannerFinding('adult.explicit', 'falls', scannerSignals(drawn ? 970 : 969, drawn, 0, 0))
  },
  /** Nobody recorded whether it was drawn, and the score is high: it can't be told. */
  unrecorded: (random: Random) =>
    scannerFinding(
      'adult.explicit',
      'unclear',
      scannerSignals(highScore(random), null, fewLinks(random), random.below(6)),
    ),
  /** Nobody recorded whether it was drawn, but with such a score it does not matter. */
  unrecordedButLow: (random: Random) =>
    scannerFinding('adult.explicit', 'falls', scannerSignals(random.between(670, 969), null, 0, 0)),
  linkFarm: (random: Random) =>
    scannerFinding(
      'spam.link_farm',
      'holds',
      scannerSignals(random.below(300), random.chance(100), random.between(41, 400), random.below(20)),
    ),
  repeatPin: (random: Random) =>
    scannerFinding(
      'spam.repeat_pin',
      'holds',
      scannerSignals(random.below(300), random.chance(200), random.below(40), random.between(25, 300)),
    ),
  patternResale: (random: Random, standing: Standing): Finding => ({
    ...scannerFinding('goods.pattern_resale', standing, () => ({
      listing_similarity: random.between(60, 99) / 100,
    })),
  }),
  nudity: (random: Random, standing: Standing): Finding => {
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
  knownMedia: (random: Random): Finding => {
    const distance = random.below(9)
    return {
      rule: 'violence.known_media',
      service: services.hashes,
      detector: hashMatch,
      signals: () => ({ hash_distance: distance }),
      standing: 'holds',
      aboutContent: true,
    }
  },
  harassment: (random: Random): Finding => ({
    rule: 'harassment.reviewed',
    service: services.reviewQueue,
    detector: reviewer(random),
    signals: () => ({}),
    standing: 'holds',
    aboutContent: true,
  }),
  /** A reviewer's own finding under no rule: it holds, and is worth no strikes. */
  reviewersWord: (random: Random): Finding => ({
    ...findings.harassment(random),
    rule: null,
  }),
  linkedAccount: (random: Random, standing: Standing): Finding => {
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

/** A post; some were there long before anything looked at them. */
export const newContent = (account: Account, at: number): Content => {
  const { random, counters } = account
  const age = random.chance(150) ? random.between(1, 300) * DAY : random.between(1, 20) * SECOND
  const kind = random.chance(930) ? 'pin' : random.chance(500) ? 'board' : 'comment'
  counters.contents++
  return {
    id: String(700_000_000_000 + account.index * 1000 + counters.contents),
    kind,
    createdAt: formatTime('milliseconds', Math.max(account.bornAt, at - age)),
  }
}

type Extra = {
  readonly content?: Content
  readonly becauseOf?: ReadonlyArray<string>
  /** Another version of the ruleset than the one in force. */
  readonly version?: string
}

/** A detector raises a flag; `at` is what its clock says. */
export const raise = (account: Account, at: number, finding: Finding, extra: Extra = {}): Flag => {
  const { rule, service, standing } = finding
  const when = tick(service.clock, at)
  const facts = rule === null ? null : ruleFacts[rule]
  const noticedAt =
    service === services.reviewQueue ? when - account.random.between(20 * MINUTE, 9 * HOUR) : null
  const flag: Flag = {
    id: newId(account, 'f'),
    account: account.id,
    at: when,
    category: facts?.category ?? 'harassment',
    strikes: facts?.strikes ?? 0,
    expiresAt: facts === null || facts.expiresAfter === null ? null : when + facts.expiresAfter * DAY,
    removes: facts?.removes ?? false,
    content: finding.aboutContent ? (extra.content ?? newContent(account, noticedAt ?? when)) : null,
    standing,
    voidedAt: null,
  }
  const noticeId = noticedAt === null ? null : newId(account, 'n')
  if (noticedAt !== null && noticeId !== null) {
    publish(account, services.intake, 'notice.received.v1', noticedAt, {
      noticeId,
      notifier: account.random.chance(120) ? 'trusted_flagger' : 'user',
      category: flag.category,
      ...(flag.content === null ? {} : { content: flag.content }),
    })
  }
  const happened = publish(account, service, 'flag.raised.v1', when, {
    flagId: flag.id,
    ...(flag.content === null ? {} : { content: flag.content }),
    category: flag.category,
    source: noticeId === null ? 'own_initiative' : 'user_notice',
    ...(noticeId === null ? {} : { noticeId }),
    detector: finding.detector(when),
    ...(rule === null
      ? {}
      : {
          rule: { id: dayName(rule, when) },
          ruleset: { id: rulesetId, version: extra.version ?? versionAt(when) },
        }),
    signals: finding.signals(account, when),
    ...(extra.becauseOf === undefined ? {} : { becauseOf: extra.becauseOf }),
  })
  if (happened) account.flags.push(flag)
  return flag
}

/** A flag of the merchant policy, which has nothing to do with the community guidelines. */
export const raiseMerchant = (account: Account, at: number, becauseOf?: ReadonlyArray<string>): string => {
  const flagId = newId(account, 'f')
  publish(account, services.scanner, 'flag.raised.v1', at, {
    flagId,
    category: 'scams',
    source: 'own_initiative',
    detector: { kind: 'rule', id: 'order-watch', version: '1.4' },
    rule: { id: 'merchant.undelivered' },
    ruleset: { id: merchantRulesetId, version: merchantVersion },
    signals: { undelivered_orders: account.random.between(10, 80) },
    ...(becauseOf === undefined ? {} : { becauseOf }),
  })
  return flagId
}

/** A reviewer takes a flag back. */
export const dismiss = (account: Account, flag: Flag, at: number): void => {
  const happened = publish(account, services.reviewQueue, 'flag.dismissed.v1', at, {
    flagId: flag.id,
    reviewer: { kind: 'human', id: `reviewer-${account.random.between(1, 40)}` },
    reason: account.random.pick(['not a violation', 'wrong picture', 'reported in bad faith']),
  })
  if (happened) flag.voidedAt ??= at
}

/** A detector looks at a harmless post, and nothing fires. */
export const evaluate = (account: Account, at: number): void => {
  const { random } = account
  const content = newContent(account, at)
  if (random.chance(300)) {
    const score = random.chance(50) ? random.between(700, 899) : random.below(600)
    publish(account, services.nudityNet, 'content.evaluated.v1', at, {
      content,
      detector: nudityNet(at),
      signals: { nudity_score: score / 1000 },
    })
    return
  }
  const drawn = random.chance(280)
  const mistyped = at >= incident.from && at < incident.to
  const score = random.chance(900)
    ? random.below(500)
    : mistyped
      ? random.between(500, 669)
      : random.between(500, drawn ? 1000 : 969)
  const grown = ageDays(account, at) > 31
  publish(account, services.scanner, 'content.evaluated.v1', at, {
    content,
    detector: scanner(at),
    signals: scannerSignals(
      score,
      random.chance(20) ? null : drawn,
      random.chance(20) ? random.between(12, grown ? 90 : 40) : fewLinks(random),
      random.chance(950) ? 0 : random.below(25),
    )(account, at),
  })
}
