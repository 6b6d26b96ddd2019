import {
  type DataOf,
  newId,
  publish,
  type Service,
  type SimulatedAccount,
  type SimulatedContent,
  type SimulatedFlag,
} from '../account.ts'
import { DAY, formatTime, HOUR, MINUTE, SECOND, tick } from '../calendar.ts'
import {
  dayName,
  incident,
  merchantRulesetId,
  merchantVersion,
  redirectsRecordedFrom,
  ruleFacts,
  rulesetId,
  versionAt,
} from '../rulesets.ts'
import { nudityNet, scanner } from './detectors.ts'
import { services } from './directory.ts'
import { ageDays, fewLinks, type SimulatedFinding, scannerSignals } from './findings.ts'
import { type LookedAt, lookOn } from './look-on.ts'

/** A post; some existed long before they were evaluated. */
export const newContent = (account: SimulatedAccount, at: number): SimulatedContent => {
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
  readonly content?: SimulatedContent
  /** Whose that is, as the service knows it; absent: the flagged account's. */
  readonly owner?: string
  readonly becauseOf?: ReadonlyArray<string>
  /** A version of the ruleset other than the one in force. */
  readonly version?: string
  /** When it is sent, if much later. */
  readonly sentAt?: number
}

/** A detector raises a flag; `at` is by its clock. */
export const raise = (
  account: SimulatedAccount,
  at: number,
  finding: SimulatedFinding,
  extra: Extra = {},
): SimulatedFlag => {
  const { rule, service, standing } = finding
  const when = tick(service.clock, at)
  const facts = rule === null ? null : ruleFacts[rule]
  const noticedAt =
    service === services.reviewQueue ? when - account.random.between(20 * MINUTE, 9 * HOUR) : null
  const names: SimulatedFlag['names'] = {
    detector: finding.detector(when),
    ...(rule === null
      ? {}
      : {
          rule: { id: dayName(rule, when) },
          ruleset: { id: rulesetId, version: extra.version ?? versionAt(when) },
        }),
  }
  const flag: SimulatedFlag = {
    id: newId(account, 'f'),
    account: account.id,
    at: when,
    names,
    category: facts?.category ?? 'harassment',
    strikes: facts?.strikes ?? 0,
    expiresAt: facts === null || facts.expiresAfter === null ? null : when + facts.expiresAfter * DAY,
    removes: facts?.removes ?? false,
    content: finding.aboutContent ? (extra.content ?? newContent(account, noticedAt ?? when)) : null,
    standing,
    listedIn: finding.listedIn ?? null,
    awaitsRescoring: finding.awaitsRescoring ?? false,
    voidedAt: null,
  }
  const notice = noticedAt === null ? null : receive(account, noticedAt, flag)
  const data: DataOf<'flag.raised.v1'> = {
    flagId: flag.id,
    ...(flag.content === null ? {} : { content: { ...flag.content, owner: extra.owner ?? account.id } }),
    category: flag.category,
    source: notice === null ? 'own_initiative' : flagSources[notice.notifier],
    ...(notice === null ? {} : { noticeId: notice.noticeId }),
    ...names,
    signals: finding.signals(account, when),
    ...(extra.becauseOf === undefined ? {} : { becauseOf: extra.becauseOf }),
  }
  const happened = publish(account, service, 'flag.raised.v1', when, data, extra.sentAt)
  if (happened) account.flags.push(flag)
  if (flag.content !== null && extra.sentAt === undefined) {
    const { signals } = data
    lookOn(account, when, {
      service,
      detector: names.detector,
      content: flag.content,
      signals,
      isThere: standing !== 'falls',
    })
  }
  return flag
}

const flagSources = { user: 'user_notice', trusted_flagger: 'trusted_flagger' } as const

/** A notice comes in that a flag will answer. */
const receive = (account: SimulatedAccount, at: number, { category, content }: SimulatedFlag) => {
  const noticeId = newId(account, 'n')
  const notifier = account.random.chance(120) ? 'trusted_flagger' : 'user'
  publish(account, services.intake, 'notice.received.v1', at, {
    noticeId,
    notifier,
    category,
    ...(content === null ? {} : { content }),
  })
  return { noticeId, notifier } as const
}

/** A flag of the merchant policy, which has nothing to do with the community guidelines. */
export const raiseMerchant = (
  account: SimulatedAccount,
  at: number,
  becauseOf?: ReadonlyArray<string>,
): string => {
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

/** A model looks again at what a flag is about; `score` null: it could not score the picture. */
export const rescore = (
  account: SimulatedAccount,
  flag: SimulatedFlag,
  at: number,
  score: number | null,
  detector: DataOf<'flag.rescored.v1'>['detector'] = nudityNet(at),
): void => {
  publish(account, services.nudityNet, 'flag.rescored.v1', at, {
    flagId: flag.id,
    detector,
    signals: score === null ? { decoded: false } : { nudity_score: score },
    reason: `first scored by ${nudityNet(flag.at).version}`,
  })
}

/** A reviewer dismisses a flag. */
export const dismiss = (account: SimulatedAccount, flag: SimulatedFlag, at: number): void => {
  const happened = publish(account, services.reviewQueue, 'flag.dismissed.v1', at, {
    flagId: flag.id,
    reviewer: { kind: 'human', id: `reviewer-${account.random.between(1, 40)}` },
    reason: account.random.pick(['not a violation', 'wrong picture', 'reported in bad faith']),
  })
  if (happened) flag.voidedAt ??= at
}

/** A detector evaluates a harmless post, and nothing fires. */
export const evaluate = (account: SimulatedAccount, at: number): void => {
  const { random } = account
  const content = newContent(account, at)
  if (random.chance(300)) {
    const score = random.chance(50) ? random.between(700, 899) : random.below(600)
    record(account, services.nudityNet, at, {
      content,
      detector: nudityNet(at),
      signals: { nudity_score: score / 1000 },
    })
    return
  }
  const drawn = random.chance(280)
  const mistyped = at >= incident.from && at < incident.to
  const tighter = account.change === 'tighter threshold' && at >= incident.from
  const score = random.chance(900)
    ? random.below(500)
    : mistyped
      ? random.between(500, 669)
      : random.between(500, drawn ? 1000 : tighter ? 929 : 969)
  const grown = ageDays(account, at) > 31
  record(account, services.scanner, at, {
    content,
    detector: scanner(at),
    signals: {
      ...scannerSignals(
        score,
        random.chance(20) ? null : drawn,
        random.chance(20) ? random.between(12, grown ? 90 : 40) : fewLinks(random),
        random.chance(950) ? 0 : random.below(25),
      )(account, at),
      ...(account.change === 'new rule' && at >= redirectsRecordedFrom ? { redirects: random.below(3) } : {}),
    },
  })
}

/** A detector records what no rule of that time flags. */
export const overlook = (account: SimulatedAccount, at: number, finding: SimulatedFinding): void => {
  const { service, detector, signals } = finding
  const when = tick(service.clock, at)
  const content = newContent(account, when)
  record(account, service, when, { content, detector: detector(when), signals: signals(account, when) })
}

/** A detector says what it saw in content on which nothing fires. */
const record = (
  account: SimulatedAccount,
  service: Service,
  at: number,
  seen: Pick<LookedAt, 'content' | 'detector' | 'signals'>,
): void => {
  publish(account, service, 'content.evaluated.v1', at, seen)
  lookOn(account, at, { service, ...seen, isThere: true })
}
