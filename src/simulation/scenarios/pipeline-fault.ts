import { DAY, HOUR, lastPost, MINUTE, period, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, grumble, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import type { Random } from '../random.ts'
import { answerAppeal, appeal, change, reverse } from '../services/appeals.ts'
import { deactivate, enforce, latency } from '../services/deactivation.ts'
import { dismiss, raise } from '../services/detection.ts'
import { findings } from '../services/findings.ts'
import { remove } from '../services/removal.ts'

const anyDay = (random: Random, zone: number): number =>
  wakingMoment(random, start + 5 * DAY, lastPost - 12 * DAY, zone)

/** A retry is counted as a second strike. */
const countedTwice: Persona = {
  name: 'counted-twice',
  accounts: 1,
  share: 24,
  play: ({ random, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    const found = random.chance(600)
      ? [findings.explicit(random)]
      : [findings.repeatPin(random), findings.repeatPin(random)]
    liveWith(account, caughtAndJudged(account, at, found, { bug: 'counts retries twice' }), random.below(14))
  },
}

/**
 * The ban of one account lands on another, which did nothing, without giving grounds. A few have deserved one since:
 * those need human review.
 */
const outOfNowhere: Persona = {
  name: 'out-of-nowhere',
  accounts: 1,
  share: 14,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    browse(account, random.below(12), start, at)
    const restriction = random.chance(200) ? 'terminated' : 'suspended'
    const ban = deactivate(account, at, { restriction, grounds: [], unnamed: random.chance(200) })
    if (turn % 8 < 7) liveWith(account, ban, 0)
    else for (let i = 1; i <= 2; i++) caught(account, at + i * DAY, findings.explicit(random))
  },
}

/**
 * It lands on another account and refers to the offender's flags: the record cannot explain that, so it needs human
 * review. The offender stays, unless somebody notices.
 */
const wrongAccount: Persona = {
  name: 'wrong-account',
  accounts: 2,
  share: 12,
  play: ({ random, open }) => {
    const offender = open()
    const victim = open()
    const at = anyDay(random, offender.zone)
    browse(offender, random.below(6), start, at)
    browse(victim, random.below(12), start, at)
    const first = caught(offender, at, findings.explicit(random))
    const second = caught(offender, at + MINUTE, findings.explicit(random))
    const grounds = [first, second]
    const ban = deactivate(victim, second.at + latency(victim), {
      restriction: 'suspended',
      grounds,
      recordLost: true,
    })
    if (ban !== null) appeal(victim, ban, ban.at + random.between(HOUR, 2 * DAY))
    if (random.chance(500)) {
      deactivate(offender, second.at + random.between(DAY, 6 * DAY), {
        restriction: 'suspended',
        grounds,
        human: true,
      })
    }
  },
}

/** A reviewer had dismissed the flag, but the service still counted it. */
const dismissedCounted: Persona = {
  name: 'dismissed-counted',
  accounts: 1,
  share: 12,
  play: ({ random, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    const flag = caught(account, at, findings.explicit(random))
    dismiss(account, flag, flag.at + random.between(2 * HOUR, DAY))
    const ban = caughtAndJudged(account, at + random.between(2 * DAY, 5 * DAY), [findings.explicit(random)], {
      bug: 'counts dismissed flags',
    })
    liveWith(account, ban, random.below(10))
  },
}

/** Terminated although the rules of the day only suspend; some were softened later. */
const tooSevere: Persona = {
  name: 'too-severe',
  accounts: 1,
  share: 8,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    browse(account, random.below(6), start, at)
    const grounds = [
      caught(account, at, findings.explicit(random)),
      caught(account, at + MINUTE, findings.explicit(random)),
    ]
    const ban = deactivate(account, at + MINUTE + latency(account), { restriction: 'terminated', grounds })
    if (ban !== null && turn % 2 === 1) {
      change(account, ban, ban.at + random.between(DAY, 9 * DAY), 'correction', { restriction: 'suspended' })
    }
  },
}

/** Suspended although the rules of the day terminate: too lenient, which is not reversed. */
const tooMild: Persona = {
  name: 'too-mild',
  accounts: 1,
  share: 3,
  play: ({ random, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    const grounds = [0, 1, 2].map((i) => caught(account, at + i * MINUTE, findings.explicit(random)))
    const ban = deactivate(account, at + 2 * MINUTE + latency(account), { restriction: 'suspended', grounds })
    if (ban !== null) grumble(account, ban)
  },
}

/** A rightful suspension that was later made a termination. */
const madeWorse: Persona = {
  name: 'made-worse',
  accounts: 1,
  share: 5,
  play: ({ random, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    browse(account, random.below(6), start, at)
    const ban = caughtAndJudged(account, at, [findings.explicit(random), findings.explicit(random)])
    if (ban === null) return
    change(account, ban, ban.at + random.between(DAY, 9 * DAY), 'correction', { restriction: 'terminated' })
  },
}

/** The appeal was won and carried out, and then the same flags banned the account again. */
const againOnSpentFlags: Persona = {
  name: 'again-on-spent-flags',
  accounts: 1,
  share: 8,
  play: ({ random, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    const first = caughtAndJudged(account, at, [findings.explicit(random), findings.explicit(random)])
    if (first === null) return
    const filedAt = first.at + random.between(HOUR, DAY)
    const appealId = appeal(account, first, filedAt)
    if (appealId === null) return
    answerAppeal(account, first, appealId, filedAt + DAY, 'reversed')
    reverse(account, first, filedAt + DAY + random.between(MINUTE, HOUR), 'appeal')
    const secondBan = deactivate(account, filedAt + random.between(2 * DAY, 6 * DAY), {
      restriction: 'suspended',
      grounds: first.grounds,
    })
    liveWith(account, secondBan, random.below(6))
  },
}

/** The service was down and never caught up: nobody is reinstated, but the reports should mention it. */
const neverBanned: Persona = {
  name: 'never-banned',
  accounts: 1,
  share: 4,
  play: ({ random, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    caught(account, at, findings.explicit(random))
    caught(account, at + MINUTE, findings.explicit(random))
    browse(account, random.below(12))
  },
}

/** A pin was removed for a rule that does not remove content. */
const removedForNothing: Persona = {
  name: 'removed-for-nothing',
  accounts: 1,
  share: 6,
  play: ({ random, open }) => {
    const account = open()
    browse(account, random.below(12))
    const flag = raise(account, anyDay(random, account.zone), findings.repeatPin(random))
    remove(account, flag.at + latency(account), flag)
  },
}

/** Just enough, and the service did as it should. */
const justEnough: Persona = {
  name: 'just-enough',
  accounts: 1,
  share: 6,
  play: ({ random, open }) => {
    const account = open()
    const at = anyDay(random, account.zone)
    browse(account, random.below(6), start, at)
    const flag = caught(account, at, findings.explicit(random))
    caught(account, flag.at + HOUR, findings.repeatPin(random))
    enforce(account, flag.at + 2 * HOUR)
  },
}

export const pipelineFault: Scenario = {
  name: 'pipeline-fault',
  says: 'the deactivation service bans when no rule asks for it: retries counted twice, wrong accounts banned',
  mistakes: noMistakes,
  faulty: [
    { decidedBy: 'deactivation-service', ...period(start, null) },
    { decidedBy: 'removal-service', ...period(start, null) },
  ],
  personas: [
    countedTwice,
    outOfNowhere,
    wrongAccount,
    dismissedCounted,
    tooSevere,
    tooMild,
    madeWorse,
    againOnSpentFlags,
    neverBanned,
    removedForNothing,
    justEnough,
  ],
}
