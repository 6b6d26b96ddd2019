import type { SimulatedAccount, SimulatedDecision, SimulatedFlag } from './account.ts'
import { end } from './calendar.ts'
import type { SimulatedCorrection } from './corrections.ts'
import { isWithdrawn, isWrong } from './judgement.ts'
import type { Faulty } from './persona.ts'
import { rulesetId, type SimulatedRuleset } from './rulesets.ts'
import { restrictionFor, standingFlags } from './strikes.ts'

/** Decisions to reverse on one account; `content` for a removal. */
export type PutBack = {
  readonly account: string
  readonly decisionIds: ReadonlyArray<string>
  readonly content?: { readonly id: string; readonly kind: string }
}

/** What the simulator knows because it injected the faults itself: exactly what a replay must find. */
export type GroundTruth = {
  readonly scenario: string
  readonly seed: number
  readonly accounts: number
  readonly faultShare: number
  /** Whether retired versions of detectors went on looking at some of the content. */
  readonly paired: boolean
  /** What is at fault; empty if nothing is. */
  readonly faulty: ReadonlyArray<Faulty>
  /** Distinct events; the file has `duplicates` more lines. */
  readonly events: number
  readonly duplicates: number
  /** Events delivered more than an hour after they happened. */
  readonly late: number
  /** What corrects the mistake; null: the rules were right, and `correction` corrects the evidence. */
  readonly rulesetCorrected: SimulatedRuleset | null
  /** Null: `rulesetCorrected` alone corrects it. */
  readonly correction: SimulatedCorrection | null
  readonly putBack: ReadonlyArray<PutBack>
  /** Decisions that go to a person. */
  readonly review: ReadonlyArray<string>
  /** Decisions to reverse although another still restricts the account or the content. */
  readonly annul: ReadonlyArray<string>
  /** Every decision that the rightful rules never asked for, reversed by now or not. */
  readonly wrongful: ReadonlyArray<string>
  /** Other rulesets' decisions that would not exist without a wrongful one. */
  readonly otherRulesets: ReadonlyArray<string>
  /** Accounts that the rightful rules would have deactivated, but nobody did. */
  readonly missed: ReadonlyArray<string>
  /**
   * Decisions that the corrected evidence cannot settle, but a fixed detector could that looks again at their flags; if
   * they are in `review`, nobody needs to review them before.
   */
  readonly awaitingRescoring: ReadonlyArray<string>
  /** Flags that gave strikes and still count, although they should never have been raised. */
  readonly falseStrikes: ReadonlyArray<string>
  /** The scenario responsible, for each decision above. */
  readonly faults: Readonly<Record<string, string>>
  /** How often each persona ran. */
  readonly personas: Readonly<Record<string, number>>
}

/** The lists that grow while the accounts' stories run. */
export const truthSoFar = () => ({
  putBack: [] as Array<PutBack>,
  review: [] as Array<string>,
  annul: [] as Array<string>,
  wrongful: [] as Array<string>,
  otherRulesets: [] as Array<string>,
  missed: [] as Array<string>,
  awaitingRescoring: [] as Array<string>,
  falseStrikes: [] as Array<string>,
  faults: {} as Record<string, string>,
})
type TruthSoFar = ReturnType<typeof truthSoFar>

/** Records what is owed on an account whose story is over. `fault`: what caused its troubles. */
export const settleAccount = (account: SimulatedAccount, fault: string | null, truth: TruthSoFar): void => {
  const missedAt = missedSince(account)
  if (missedAt !== null) truth.missed.push(account.id)
  truth.falseStrikes.push(...account.flags.filter(isFalseStrike).map(({ id }) => id))
  const back: Array<string> = []
  for (const decision of account.decisions) {
    if (awaitsRescoring(account, decision)) truth.awaitingRescoring.push(decision.id)
    const owed = remedyOf(account, decision, missedAt)
    const wrong = isWrong(decision)
    if (!wrong && owed === 'nothing' && !decision.restsOnWrong) continue
    if (fault === null)
      throw new Error(`a decision must be remedied, but no fault explains it: ${decision.id}`)
    truth.faults[decision.id] = fault
    if (wrong) truth.wrongful.push(decision.id)
    if (decision.restsOnWrong) truth.otherRulesets.push(decision.id)
    if (owed === 'review') truth.review.push(decision.id)
    if (owed === 'annul') truth.annul.push(decision.id)
    if (owed !== 'reinstate') continue
    if (decision.content === null) back.push(decision.id)
    else {
      const { id, kind } = decision.content
      truth.putBack.push({ account: account.id, decisionIds: [decision.id], content: { id, kind } })
    }
  }
  if (back.length > 0) truth.putBack.push({ account: account.id, decisionIds: back })
}

const isFalseStrike = ({ standing, strikes, voidedAt, names }: SimulatedFlag): boolean =>
  standing === 'falls' && strikes > 0 && voidedAt === null && names.ruleset?.id === rulesetId

/** Whether it is unclear, and one of the flags before it could be scored again. */
const awaitsRescoring = (
  { flags }: SimulatedAccount,
  { judged, warranted, at, grounds }: SimulatedDecision,
) =>
  judged &&
  warranted === 'unclear' &&
  flags.some(
    (flag) =>
      flag.awaitsRescoring &&
      (flag.at <= at || grounds.includes(flag)) &&
      (flag.voidedAt === null || flag.voidedAt >= at),
  )

type Owed = 'nothing' | 'reinstate' | 'annul' | 'review'

const remedyOf = (account: SimulatedAccount, decision: SimulatedDecision, missedAt: number | null): Owed => {
  if (!decision.judged || decision.reversedAt !== null || isOver(decision)) return 'nothing'
  if (isWrong(decision) || decision.appealWon) {
    const others = account.decisions.filter((other) => stillHolds(other, decision))
    const crossed = isWrong(decision) && decision.kind === 'deactivation' && missedAt !== null
    if (others.some(({ warranted }) => warranted === 'unclear')) return 'review'
    if (crossed && missedAt > decision.at) return 'review'
    return others.some(({ warranted }) => warranted === 'yes') ? 'annul' : 'reinstate'
  }
  const madeWorse = decision.restriction === 'suspended' && decision.now.restriction === 'terminated'
  const eased = decision.severity === 'too severe' && decision.now.restriction === decision.deserved
  if (eased) return 'nothing'
  const doubtful = decision.warranted === 'unclear' || decision.severity !== 'as deserved'
  return doubtful || madeWorse || decision.changeOwed ? 'review' : 'nothing'
}

const isOver = ({ now, expired }: SimulatedDecision): boolean =>
  expired || (now.until !== null && now.until <= end)

/** Whether another decision of the same kind, on the same content, was never reversed and has not ended. */
const stillHolds = (other: SimulatedDecision, than: SimulatedDecision): boolean =>
  other !== than &&
  other.kind === than.kind &&
  other.content?.id === than.content?.id &&
  !isWithdrawn(other) &&
  !isOver(other)

/** The first moment when the account's flags that hold sufficed but led to no deactivation; or null. */
const missedSince = (account: SimulatedAccount): number | null => {
  const holding = account.flags.filter(({ standing }) => standing === 'holds').sort((a, b) => a.at - b.at)
  const bans = account.decisions.filter(({ kind }) => kind === 'deactivation')
  for (const { at } of holding) {
    if (restrictionFor(standingFlags(holding, at), at, account.policies) === null) continue
    const heldOrLater = bans.some(
      (ban) =>
        ban.at >= at ||
        (!isWrong(ban) &&
          (ban.reversedAt === null || ban.reversedAt >= at) &&
          (ban.now.until === null || ban.now.until > at)),
    )
    if (!heldOrLater) return at
  }
  return null
}
