import type { SimulatedFlag } from '../account.ts'
import { DAY, HOUR, MINUTE, period, SECOND, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { policies } from '../policies.ts'
import { deactivate, enforce } from '../services/deactivation.ts'
import { findings } from '../services/findings.ts'

const REPEAT_PIN_EXPIRES = 14 * DAY
const WINDOW = policies[0].within * DAY

/** Strikes from weeks ago had expired, but were counted. */
const longAgo: Persona = {
  name: 'long-ago',
  accounts: 1,
  share: 55,
  play: ({ random, open }) => {
    const account = open()
    let at = wakingMoment(random, start + DAY, start + 24 * DAY, account.zone)
    caught(account, at, findings.repeatPin(random))
    at += random.between(3 * DAY, 13 * DAY)
    caught(account, at, findings.repeatPin(random))
    at += random.between(13 * DAY, 18 * DAY)
    const ban = caughtAndJudged(account, at, [findings.repeatPin(random)], { bug: 'counts expired strikes' })
    liveWith(account, ban, random.below(14))
  },
}

/** Banned at the very instant when a strike ends (it no longer counts), a millisecond before, or a second after. */
const atTheInstant: Persona = {
  name: 'at-the-instant',
  accounts: 1,
  share: 12,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = wakingMoment(random, start + DAY, start + 45 * DAY, account.zone)
    const first = caught(account, at, findings.repeatPin(random))
    caught(account, at + random.between(DAY, 12 * DAY), findings.repeatPin(random))
    caught(account, first.at + REPEAT_PIN_EXPIRES - MINUTE, findings.repeatPin(random))
    const after = [0, -1, SECOND][turn % 3] ?? 0
    const ban = enforce(account, first.at + REPEAT_PIN_EXPIRES + after, { bug: 'counts expired strikes' })
    liveWith(account, ban, random.below(10))
  },
}

/** A strike that lasts longer than the policy looks back: at exactly the window's length it no longer counts. */
const outOfTheWindow: Persona = {
  name: 'out-of-the-window',
  accounts: 1,
  share: 8,
  play: ({ random, turn, open }) => {
    const account = open()
    const first = caught(account, start + random.between(2 * HOUR, 5 * DAY), findings.explicit(random))
    caught(account, first.at + WINDOW - random.between(5 * MINUTE, 20 * DAY), findings.explicit(random))
    const after = [0, -1, HOUR][turn % 3] ?? 0
    const ban = enforce(account, first.at + WINDOW + after, { bug: 'counts expired strikes' })
    liveWith(account, ban, random.below(10))
  },
}

/** All within a few days: right, despite the bug. */
const fresh: Persona = {
  name: 'fresh-strikes',
  accounts: 1,
  share: 15,
  play: ({ random, open }) => {
    const account = open()
    let at = wakingMoment(random, start + DAY, start + 45 * DAY, account.zone)
    browse(account, random.below(6), start, at)
    const flags: Array<SimulatedFlag> = []
    for (let i = 0; i < 3; i++) {
      flags.push(caught(account, at, findings.repeatPin(random)))
      at += random.between(HOUR, 4 * DAY)
    }
    liveWith(account, enforce(account, at, { bug: 'counts expired strikes' }), 0)
    // A second decision by another worker, moments later, on the same strikes.
    if (random.chance(200)) deactivate(account, at + SECOND, { restriction: 'suspended', grounds: flags })
  },
}

export const expiredStrikes: Scenario = {
  name: 'expired-strikes',
  says: 'the service counts strikes that have expired',
  mistakes: noMistakes,
  faulty: [{ decidedBy: 'deactivation-service', ...period(start, null) }],
  personas: [longAgo, atTheInstant, outOfTheWindow, fresh],
}
