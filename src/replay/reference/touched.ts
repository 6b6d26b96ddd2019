import type { AccountHistory } from '../model/history.ts'
import { asRecorded } from './corrected-evidence.ts'
import { anyInEvidence } from './evidence.ts'
import type { JudgementSoFar, Touched } from './judge.ts'
import type { JudgingContext } from './judging-context.ts'

const untouched: Touched = { withdrawn: false, rescored: false }

/** What the correction did to the evidence for an account's judged decisions, which must be passed in order. */
export const touchedIn = (
  account: AccountHistory,
  { history, evidenceOf }: JudgingContext,
): ((judgement: JudgementSoFar) => Touched) => {
  if (evidenceOf === asRecorded) return () => untouched
  const withdrawn = account.flags.filter((flag) => evidenceOf(flag).limit !== 'true')
  const rescored = account.flags.filter((flag) => evidenceOf(flag).rescoring !== null)
  if (withdrawn.length === 0 && rescored.length === 0) return () => untouched
  const anyWithdrawn = anyInEvidence(withdrawn, history.voidedAt)
  const anyRescored = anyInEvidence(rescored, history.voidedAt)
  return ({ decision, evidence }) => ({
    withdrawn: anyWithdrawn(decision, evidence),
    rescored: anyRescored(decision, evidence),
  })
}
