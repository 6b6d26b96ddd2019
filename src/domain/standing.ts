import type { Account, Decision, Flag } from './account.ts'
import type { Appeal } from './appeal.ts'
import type { Restriction } from './parts.ts'

/** A decision's status at an instant. `over`: it expired. */
export type DecisionStanding = 'holds' | 'over' | 'reversed'

export type Deactivation = Extract<Decision, { kind: 'deactivation' }>

/** An account's restriction at an instant, and the deactivations behind it. `until`: in ms; null: no end is set. */
export type AccountStatus =
  | { readonly status: 'active' }
  | {
      readonly status: Restriction
      /** In order; at least one. */
      readonly heldBy: ReadonlyArray<Deactivation>
      /** When the last of them ends if nothing else happens. */
      readonly until: number | null
    }

/** Removed content, and the removals that apply to it. */
type RemovedContent = {
  readonly kind: string
  readonly id: string
  readonly heldBy: ReadonlyArray<Decision>
}

/** An account's state at an instant, according to the record. */
export type AccountState = AccountStatus & {
  /** In ms since the epoch. */
  readonly at: number
  readonly removedContent: ReadonlyArray<RemovedContent>
  readonly standingFlags: ReadonlyArray<Flag>
  readonly openAppeals: ReadonlyArray<Appeal>
  /** Won on appeal, and not reversed since, other than by expiry: a reversal is owed. */
  readonly reversalOwed: ReadonlyArray<Decision>
}

/** A decision's status at an instant (ms): a reversal ends it for good, `until` from that instant on. */
export const standingOf = ({ reversals, until }: Decision, at: number): DecisionStanding =>
  reversals.length > 0 ? 'reversed' : until !== null && until <= at ? 'over' : 'holds'

/** An account's state at an instant (ms): the most severe restriction of the decisions that apply; none: active. */
export const stateAt = (account: Account, at: number): AccountState => {
  const holding = account.decisions.filter((decision) => standingOf(decision, at) === 'holds')
  return {
    ...statusOf(holding),
    at,
    removedContent: removedBy(holding),
    standingFlags: account.flags.filter(({ voided }) => voided === null),
    openAppeals: account.appeals.filter(({ status }) => status === 'open'),
    reversalOwed: account.decisions.filter(({ isReversalOwed }) => isReversalOwed),
  }
}

const statusOf = (holding: ReadonlyArray<Decision>): AccountStatus => {
  const heldBy = holding.filter((decision) => decision.kind === 'deactivation')
  if (heldBy.length === 0) return { status: 'active' }
  const status = heldBy.some(({ restriction }) => restriction === 'terminated') ? 'terminated' : 'suspended'
  const last = heldBy.reduce(
    (latest, { until }) => Math.max(latest, until ?? Number.POSITIVE_INFINITY),
    Number.NEGATIVE_INFINITY,
  )
  return { status, heldBy, until: Number.isFinite(last) ? last : null }
}

const removedBy = (holding: ReadonlyArray<Decision>): ReadonlyArray<RemovedContent> => {
  const contents = new Map<string, { kind: string; id: string; heldBy: Decision[] }>()
  for (const decision of holding) {
    if (decision.kind !== 'removal') continue
    const { kind, id } = decision.made.data.content
    const key = `${kind} ${id}`
    const known = contents.get(key)
    if (known === undefined) contents.set(key, { kind, id, heldBy: [decision] })
    else known.heldBy.push(decision)
  }
  return [...contents.values()]
}
