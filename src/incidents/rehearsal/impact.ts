import type { Row } from '../../replay/result/rows.ts'

/** What a version of a ruleset would have changed, in the order of reports. */
const changes = ['would_not_happen', 'would_happen', 'milder', 'harsher', 'as_it_was', 'unknown'] as const
export type Change = (typeof changes)[number]

/** What a replay under a version says of a decision, or of an account that nobody decided about. */
export const changeOf = ({ class: cls }: Pick<Row, 'class'>): Change => {
  switch (cls) {
    case 'wrongful':
    case 'unexplained_wrongful':
      return 'would_not_happen'
    case 'missed':
      return 'would_happen'
    case 'excessive':
      return 'milder'
    case 'lenient':
      return 'harsher'
    case 'upheld':
    case 'unexplained_upheld':
      return 'as_it_was'
    case 'indeterminate':
    case 'unreproducible':
      return 'unknown'
  }
}

export type ChangeCounts = Readonly<Record<Change, number>>

/** Decisions of one kind that share something: a restriction, or the month in which they were made. */
export type ImpactSegment = {
  readonly kind: Row['kind']
  readonly segment: string
  readonly counts: ChangeCounts
}

/** What a version would have done to decisions and accounts. */
export type Impact = {
  readonly removals: ChangeCounts
  readonly deactivations: ChangeCounts
  /** Accounts, each once. */
  readonly accounts: { readonly wouldNotBeDeactivated: number; readonly wouldBeDeactivated: number }
  /** Of deactivations: by the recorded restriction or, of what would happen, the version's. */
  readonly byRestriction: ReadonlyArray<ImpactSegment>
  /** `2025-04`, in UTC. */
  readonly byMonth: ReadonlyArray<ImpactSegment>
}

type Counting = Record<Change, number>
// Cast: it has each of the changes.
const none = (): Counting => Object.fromEntries(changes.map((change) => [change, 0])) as Counting

/** Counts the rows of a replay. */
export const collectImpact = () => {
  const byKind = { removal: none(), deactivation: none() }
  const [restrictions, months] = [segments(), segments()]
  const accounts = { would_not_happen: new Set<string>(), would_happen: new Set<string>() }
  return {
    add: (row: Row): void => {
      const change = changeOf(row)
      const { kind, account, recorded, corrected, occurredAt } = row
      byKind[kind][change]++
      months.add(kind, occurredAt.slice(0, 7), change)
      if (kind === 'removal') return
      restrictions.add(kind, recorded.restriction ?? corrected.restriction ?? 'unknown', change)
      if (change === 'would_not_happen' || change === 'would_happen') accounts[change].add(account)
    },
    finish: (): Impact => ({
      removals: byKind.removal,
      deactivations: byKind.deactivation,
      accounts: {
        wouldNotBeDeactivated: accounts.would_not_happen.size,
        wouldBeDeactivated: accounts.would_happen.size,
      },
      byRestriction: restrictions.sorted(),
      byMonth: months.sorted(),
    }),
  }
}

const segments = () => {
  const found = new Map<string, { kind: Row['kind']; segment: string; counts: Counting }>()
  return {
    add: (kind: Row['kind'], segment: string, change: Change): void => {
      const key = `${kind} ${segment}`
      let of = found.get(key)
      if (of === undefined) {
        of = { kind, segment, counts: none() }
        found.set(key, of)
      }
      of.counts[change]++
    },
    sorted: (): ReadonlyArray<ImpactSegment> =>
      [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, segment]) => segment),
  }
}
