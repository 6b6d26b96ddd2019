import type { SimulatedAccount } from '../account.ts'
import { atTime, DAY, HOUR, MINUTE, period, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, grumble, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario } from '../persona.ts'
import { mildPolicies } from '../policies.ts'
import { change } from '../services/appeals.ts'
import { deactivate, latency } from '../services/deactivation.ts'
import { findings } from '../services/findings.ts'

/** When the deactivation service terminated whom it should have suspended. */
const hours = { from: atTime('2025-04-15T07:10:00Z'), to: atTime('2025-04-15T14:40:00Z') }

const duringIt = ({ random, zone }: SimulatedAccount): number =>
  wakingMoment(random, hours.from, hours.to - 10 * MINUTE, zone)

/** Terminated, although no policy does that; some bans were softened later. */
const terminated: Persona = {
  name: 'terminated-instead-of-suspended',
  accounts: 1,
  share: 60,
  play: ({ random, turn, open }) => {
    const account = open()
    const at = duringIt(account)
    browse(account, random.below(10), start, at)
    const grounds = Array.from({ length: random.between(2, 4) }, (_, i) =>
      caught(account, at + i * MINUTE, findings.explicit(random)),
    )
    const judgedAt = Math.max(...grounds.map((flag) => flag.at)) + latency(account)
    const ban = deactivate(account, judgedAt, { restriction: 'terminated', grounds })
    if (ban === null) return
    if (turn % 5 === 4) {
      change(account, ban, ban.at + random.between(DAY, 9 * DAY), 'correction', { restriction: 'suspended' })
    } else grumble(account, ban)
  },
}

/** The same findings before and since: suspended, as it should be. */
const suspended: Persona = {
  name: 'suspended-as-before',
  accounts: 1,
  share: 15,
  play: ({ random, turn, open }) => {
    const account = open()
    const at =
      turn % 2 === 0
        ? wakingMoment(random, start + DAY, hours.from - HOUR, account.zone)
        : wakingMoment(random, hours.to, hours.to + 20 * DAY, account.zone)
    const found = [findings.explicit(random), findings.explicit(random), findings.explicit(random)]
    liveWith(account, caughtAndJudged(account, at, found), random.below(8))
  },
}

export const severerThanTheRule: Scenario = {
  name: 'severer-than-the-rule',
  says: 'for some hours, the deactivation service terminates accounts, although the rules only ever suspend',
  mistakes: noMistakes,
  policies: mildPolicies,
  faulty: [{ decidedBy: 'deactivation-service', ...period(hours.from, hours.to) }],
  personas: [terminated, suspended],
}
