import type { FlagTruth, SimulatedAccount, SimulatedDecision } from '../account.ts'
import { DAY, end, HOUR, MINUTE, start, wakingMoment } from '../calendar.ts'
import { browse, caughtAndJudged, grumble, liveWith } from '../habits.ts'
import { isWithdrawn, isWrong } from '../judgement.ts'
import { noMistakes, type Persona, type Scenario, type Stage } from '../persona.ts'
import type { Random } from '../random.ts'
import { incident, mistypedRule } from '../rulesets.ts'
import { answerAppeal, appeal, reverse } from '../services/appeals.ts'
import { deactivate, enforce, latency, stopSales } from '../services/deactivation.ts'
import { raise, raiseMerchant } from '../services/detection.ts'
import { findings, some } from '../services/findings.ts'
import { duringIncident } from './threshold-typo.ts'

/** A ban that others supposedly evade, with its account. */
type Root = { readonly account: SimulatedAccount; readonly ban: SimulatedDecision }

/** Whether another ban held the root's account when its owner supposedly evaded this one. */
const heldOtherwise = ({ account, ban }: Root, at: number): boolean =>
  account.decisions.some(
    (other) =>
      other !== ban &&
      other.kind === 'deactivation' &&
      other.at < at &&
      !isWrong(other) &&
      (other.reversedAt === null || other.reversedAt > at) &&
      (other.now.until === null || other.now.until > at),
  )

/** There was something to evade if one of the bans was right and not reversed; unclear if it was reversed. */
const evasionStanding = (roots: ReadonlyArray<Root>, at: number): FlagTruth => {
  if (roots.some(({ ban }) => ban.warranted === 'yes' && !isWithdrawn(ban))) return 'holds'
  return roots.every((root) => isWrong(root.ban) && !heldOtherwise(root, at)) ? 'falls' : 'unclear'
}

/** An account is banned for evading others' bans, hours or days after the last of them. The roots' stories have ended. */
const evade = (alt: SimulatedAccount, roots: ReadonlyArray<Root>): Root | null => {
  const { random } = alt
  const at = Math.max(...roots.map(({ ban }) => ban.at)) + random.between(HOUR, 2 * DAY)
  browse(alt, random.below(5), start, at)
  const flag = raise(alt, at, findings.linkedAccount(random, evasionStanding(roots, at)), {
    becauseOf: roots.map(({ ban }) => ban.id),
  })
  const ban = enforce(alt, flag.at + latency(alt))
  return ban === null ? null : { account: alt, ban }
}

const wrongly = ({ random, open }: Stage): Root | null => {
  const account = open()
  const at = duringIncident(random, account.zone, incident.to - 6 * DAY)
  const ban = caughtAndJudged(account, at, some(random, 2, findings.mistyped))
  return ban === null ? null : { account, ban }
}

const rightly = ({ random, open }: Stage): Root | null => {
  const account = open()
  const at = wakingMoment(random, start + DAY, incident.to - 6 * DAY, account.zone)
  const ban = caughtAndJudged(account, at, some(random, 2, findings.explicit))
  return ban === null ? null : { account, ban }
}

const live = (root: Root | null, random: Random): void => {
  if (root !== null) liveWith(root.account, root.ban, random.below(6))
}

/** Their first ban was wrong, so the bans of the new accounts that they opened fall with it. */
const evadedWrong: Persona = {
  name: 'evaded-a-wrong-ban',
  accounts: 3,
  share: 36,
  play: (stage) => {
    const main = wrongly(stage)
    live(main, stage.random)
    for (let i = 0; i < 2; i++) {
      const alt = stage.open()
      if (main !== null) live(evade(alt, [main]), stage.random)
    }
  },
}

/** Each opened for the one before. */
const chain: Persona = {
  name: 'chain-of-evasions',
  accounts: 4,
  share: 24,
  play: (stage) => {
    let last = wrongly(stage)
    live(last, stage.random)
    for (let i = 0; i < 3; i++) {
      const alt = stage.open()
      if (last === null) continue
      last = evade(alt, [last])
      live(last, stage.random)
    }
  },
}

/** The same, but the first ban was right, and so were the others. */
const evadedRight: Persona = {
  name: 'evaded-a-right-ban',
  accounts: 3,
  share: 24,
  play: (stage) => {
    const main = rightly(stage)
    let last = main
    if (main !== null) grumble(main.account, main.ban)
    for (let i = 0; i < 2; i++) {
      const alt = stage.open()
      if (last !== null) last = evade(alt, [last])
      if (last !== null) grumble(last.account, last.ban)
    }
  },
}

/** The first ban was right but reversed on appeal, or promised to be: whether the second still holds is unclear. */
const evadedWithdrawn: Persona = {
  name: 'evaded-a-withdrawn-ban',
  accounts: 2,
  share: 10,
  play: (stage) => {
    const { random, turn } = stage
    const main = rightly(stage)
    const alt = stage.open()
    if (main === null) return
    const { account, ban } = main
    const filedAt = ban.at + random.between(HOUR, DAY)
    const appealId = appeal(account, ban, filedAt)
    if (appealId === null) return
    answerAppeal(account, ban, appealId, filedAt + DAY, 'reversed')
    if (turn % 3 > 0) reverse(account, ban, filedAt + DAY + HOUR, 'appeal')
    live(evade(alt, [main]), random)
  },
}

/** Two bans to evade, one of them right. */
const oneOfTwo: Persona = {
  name: 'evaded-two-bans',
  accounts: 3,
  share: 12,
  play: (stage) => {
    const wrong = wrongly(stage)
    const right = rightly(stage)
    const alt = stage.open()
    live(wrong, stage.random)
    if (wrong !== null && right !== null) live(evade(alt, [wrong, right]), stage.random)
  },
}

/** The ban was wrong, but a reviewer's ban held the account as well, permanently or at that time. */
const heldAnyway: Persona = {
  name: 'evaded-what-held-anyway',
  accounts: 2,
  share: 10,
  play: (stage) => {
    const { random, turn } = stage
    const main = wrongly(stage)
    const alt = stage.open()
    if (main === null) return
    const { account, ban } = main
    const flag = raise(account, ban.at + 5 * MINUTE, findings.reviewersWord(random))
    deactivate(account, flag.at + 20 * MINUTE, {
      restriction: 'suspended',
      grounds: [flag],
      human: true,
      until: turn % 2 === 0 ? null : flag.at + 4 * DAY,
    })
    live(evade(alt, [main]), random)
  },
}

/** A person imposed the first ban on wrong evidence; it needs human review, and so does the second. */
const evadedUnclear: Persona = {
  name: 'evaded-an-unclear-ban',
  accounts: 2,
  share: 8,
  play: (stage) => {
    const { random } = stage
    const account = stage.open()
    const alt = stage.open()
    const flag = raise(
      account,
      duringIncident(random, account.zone, incident.to - 4 * DAY),
      findings.mistyped(random),
    )
    const ban = deactivate(account, flag.at + random.between(HOUR, DAY), {
      restriction: 'suspended',
      grounds: [flag],
      human: true,
    })
    if (ban !== null) live(evade(alt, [{ account, ban }]), random)
  },
}

/** For evading a ban from before the record began: accepted as it is. */
const evadedUnknown: Persona = {
  name: 'evaded-an-unknown-ban',
  accounts: 1,
  share: 6,
  play: ({ random, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, end - 3 * DAY, account.zone)
    browse(account, random.below(5), start, at)
    const flag = raise(account, at, findings.linkedAccount(random, 'holds'), {
      becauseOf: [`d-2024-${account.hex}`],
    })
    const ban = enforce(account, flag.at + latency(account))
    if (ban !== null) grumble(account, ban)
  },
}

/** The evasion falls, and what they did on the new account suffices only for less than a termination. */
const ownSins: Persona = {
  name: 'evader-with-own-sins',
  accounts: 2,
  share: 8,
  play: (stage) => {
    const { random } = stage
    const main = wrongly(stage)
    const alt = stage.open()
    if (main === null) return
    live(main, random)
    const at = main.ban.at + random.between(HOUR, DAY)
    raise(alt, at, findings.linkedAccount(random, evasionStanding([main], at)), { becauseOf: [main.ban.id] })
    const ban = caughtAndJudged(alt, at, some(random, random.between(1, 2), findings.explicit))
    if (ban !== null) liveWith(alt, ban, 0)
  },
}

/** Their shop was stopped, under separate rules, because of a ban that was wrong. */
const shopStopped: Persona = {
  name: 'shop-stopped-for-a-wrong-ban',
  accounts: 2,
  share: 6,
  play: (stage) => {
    const main = wrongly(stage)
    const shop = stage.open()
    if (main === null) return
    live(main, stage.random)
    const at = main.ban.at + stage.random.between(HOUR, DAY)
    browse(shop, stage.random.below(5), start, at)
    stopSales(shop, at + latency(shop), raiseMerchant(shop, at, [main.ban.id]), true)
  },
}

export const banEvasion: Scenario = {
  name: 'ban-evasion',
  says: 'new accounts are banned for evading bans, some of which were wrong',
  mistakes: { ...noMistakes, typo: true },
  faulty: [mistypedRule],
  personas: [
    evadedWrong,
    chain,
    evadedRight,
    evadedWithdrawn,
    oneOfTwo,
    heldAnyway,
    evadedUnclear,
    evadedUnknown,
    ownSins,
    shopStopped,
  ],
}
