import type { SimulatedAccount } from '../account.ts'
import { publish } from '../account.ts'
import { DAY, end, HOUR, lastPost, MINUTE, SECOND, start, wakingMoment, wakingMoments } from '../calendar.ts'
import { browse, caught, caughtAndJudged, grumble, removalsOf } from '../habits.ts'
import type { Persona } from '../persona.ts'
import type { Random } from '../random.ts'
import { answerAppeal, appeal, expire, hesitation, reverse } from '../services/appeals.ts'
import { deactivate, enforce, latency, stopSales } from '../services/deactivation.ts'
import { dismiss, newContent, raise, raiseMerchant } from '../services/detection.ts'
import { services } from '../services/directory.ts'
import { findings } from '../services/findings.ts'
import { remove } from '../services/removal.ts'

/** Posts of an ordinary person in the ten weeks: mostly a few, sometimes many. */
const somePosts = (random: Random): number => (random.chance(120) ? random.between(20, 44) : random.below(14))
const fewPosts = (random: Random): number => random.below(7)

/** Signed up during the ten weeks, so that the rules for young accounts apply to it for a month. */
const young = (random: Random) => ({ age: -random.below(60) })

/** An instant in an account's first four weeks, with time left for what follows. */
const youth = (account: SimulatedAccount): { from: number; to: number } => ({
  from: Math.max(start, account.bornAt) + HOUR,
  to: Math.min(lastPost - DAY, account.bornAt + 26 * DAY),
})

/** The large majority: they post, detectors look, nothing happens. Takes the accounts that the other personas leave. */
export const quiet: Persona = {
  name: 'quiet',
  accounts: 1,
  share: 0,
  play: ({ random, open }) => browse(open(random.chance(150) ? young(random) : {}), somePosts(random)),
}

/** Reported by others, sometimes subject to an authority's request; a reviewer finds nothing. */
const reported: Persona = {
  name: 'reported',
  accounts: 1,
  share: 14,
  play: ({ random, open }) => {
    const account = open()
    browse(account, fewPosts(random))
    const at = wakingMoment(random, start, lastPost, account.zone)
    const content = newContent(account, at)
    for (let i = random.between(1, 3); i > 0; i--) {
      publish(account, services.intake, 'notice.received.v1', at + random.below(3 * DAY), {
        noticeId: `n-${account.hex}-r${i}`,
        notifier: random.chance(100) ? 'trusted_flagger' : 'user',
        category: random.pick(['adult_content', 'harassment', 'spam', 'counterfeit']),
        content,
      })
    }
    if (random.chance(60)) {
      publish(account, services.intake, 'order.received.v1', at + random.below(5 * DAY), {
        orderId: `o-${account.hex}`,
        authority: random.pick(['Amtsgericht Köln', 'Tribunal judiciaire de Lyon', 'Coimisiún na Meán']),
        kind: 'inform',
      })
    }
  },
}

/** One rightful strike without consequences; some are dismissed by a reviewer. */
const onceFlagged: Persona = {
  name: 'once-flagged',
  accounts: 1,
  share: 24,
  play: ({ random, open }) => {
    const account = open()
    browse(account, fewPosts(random))
    const finding = random.pick([findings.repeatPin, findings.explicit, findings.harassment])(random)
    const flag = caught(account, wakingMoment(random, start + DAY, lastPost - DAY, account.zone), finding)
    if (random.chance(200)) dismiss(account, flag, flag.at + random.between(3 * HOUR, 4 * DAY))
    const [removal] = removalsOf(account)
    if (removal !== undefined && random.chance(150)) grumble(account, removal)
  },
}

/** Young accounts that post link lists every hour until they are deactivated. */
const spamFarm: Persona = {
  name: 'spam-farm',
  accounts: 1,
  share: 34,
  play: ({ random, open }) => {
    const account = open({ age: random.between(-55, 0) })
    const { from, to } = youth(account)
    browse(account, random.below(4), from, to)
    for (const at of wakingMoments(random, random.between(3, 7), from, to, account.zone)) {
      const finding = random.chance(700) ? findings.linkFarm(random) : findings.repeatPin(random)
      const ban = caughtAndJudged(account, at, [finding])
      if (ban !== null) {
        grumble(account, ban)
        return
      }
    }
  },
}

/** Real adult content, rightly caught in every week, including those of the incident. */
const adultContent: Persona = {
  name: 'adult-content',
  accounts: 1,
  share: 20,
  play: ({ random, open }) => {
    const account = open()
    const caughtAt = wakingMoment(random, start + DAY, lastPost - 3 * DAY, account.zone)
    browse(account, fewPosts(random), start, caughtAt)
    caughtAndJudged(account, caughtAt, [findings.explicit(random)])
    const caughtAgainAt = Math.min(lastPost - DAY, caughtAt + random.between(10 * MINUTE, 9 * DAY))
    const more = random.chance(250) ? [findings.explicit(random), findings.explicit(random)] : []
    const ban = caughtAndJudged(account, caughtAgainAt, [findings.explicit(random), ...more], {
      unnamed: random.chance(60),
    })
    if (ban !== null) grumble(account, ban)
  },
}

/** Known violent media: deactivated at the first match, sometimes after an order. */
const extremist: Persona = {
  name: 'extremist',
  accounts: 1,
  share: 5,
  play: ({ random, open }) => {
    const account = open(young(random))
    const at = wakingMoment(random, Math.max(start, account.bornAt) + HOUR, lastPost, account.zone)
    if (random.chance(200)) {
      publish(account, services.intake, 'order.received.v1', at - HOUR, {
        orderId: `o-${account.hex}`,
        authority: 'Bundeskriminalamt',
        kind: 'act',
      })
    }
    caughtAndJudged(account, at, [findings.knownMedia(random)])
  },
}

/** Reviewers find harassment, and a person decides. */
const harasser: Persona = {
  name: 'harasser',
  accounts: 1,
  share: 8,
  play: ({ random, open }) => {
    const account = open()
    const at = wakingMoment(random, start + 2 * DAY, lastPost - 4 * DAY, account.zone)
    browse(account, fewPosts(random), start, at)
    const first = caught(account, at, findings.harassment(random))
    const second = caught(account, at + random.between(HOUR, DAY), findings.harassment(random))
    const ban = random.chance(600)
      ? deactivate(account, second.at + random.between(20 * MINUTE, 2 * DAY), {
          restriction: random.chance(200) ? 'terminated' : 'suspended',
          grounds: [first, second],
          human: true,
        })
      : enforce(account, second.at + latency(account))
    if (ban !== null) grumble(account, ban)
  },
}

/** Suspended, back afterwards, and suspended or terminated again, because strikes do not end with a suspension. */
const repeatOffender: Persona = {
  name: 'repeat-offender',
  accounts: 1,
  share: 8,
  play: ({ random, open }) => {
    const account = open()
    let at = wakingMoment(random, start + DAY, start + 18 * DAY, account.zone)
    browse(account, fewPosts(random), start, at)
    caught(account, at, findings.harassment(random))
    for (let round = 0; round < 3; round++) {
      const finding = random.pick([findings.explicit, findings.harassment, findings.repeatPin])(random)
      const ban = caughtAndJudged(account, at + DAY, [finding], { suspendedFor: random.pick([7, 14]) })
      if (ban === null) {
        at += random.between(DAY, 3 * DAY)
        continue
      }
      if (ban.now.until === null) return
      expire(account, ban)
      at = ban.now.until + random.between(DAY, 10 * DAY)
      if (at > lastPost - 3 * DAY) return
    }
  },
}

/** Shops that never deliver: under another ruleset, which a correction of this one does not judge. */
const merchant: Persona = {
  name: 'merchant',
  accounts: 1,
  share: 4,
  play: ({ random, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, lastPost - DAY, account.zone)
    browse(account, fewPosts(random), start, at)
    stopSales(account, at + latency(account), raiseMerchant(account, at))
  },
}

/** Rightly banned, forgiven on appeal, reinstated, and well-behaved since. */
const forgiven: Persona = {
  name: 'forgiven',
  accounts: 1,
  share: 4,
  play: ({ random, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, end - 30 * DAY, account.zone)
    const ban = caughtAndJudged(account, at, [findings.explicit(random), findings.explicit(random)])
    if (ban === null) return
    const filedAt = ban.at + hesitation(account)
    const appealId = appeal(account, ban, filedAt)
    if (appealId === null) return
    const decidedAt = filedAt + random.between(DAY, 5 * DAY)
    answerAppeal(account, ban, appealId, decidedAt, 'reversed')
    reverse(account, ban, decidedAt + random.between(SECOND, HOUR), 'appeal')
    browse(account, fewPosts(random), decidedAt + HOUR)
    if (random.chance(400)) caughtAndJudged(account, lastPost - 2 * DAY, [findings.repeatPin(random)])
  },
}

/** Rightful bans at the edges: in the same second as the flag, or with a ground dated later by a skewed clock. */
const edgeOfTime: Persona = {
  name: 'edge-of-time',
  accounts: 1,
  share: 3,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, lastPost - DAY, account.zone)
    browse(account, fewPosts(random), start, at)
    const first = caught(account, at, findings.explicit(random))
    const second = raise(account, at + random.between(5 * SECOND, MINUTE), findings.explicit(random))
    const early = turn % 2 === 0 ? 0 : random.between(SECOND, 4 * SECOND)
    remove(account, second.at - early, second)
    deactivate(account, second.at - early, { restriction: 'suspended', grounds: [first, second] })
  },
}

/** Whatever the scenario, most of the platform is this. */
export const background: ReadonlyArray<Persona> = [
  reported,
  onceFlagged,
  spamFarm,
  adultContent,
  extremist,
  harasser,
  repeatOffender,
  merchant,
  forgiven,
  edgeOfTime,
]
