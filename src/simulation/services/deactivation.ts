import type { Restriction } from '../../domain/parts.ts'
import {
  isDown,
  newId,
  publish,
  type SimulatedAccount,
  type SimulatedDecision,
  type SimulatedFlag,
} from '../account.ts'
import { DAY, formatTime, SECOND } from '../calendar.ts'
import { deactivationJudgement, humanJudgement, lostRecord, notJudged } from '../judgement.ts'
import { merchantRulesetId, merchantVersion, rulesetId, versionAt } from '../rulesets.ts'
import { type Bug, restrictionFor, standingFlags } from '../strikes.ts'
import { services } from './directory.ts'
import { sendStatement } from './notices.ts'
import { isOnHold } from './on-hold.ts'

export type BanRequest = {
  readonly restriction: Restriction
  readonly grounds: ReadonlyArray<SimulatedFlag>
  /** Null or absent: permanently. */
  readonly until?: number | null
  readonly human?: boolean
  /** The decision does not say which ruleset it follows. */
  readonly unnamed?: boolean
  /** It rests on something that no rule can judge from the record: another account's flag, a flag under no rule. */
  readonly recordLost?: boolean
}

const decidedBy = { kind: 'rule', id: 'deactivation-service' } as const
/** Which ruleset a decision of the service names. */
const namedAt = (at: number, unnamed: boolean) =>
  unnamed ? {} : { ruleset: { id: rulesetId, version: versionAt(at) } }

/** The service deactivates an account; null if the simulation ends first, or the service was asked not to. */
export const deactivate = (
  account: SimulatedAccount,
  at: number,
  ban: BanRequest,
): SimulatedDecision | null => {
  const { restriction, grounds, until = null, human = false, unnamed = false } = ban
  const named = namedAt(at, unnamed)
  if (!human && isOnHold(account, at, { decidedBy, ...named }, grounds)) return null
  const judgement =
    ban.recordLost === true
      ? lostRecord
      : human
        ? humanJudgement(account, at, restriction, grounds)
        : deactivationJudgement(account, at, restriction, grounds)
  const decision: SimulatedDecision = {
    ...blank(account, at),
    ...judgement,
    restriction,
    grounds,
    now: { restriction, until },
  }
  const category = grounds.at(-1)?.category ?? 'other'
  const happened = publish(account, services.enforcement, 'account.deactivated.v1', at, {
    decisionId: decision.id,
    restriction,
    ...(until === null ? {} : { until: formatTime('milliseconds', until) }),
    ...named,
    grounds: grounds.map(({ id }) => id),
    category,
    automation: { detection: true, decision: human ? 'not' : 'fully' },
    decidedBy: human ? { kind: 'human', id: `reviewer-${account.random.between(1, 40)}` } : decidedBy,
    basis: { kind: 'terms', reference: 'Community guidelines' },
  })
  if (!happened) return null
  account.decisions.push(decision)
  sendStatement(account, decision.id, at, category, restriction)
  return decision
}

/** `suspendedFor` in days (absent: permanently); `bug`: how the service is currently broken. */
export type Enforcing = {
  readonly suspendedFor?: number
  readonly unnamed?: boolean
  readonly bug?: Bug
}

/**
 * The service adds up an account's strikes, with expiry and window, and deactivates it if they suffice and it is
 * not already deactivated.
 */
export const enforce = (
  account: SimulatedAccount,
  at: number,
  options: Enforcing = {},
): SimulatedDecision | null => {
  if (isDown(account, at)) return null
  const { suspendedFor, unnamed = false, bug } = options
  const made = { decidedBy, ...namedAt(at, unnamed) }
  const counted = standingFlags(account.flags, at, [], bug).filter(
    (flag) => !isOnHold(account, at, made, [flag]),
  )
  const restriction = restrictionFor(counted, at, account.policies, bug)
  if (restriction === null) return null
  return deactivate(account, at, {
    restriction,
    grounds: counted.filter(({ strikes }) => strikes > 0),
    until: suspendedFor === undefined || restriction === 'terminated' ? null : at + suspendedFor * DAY,
    unnamed,
  })
}

/**
 * The merchant service stops an account under its own rules, which are not being corrected. `restsOnWrong`: its flag
 * exists only because of a decision that was wrong.
 */
export const stopSales = (
  account: SimulatedAccount,
  at: number,
  flagId: string,
  restsOnWrong = false,
): SimulatedDecision | null => {
  const restriction = 'suspended'
  const made = {
    ruleset: { id: merchantRulesetId, version: merchantVersion },
    decidedBy: { kind: 'rule', id: 'merchant-service' },
  } as const
  if (isOnHold(account, at, made, [])) return null
  const decision: SimulatedDecision = {
    ...blank(account, at),
    ...notJudged,
    restsOnWrong,
    restriction,
    now: { restriction, until: null },
  }
  const happened = publish(account, services.enforcement, 'account.deactivated.v1', at, {
    decisionId: decision.id,
    restriction,
    ruleset: made.ruleset,
    grounds: [flagId],
    category: 'scams',
    automation: { detection: true, decision: 'fully' },
    decidedBy: made.decidedBy,
  })
  if (!happened) return null
  account.decisions.push(decision)
  return decision
}

const blank = (account: SimulatedAccount, at: number) => ({
  id: newId(account, 'd'),
  account: account.id,
  kind: 'deactivation' as const,
  at,
  content: null,
  grounds: [],
  restsOnWrong: false,
  reversedAt: null,
  expired: false,
  appealWon: false,
  changeOwed: false,
})

/** How long the automatic services take: seconds to minutes. */
export const latency = (account: SimulatedAccount): number => account.random.between(2 * SECOND, 240 * SECOND)
