import type { Account } from '../../../domain/account.ts'
import { appealed } from '../../../domain/appeal.ts'
import type { AppealOutcome } from '../../../domain/parts.ts'
import { instantOf } from '../../../domain/time.ts'
import type { Decided, Means } from './decided.ts'

/** An appeal, as the reports count it. Instants are in ms. */
export type Complaint = {
  /** Null: no filing is on record. */
  readonly filedAt: number | null
  readonly answer: {
    readonly at: number
    readonly outcome: AppealOutcome
    readonly isAutomated: boolean
    /** From filing to answer; 0 if the clocks of two services put the answer first; null: no filing is on record. */
    readonly msFromFiling: number | null
  } | null
  /** Of the decision that it is against; `unknown`: the account has no decision with that id. */
  readonly kind: Decided['kind'] | 'unknown'
  readonly category: string
  readonly means: Means | 'unknown'
}

/** An account's appeals, each once. */
export const complaintsOf = (record: Account, decided: ReadonlyArray<Decided>): ReadonlyArray<Complaint> => {
  const decisions = new Map<string, Decided>(decided.map((one) => [one.decision.decisionId, one]))
  return record.appeals.map((appeal) => {
    const against = decisions.get(appealed(appeal))
    const filedAt = appeal.status === 'unfiled' ? null : instantOf(appeal.filed.time)
    const answered = appeal.status === 'open' ? null : appeal.answered
    const at = answered === null ? null : instantOf(answered.time)
    return {
      filedAt,
      answer:
        answered === null || at === null
          ? null
          : {
              at,
              outcome: answered.data.outcome,
              isAutomated: answered.data.reviewer.kind === 'automated',
              msFromFiling: filedAt === null ? null : Math.max(0, at - filedAt),
            },
      kind: against?.kind ?? 'unknown',
      category: against?.category ?? 'unknown',
      means: against?.means ?? 'unknown',
    }
  })
}
