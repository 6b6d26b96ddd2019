import { DAY, end, HOUR, lastPost, MINUTE, SECOND, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, liveWith, removalsOf } from '../habits.ts'
import type { Persona, Scenario } from '../persona.ts'
import type { Random } from '../random.ts'
import { incident, mistypedRule } from '../rulesets.ts'
import { answerAppeal, appeal, change, expire, reverse } from '../services/appeals.ts'
import { deactivate, enforce, latency, stopSales } from '../services/deactivation.ts'
import { raise, raiseMerchant } from '../services/detection.ts'
import { findings, some } from '../services/findings.ts'
import { remove } from '../services/removal.ts'

/** An instant while the mistyped version was in force, with a margin. */
export const duringIncident = (random: Random, zone: number, until = incident.to - DAY): number =>
  // Half of it in the first three days: the detectors went through old boards again.
  wakingMoment(random, incident.from + 2 * MINUTE, random.chance(500) ? incident.from + 3 * DAY : until, zone)

/** Quilts, Minecraft builds, life drawings: two or more pins taken for adult content, and the account was deactivated. */
const quilter: Persona = {
  name: 'quilter',
  accounts: 1,
  share: 60,
  play: ({ random, open }) => {
    const account = open()
    const at = duringIncident(random, account.zone)
    const spread = random.chance(300) ? random.between(1, 60) * MINUTE : 0
    let ban = null
    if (spread > 0) {
      caughtAndJudged(account, at, [findings.mistyped(random)])
      ban = caughtAndJudged(account, at + spread + 10 * MINUTE, [findings.mistyped(random)])
    } else {
      const edge = random.chance(60) ? [findings.mistypedEdge(random)] : []
      const found = some(random, random.chance(850) ? 2 : random.between(3, 6), findings.mistyped)
      ban = caughtAndJudged(account, at, [...edge, ...found])
    }
    liveWith(account, ban, random.below(16))
  },
}

/** One pin lost, and nothing else. */
const pinLost: Persona = {
  name: 'pin-lost',
  accounts: 1,
  share: 25,
  play: ({ random, open }) => {
    const account = open()
    caught(account, duringIncident(random, account.zone), findings.mistyped(random))
    browse(account, random.below(16))
    const [removal] = removalsOf(account)
    if (removal === undefined || random.chance(500)) return
    const filedAt = removal.at + random.between(HOUR, 3 * DAY)
    const appealId = appeal(account, removal, filedAt)
    if (appealId === null || random.chance(600)) return
    const decidedAt = filedAt + random.between(HOUR, DAY)
    if (random.chance(500)) answerAppeal(account, removal, appealId, decidedAt, 'upheld')
    else if (answerAppeal(account, removal, appealId, decidedAt, 'reversed')) {
      reverse(account, removal, decidedAt + MINUTE, 'appeal')
    }
  },
}

/** Some strikes were rightful: what remains of the ban depends on how many. */
const halfGuilty: Persona = {
  name: 'half-guilty',
  accounts: 1,
  share: 12,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = duringIncident(random, account.zone)
    const own = random.chance(400)
      ? [findings.repeatPin(random)]
      : some(random, 1 + (turn % 2), findings.explicit)
    const notOwn = some(random, random.between(1, 3), findings.mistyped)
    if (random.chance(500)) {
      const [first, ...others] = own
      if (first !== undefined) caughtAndJudged(account, at - random.between(DAY, 12 * DAY), [first])
      liveWith(account, caughtAndJudged(account, at, [...others, ...notOwn]), random.below(8))
    } else liveWith(account, caughtAndJudged(account, at, [...own, ...notOwn]), random.below(8))
    for (const ban of account.decisions) {
      if (ban.kind === 'deactivation' && ban.severity === 'too severe' && random.chance(300)) {
        change(account, ban, ban.at + random.between(DAY, 4 * DAY), 'correction', {
          restriction: 'suspended',
        })
      }
    }
  },
}

/** The mistyped version was no longer in force at the time of the ban, but its leftover strikes led to it. */
const leftover: Persona = {
  name: 'leftover-strikes',
  accounts: 1,
  share: 6,
  play: ({ random, open }) => {
    const account = open()
    caughtAndJudged(account, duringIncident(random, account.zone), [findings.mistyped(random)])
    const later = wakingMoment(random, incident.to + HOUR, lastPost - DAY, account.zone)
    liveWith(account, caughtAndJudged(account, later, [findings.repeatPin(random)]), random.below(10))
  },
}

/** Wrongly banned, and something else still holds or may hold the account. */
const heldByAnother: Persona = {
  name: 'held-by-another',
  accounts: 1,
  share: 5,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = duringIncident(random, account.zone, incident.to - 2 * DAY)
    browse(account, random.below(8), start, at)
    caughtAndJudged(account, at, some(random, 2, findings.mistyped))
    const later = at + random.between(DAY, 2 * DAY)
    if (turn % 4 === 0) {
      const flag = raise(account, later, findings.reviewersWord(random))
      deactivate(account, later + HOUR, { restriction: 'suspended', grounds: [flag], human: true })
    } else if (turn % 4 === 1) stopSales(account, later + MINUTE, raiseMerchant(account, later))
    else if (turn % 4 === 2) {
      // A person confirmed it without giving a reason: it is unclear whether the mistake was the only reason.
      deactivate(account, later, { restriction: 'suspended', grounds: [], human: true })
    } else {
      const flag = raise(account, later, findings.reviewersWord(random))
      const until = turn % 8 === 3 ? end : end + 1
      deactivate(account, later + HOUR, { restriction: 'suspended', grounds: [flag], human: true, until })
    }
  },
}

/** Wrongly banned; later the backlog shows posts that would have sufficed for a ban. Needs human review. */
const crossedSince: Persona = {
  name: 'crossed-since',
  accounts: 1,
  share: 3,
  play: ({ random, open }) => {
    const account = open()
    const at = duringIncident(random, account.zone, incident.to - 2 * DAY)
    browse(account, random.below(8), start, at)
    caughtAndJudged(account, at, some(random, 2, findings.mistyped))
    caught(account, at + random.between(HOUR, DAY), findings.explicit(random))
    if (random.chance(700)) caught(account, at + random.between(DAY, 2 * DAY), findings.explicit(random))
  },
}

/** Wrongly suspended, and the suspension has expired: nothing is left to reverse. Some end at the very end. */
const served: Persona = {
  name: 'served',
  accounts: 1,
  share: 6,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = wakingMoment(random, incident.from + HOUR, incident.from + 6 * DAY, account.zone)
    browse(account, random.below(10), start, at)
    let last = at
    for (const finding of some(random, 2, findings.mistyped)) {
      last = caught(account, last + random.between(SECOND, MINUTE), finding).at
    }
    if (turn % 3 > 0) {
      const until = turn % 3 === 1 ? end : end + 1
      const grounds = account.flags.slice()
      deactivate(account, last + latency(account), { restriction: 'suspended', grounds, until })
      return
    }
    const ban = enforce(account, last + latency(account), { suspendedFor: 7 })
    if (ban === null) return
    expire(account, ban)
    browse(account, random.below(6), (ban.now.until ?? end) + HOUR)
  },
}

/** Reinstated, kept posting, and was banned again by the same mistake. */
const bannedTwice: Persona = {
  name: 'banned-twice',
  accounts: 1,
  share: 4,
  play: ({ random, open }) => {
    const account = open()
    const at = wakingMoment(random, incident.from + HOUR, incident.from + 5 * DAY, account.zone)
    const first = caughtAndJudged(account, at, some(random, 2, findings.mistyped))
    if (first === null) return
    const back = first.at + random.between(6 * HOUR, 2 * DAY)
    reverse(account, first, back, 'correction', random.chance(500) ? first.grounds : undefined)
    browse(account, random.below(5), back, back + DAY)
    const secondBan = caughtAndJudged(
      account,
      back + random.between(DAY, 4 * DAY),
      some(random, 2, findings.mistyped),
    )
    liveWith(account, secondBan, random.below(6))
  },
}

/** A detector's slow clock dates a ground after the ban that it caused: it is still its evidence. */
const slowClock: Persona = {
  name: 'slow-clock',
  accounts: 1,
  share: 3,
  play: ({ random, open }) => {
    const account = open()
    const at = duringIncident(random, account.zone, incident.to - 2 * DAY)
    const first = caught(account, at, findings.mistyped(random))
    const bannedAt = first.at + latency(account)
    const second = caught(account, bannedAt + random.between(SECOND, 20 * MINUTE), findings.mistyped(random))
    const grounds = [first, second]
    liveWith(account, deactivate(account, bannedAt, { restriction: 'suspended', grounds }), random.below(8))
  },
}

/** A pin removed by mistake and then, by a person, rightly: it stays removed. */
const removedTwice: Persona = {
  name: 'removed-twice',
  accounts: 1,
  share: 3,
  play: ({ random, open }) => {
    const account = open()
    const flag = caught(
      account,
      duringIncident(random, account.zone, incident.to - 3 * DAY),
      findings.mistyped(random),
    )
    browse(account, random.below(12))
    if (flag.content === null) return
    const seen = raise(account, flag.at + random.between(HOUR, 2 * DAY), findings.reviewersWord(random), {
      content: flag.content,
    })
    remove(account, seen.at + random.between(MINUTE, 30 * MINUTE), seen, { human: true })
  },
}

export const thresholdTypo: Scenario = {
  name: 'threshold-typo',
  says: 'a version goes live with a threshold of 0.67 instead of 0.97 and no exemption for drawings',
  mistakes: { typo: true, badModel: false, patternRule: false },
  faulty: [mistypedRule],
  personas: [
    quilter,
    pinLost,
    halfGuilty,
    leftover,
    heldByAnother,
    crossedSince,
    served,
    bannedTwice,
    slowClock,
    removedTwice,
  ],
}
