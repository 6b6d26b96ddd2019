import type { SimulatedAccount, SimulatedDecision } from '../account.ts'
import { DAY, end, HOUR, lastPost, MINUTE, period, start, wakingMoment } from '../calendar.ts'
import { browse, caught, caughtAndJudged, removalsOf } from '../habits.ts'
import { noMistakes, type Persona, type Scenario, type Stage } from '../persona.ts'
import { answerAppeal, appeal, change, expire, reverse } from '../services/appeals.ts'
import { deactivate } from '../services/deactivation.ts'
import { raise } from '../services/detection.ts'
import { services } from '../services/directory.ts'
import { findings } from '../services/findings.ts'

const banned = (
  { random, open }: Stage,
  suspendedFor?: number,
): { account: SimulatedAccount; ban: SimulatedDecision | null } => {
  const account = open()
  const at = wakingMoment(random, start + DAY, lastPost - 25 * DAY, account.zone)
  browse(account, random.below(10), start, at)
  const found = [findings.explicit(random), findings.explicit(random)]
  return {
    account,
    ban: caughtAndJudged(account, at, found, suspendedFor === undefined ? {} : { suspendedFor }),
  }
}

/** Files an appeal and gets an answer; returns the instant of the answer. */
const appealed = (
  account: SimulatedAccount,
  decision: SimulatedDecision,
  outcome: 'reversed' | 'modified',
): number => {
  const filedAt = decision.at + account.random.between(10 * MINUTE, 4 * DAY)
  const decidedAt = filedAt + account.random.between(HOUR, 5 * DAY)
  const appealId = appeal(account, decision, filedAt)
  if (appealId !== null) answerAppeal(account, decision, appealId, decidedAt, outcome)
  return decidedAt
}

/** The appeal was won, and nothing followed. */
const neverPutBack: Persona = {
  name: 'never-put-back',
  accounts: 1,
  share: 50,
  play: (stage) => {
    const { account, ban } = banned(stage)
    if (ban !== null) appealed(account, ban, 'reversed')
  },
}

/** The same for a pin. */
const neverRestored: Persona = {
  name: 'never-restored',
  accounts: 1,
  share: 20,
  play: ({ random, open }) => {
    const account = open()
    browse(account, random.below(12))
    caught(
      account,
      wakingMoment(random, start + DAY, lastPost - 12 * DAY, account.zone),
      findings.explicit(random),
    )
    const [removal] = removalsOf(account)
    if (removal !== undefined) appealed(account, removal, 'reversed')
  },
}

/** The platform kept its word. */
const kept: Persona = {
  name: 'promise-kept',
  accounts: 1,
  share: 20,
  play: (stage) => {
    const { account, ban } = banned(stage)
    if (ban === null) return
    const back = appealed(account, ban, 'reversed') + stage.random.between(MINUTE, 2 * DAY)
    reverse(account, ban, back, 'appeal')
    browse(account, stage.random.below(8), back)
  },
}

/** A milder restriction was promised; for some it came, for some it did not. */
const changed: Persona = {
  name: 'change-promised',
  accounts: 1,
  share: 14,
  play: (stage) => {
    const { account, ban } = banned(stage)
    if (ban === null) return
    const decidedAt = appealed(account, ban, 'modified')
    if (stage.turn % 3 === 0) return
    const until = stage.turn % 3 === 1 ? decidedAt + 7 * DAY : end + 60 * DAY
    change(account, ban, decidedAt + stage.random.between(MINUTE, HOUR), 'appeal', { until })
  },
}

/** Won, but the suspension had already expired. */
const ranOut: Persona = {
  name: 'ran-out',
  accounts: 1,
  share: 8,
  play: (stage) => {
    const { account, ban } = banned(stage, 14)
    if (ban === null) return
    appealed(account, ban, 'reversed')
    expire(account, ban)
  },
}

/** Won against one of two bans: the other still holds. */
const otherHolds: Persona = {
  name: 'promise-beside-another-ban',
  accounts: 1,
  share: 8,
  play: (stage) => {
    const { account, ban } = banned(stage)
    if (ban === null) return
    const flag = raise(account, ban.at + 2 * HOUR, findings.reviewersWord(stage.random))
    deactivate(account, flag.at + 5 * HOUR, { restriction: 'suspended', grounds: [flag], human: true })
    appealed(account, ban, 'reversed')
  },
}

/** Won, not carried out, and banned again on the spent flags: both bans must be reversed. */
const spentAgain: Persona = {
  name: 'spent-again',
  accounts: 1,
  share: 8,
  play: (stage) => {
    const { account, ban } = banned(stage)
    if (ban === null) return
    const decidedAt = appealed(account, ban, 'reversed')
    deactivate(account, decidedAt + stage.random.between(HOUR, DAY), {
      restriction: 'suspended',
      grounds: ban.grounds,
    })
  },
}

export const brokenPromises: Scenario = {
  name: 'broken-promises',
  says: 'appeals are won, but the reversals never carried out',
  mistakes: noMistakes,
  faulty: [{ source: services.enforcement.source, ...period(start, null) }],
  personas: [neverPutBack, neverRestored, kept, changed, ranOut, otherHolds, spentAgain],
}
