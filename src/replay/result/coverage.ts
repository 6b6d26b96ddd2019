import { formatInstant } from '../../domain/time.ts'
import { type Correction, rulesetIdOf } from '../correction/correction.ts'
import { type AccountHistory, type History, isInScope, type PlacedFlag } from '../model/history.ts'
import { anyInEvidence, evidenceFor } from '../reference/evidence.ts'
import { rescoringThatCounts } from '../reference/rescored.ts'
import { withdrawalsOn } from '../reference/withdrawn.ts'
import { unknownFlagsIn } from './summary.ts'

/** What a withdrawal covers in a ledger. */
export type WithdrawalCoverage = {
  readonly id: string
  /** The flags that are in it, and those of which that is unknown. */
  readonly flags: { readonly certain: number; readonly unknown: number }
  /** When the first and the last of both were raised (RFC 3339 in UTC, to the millisecond); null: there are none. */
  readonly first: string | null
  readonly last: string | null
  /** The number of accounts with such a flag, and of decisions with one in evidence that a replay judges. */
  readonly accounts: number
  readonly decisions: number
  /** The number of these flags for which a rescoring counts; 0 if the correction ignores rescorings. */
  readonly rescored: number
  /** The flags that it lists and that are not in the ledger. */
  readonly notFound: ReadonlyArray<string>
}

type Counted = {
  certain: number
  unknown: number
  first: number
  last: number
  accounts: number
  decisions: number
  rescored: number
}

/** What each withdrawal of a correction covers, in the correction's order. Judges nothing. Pure. */
export const coverageOf = (history: History, correction: Correction): ReadonlyArray<WithdrawalCoverage> => {
  const { withdrawals, rescored } = correction
  const counts = new Map(withdrawals.map(({ id }) => [id, nothingCounted()]))
  for (const account of history.accounts.values()) {
    const covered = new Map<string, PlacedFlag[]>()
    for (const flag of account.flags) {
      const on = withdrawalsOn(flag, null, withdrawals, rulesetIdOf(correction))
      if (on.length === 0) continue
      const isRescored =
        rescored === 'use' && rescoringThatCounts(flag, history.rescoringsOf(flag), withdrawals) !== null
      for (const { withdrawal, certain } of on) {
        const count = counts.get(withdrawal.id)
        if (count !== undefined) countFlag(count, flag, certain, isRescored)
        const flags = covered.get(withdrawal.id)
        if (flags === undefined) covered.set(withdrawal.id, [flag])
        else flags.push(flag)
      }
    }
    if (covered.size > 0) countDecisions(counts, account, covered, history, rulesetIdOf(correction))
  }
  const notFound = new Map(
    unknownFlagsIn(correction, history.flags).map(({ withdrawal, flagIds }) => [withdrawal, flagIds]),
  )
  return [...counts].map(([id, count]) => ({
    id,
    flags: { certain: count.certain, unknown: count.unknown },
    first: count.accounts === 0 ? null : formatInstant(count.first),
    last: count.accounts === 0 ? null : formatInstant(count.last),
    accounts: count.accounts,
    decisions: count.decisions,
    rescored: count.rescored,
    notFound: notFound.get(id) ?? [],
  }))
}

const nothingCounted = (): Counted => ({
  certain: 0,
  unknown: 0,
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
  accounts: 0,
  decisions: 0,
  rescored: 0,
})

const countFlag = (count: Counted, { place }: PlacedFlag, certain: boolean, isRescored: boolean): void => {
  if (certain) count.certain++
  else count.unknown++
  if (isRescored) count.rescored++
  count.first = Math.min(count.first, place.at)
  count.last = Math.max(count.last, place.at)
}

/** Counts an account, and its decisions, for each withdrawal that covers flags of it. */
const countDecisions = (
  counts: ReadonlyMap<string, Counted>,
  { decisions }: AccountHistory,
  covered: ReadonlyMap<string, ReadonlyArray<PlacedFlag>>,
  history: History,
  rulesetId: string,
): void => {
  const judged = decisions
    .filter((decision) => isInScope(decision, rulesetId))
    .map((decision) => ({ decision, evidence: evidenceFor(decision, history, rulesetId) }))
  for (const [id, flags] of covered) {
    const count = counts.get(id)
    if (count === undefined) continue
    const isConcerned = anyInEvidence(flags, history.voidedAt)
    count.accounts++
    count.decisions += judged.filter(({ decision, evidence }) => isConcerned(decision, evidence)).length
  }
}
