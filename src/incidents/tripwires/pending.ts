import type { RulesetRef } from '../../domain/parts.ts'
import type { TrippingEvent, WireValue } from './tripwire.ts'

/** Something that names a version which is not published yet. */
export type NamedVersion = {
  /** When it must be, in ms. */
  readonly due: number
  readonly source: string
  readonly ruleset: RulesetRef
  readonly event: TrippingEvent
}

/** A decision of which no ground is on record yet. */
type MissingGrounds = {
  /** When they must be, in ms. */
  readonly due: number
  readonly source: string
  readonly value: WireValue
  readonly event: TrippingEvent
  /** Its grounds: flags of the decision's account. */
  readonly missing: ReadonlyArray<string>
}

/** What is waited for; each list is in the order in which it is due. */
export type SavedPending = {
  readonly versions: ReadonlyArray<NamedVersion>
  readonly grounds: ReadonlyArray<MissingGrounds>
}

/** What is due at a moment. */
type Due = { readonly due: number } & (
  | { readonly kind: 'version'; readonly named: NamedVersion }
  | { readonly kind: 'grounds'; readonly decision: MissingGrounds }
)

export type Pending = {
  /** Waits for a version; a second time while it is waited for changes nothing. Due times do not decrease. */
  readonly expectVersion: (named: NamedVersion) => void
  /** Waits for the first ground of a decision. Due times do not decrease. */
  readonly expectGrounds: (decision: MissingGrounds) => void
  /** A flag is on record: a decision that rests on it has grounds. */
  readonly found: (account: string, flagId: string) => void
  /** Takes what is due by a moment and still missing, the earliest first. */
  readonly take: (moment: number) => ReadonlyArray<Due>
  /** When the first of it is due, in ms; null: nothing is waited for. */
  readonly nextDue: () => number | null
  readonly saved: () => SavedPending
}

/** The most that is waited for at once. What comes beyond that is the same fault, and was counted often enough. */
const MOST = 10_000

export const pending = (saved: SavedPending = { versions: [], grounds: [] }): Pending => {
  const versions = new Map(saved.versions.map((named) => [keyOf(named), named]))
  const decisions = new Set<Waiting>()
  const byAccount = new Map<string, Set<Waiting>>()

  const expectGrounds = (decision: MissingGrounds): void => {
    if (decisions.size >= MOST) return
    const waiting = { decision, missing: new Set(decision.missing) }
    decisions.add(waiting)
    const account = decision.event.subject
    const others = byAccount.get(account)
    if (others === undefined) byAccount.set(account, new Set([waiting]))
    else others.add(waiting)
  }
  const remove = (waiting: Waiting): void => {
    decisions.delete(waiting)
    const account = waiting.decision.event.subject
    const others = byAccount.get(account)
    others?.delete(waiting)
    if (others?.size === 0) byAccount.delete(account)
  }
  saved.grounds.forEach(expectGrounds)

  return {
    expectVersion: (named) => {
      const key = keyOf(named)
      if (versions.size < MOST && !versions.has(key)) versions.set(key, named)
    },
    expectGrounds,
    found: (account, flagId) => {
      for (const waiting of byAccount.get(account) ?? []) {
        if (waiting.missing.has(flagId)) remove(waiting)
      }
    },
    take: (moment) => {
      const due: Due[] = []
      for (const [key, named] of versions) {
        if (named.due > moment) break
        versions.delete(key)
        due.push({ kind: 'version', due: named.due, named })
      }
      for (const waiting of decisions) {
        const { decision } = waiting
        if (decision.due > moment) break
        remove(waiting)
        due.push({ kind: 'grounds', due: decision.due, decision })
      }
      return due.sort((a, b) => a.due - b.due)
    },
    nextDue: () => {
      const [version] = versions.values()
      const [grounds] = decisions
      const first = Math.min(
        version?.due ?? Number.POSITIVE_INFINITY,
        grounds?.decision.due ?? Number.POSITIVE_INFINITY,
      )
      return Number.isFinite(first) ? first : null
    },
    saved: () => ({
      versions: [...versions.values()],
      grounds: Array.from(decisions, ({ decision }) => decision),
    }),
  }
}

type Waiting = { readonly decision: MissingGrounds; readonly missing: ReadonlySet<string> }

const keyOf = ({ source, ruleset: { id, version, sha256 } }: NamedVersion): string =>
  `${source} ${id} ${version} ${sha256 ?? ''}`
