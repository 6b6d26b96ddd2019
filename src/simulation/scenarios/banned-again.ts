import type { SimulatedAccount } from '../account.ts'
import { atTime, DAY, HOUR, MINUTE, period } from '../calendar.ts'
import { browse, caughtAndJudged, liveWith } from '../habits.ts'
import { noMistakes, type Persona, type Scenario, type Stage } from '../persona.ts'
import { answerAppeal, appeal, reverse } from '../services/appeals.ts'
import { enforce } from '../services/deactivation.ts'
import { findings } from '../services/findings.ts'

/** When the deactivation service did not see which flags no longer counted. */
const hours = { from: atTime('2025-05-06T06:30:00Z'), to: atTime('2025-05-06T16:00:00Z') }

/** Rightly banned, and forgiven on appeal during these hours; returns when the account is back. */
const forgiven = ({ random, open }: Stage): { account: SimulatedAccount; backAt: number } => {
  const account = open()
  const bannedAt = hours.from - random.between(3 * DAY, 14 * DAY)
  browse(account, random.below(10), bannedAt - 30 * DAY, bannedAt)
  const decidedAt = random.between(hours.from + HOUR, hours.to - 4 * HOUR)
  const backAt = decidedAt + random.between(MINUTE, 20 * MINUTE)
  const ban = caughtAndJudged(account, bannedAt, [findings.explicit(random), findings.explicit(random)])
  const appealId = ban && appeal(account, ban, ban.at + random.between(HOUR, 2 * DAY))
  if (ban !== null && appealId !== null) {
    answerAppeal(account, ban, appealId, decidedAt, 'reversed')
    reverse(account, ban, backAt, 'appeal')
  }
  return { account, backAt }
}

/** Back, and banned again for the same. */
const again: Persona = {
  name: 'back-and-banned-again',
  accounts: 1,
  share: 50,
  play: (stage) => {
    const { account, backAt } = forgiven(stage)
    const at = backAt + stage.random.between(5 * MINUTE, 3 * HOUR)
    liveWith(account, enforce(account, at, { bug: 'counts dismissed flags' }), stage.random.below(8))
  },
}

/** Back, and rightly banned within hours for something else. */
const forSomethingElse: Persona = {
  name: 'back-and-banned-for-something-else',
  accounts: 1,
  share: 12,
  play: (stage) => {
    const { random } = stage
    const { account, backAt } = forgiven(stage)
    const at = backAt + random.between(5 * MINUTE, 3 * HOUR)
    liveWith(account, caughtAndJudged(account, at, [findings.knownMedia(random)]), random.below(4))
  },
}

export const bannedAgain: Scenario = {
  name: 'banned-again',
  says: 'for some hours, the deactivation service bans accounts again that an appeal has just put back',
  mistakes: noMistakes,
  faulty: [{ decidedBy: 'deactivation-service', ...period(hours.from, hours.to) }],
  personas: [again, forSomethingElse],
}
