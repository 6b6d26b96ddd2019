import type { Restriction } from '../domain/parts.ts'
import type { SimulatedAccount, SimulatedContent, SimulatedDecision, SimulatedFlag } from './account.ts'
import { restrictionFor, standingFlags } from './strikes.ts'

/** What the simulator knows about a decision when a service makes it. */
export type KnownOutcome = Pick<SimulatedDecision, 'judged' | 'warranted' | 'deserved' | 'severity'>

const yes = (
  deserved: Restriction | null,
  severity: SimulatedDecision['severity'] = 'as deserved',
): KnownOutcome => ({
  judged: true,
  warranted: 'yes',
  deserved,
  severity,
})
const no: KnownOutcome = { judged: true, warranted: 'no', deserved: null, severity: 'as deserved' }
const unclear: KnownOutcome = { ...no, warranted: 'unclear' }

/** Another ruleset's decision: not judged. */
export const notJudged: KnownOutcome = { ...yes(null), judged: false }

const holds = (flag: SimulatedFlag): boolean => flag.standing === 'holds'
const mayHold = (flag: SimulatedFlag): boolean => flag.standing !== 'falls'

/** An automatic deactivation: what the strikes that hold ask for, and what they might ask for with the unclear ones. */
export const deactivationJudgement = (
  account: SimulatedAccount,
  at: number,
  restriction: Restriction,
  grounds: ReadonlyArray<SimulatedFlag>,
): KnownOutcome => {
  const counted = standingFlags(account.flags, at, grounds)
  const deserved = restrictionFor(counted.filter(holds), at, account.policies)
  const atMost = restrictionFor(counted.filter(mayHold), at, account.policies)
  if (deserved === null) return atMost === null ? no : unclear
  if (restriction === 'suspended' || deserved === 'terminated') return yes(deserved)
  return yes(deserved, atMost === 'terminated' ? 'perhaps too severe' : 'too severe')
}

/** An automatic removal: only what was found on that content, by rules that remove. */
export const removalJudgement = (
  account: SimulatedAccount,
  at: number,
  content: SimulatedContent,
  grounds: ReadonlyArray<SimulatedFlag>,
): KnownOutcome => {
  const found = account.flags.filter(
    (flag) =>
      flag.removes &&
      flag.content?.id === content.id &&
      (flag.at <= at || grounds.includes(flag)) &&
      (flag.voidedAt === null || flag.voidedAt >= at),
  )
  if (found.some(holds)) return yes(null)
  return found.some(mayHold) ? unclear : no
}

/**
 * A person's decision is never overruled. It goes back to a person if something that they were shown does not hold, or if
 * they gave no reason and something earlier on the account was wrong.
 */
export const humanJudgement = (
  account: SimulatedAccount,
  at: number,
  restriction: Restriction | null,
  grounds: ReadonlyArray<SimulatedFlag>,
): KnownOutcome => {
  const sound =
    grounds.length === 0
      ? !account.decisions.some((decision) => decision.at < at && isWrong(decision))
      : grounds.every(
          (flag) =>
            flag.account === account.id && holds(flag) && (flag.voidedAt === null || flag.voidedAt >= at),
        )
  return sound ? yes(restriction) : unclear
}

/** What rests on another account's flag, or on one under no rule, cannot be decided from the record. */
export const lostRecord: KnownOutcome = unclear

/** The rightful rules never asked for it. */
export const isWrong = (decision: SimulatedDecision): boolean =>
  decision.judged && decision.warranted === 'no'

/** Reversed for a reason other than its end, or promised to be. */
export const isWithdrawn = (decision: SimulatedDecision): boolean =>
  decision.reversedAt !== null || decision.appealWon
