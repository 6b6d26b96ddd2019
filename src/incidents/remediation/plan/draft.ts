import type { StoredEvent } from '../../../domain/event.ts'
import { compareUtf8 } from '../../../domain/order.ts'
import type { Restriction } from '../../../domain/parts.ts'
import { severity } from '../../../replay/reference/verdict.ts'
import type { Replay } from '../../../replay/result/replay.ts'
import { sortedIds } from '../../../replay/result/voids.ts'
import type { ExceptableRow } from '../exceptions/exception.ts'
import { type Candidate, candidatesIn } from './candidates.ts'
import type { AccountPlan, ForReview, PlannedDecision } from './model.ts'

/** What a plan takes from a replay of everything. */
export type PlannableReplay = Pick<Replay, 'toDo' | 'restingElsewhere' | 'falseStrikes'>

/** How a person settled a decision that no replay could. */
export type ReviewOutcome = Pick<StoredEvent<'remediation.reviewed.v1'>['data'], 'resolution' | 'restriction'>

/** What people decided about rows. */
export type Deciding = {
  /** By decisionId. Only rows that would go to a person read it: what the replay settles itself needs nobody. */
  readonly settled: ReadonlyMap<string, ReviewOutcome>
  /** Why a row is left out; null: it is not. */
  readonly reasonFor: (row: ExceptableRow) => string | null
}

/** What is planned for an account, without its wave and the effects. */
export type AccountDraft = Pick<AccountPlan, 'account' | 'decisions' | 'flags' | 'review' | 'excepted'> & {
  /** The decisions that what is asked for rests on, of whichever account. */
  readonly becauseOf: ReadonlyArray<string>
}

export type Drafts = {
  /** By account id (UTF-8). */
  readonly accounts: ReadonlyArray<AccountDraft>
  /** How many decisions a person decided to keep as they are. */
  readonly kept: number
  /** Every row, left out or not. */
  readonly rows: ReadonlyArray<ExceptableRow>
}

/** Divides what a replay found among accounts: what is asked for, what goes to a person, what is left out. Pure. */
export const draftAccounts = (replay: PlannableReplay, deciding: Deciding): Drafts => {
  const open = new Map<string, Open>()
  const rows: ExceptableRow[] = []
  const ofDecisions = new Set<string>()
  const staying = new Set<string>()
  let kept = 0
  for (const drafted of draftDecisions(candidatesIn(replay), deciding)) {
    const { candidate, planned, reason } = drafted
    if (!isReversed(drafted)) staying.add(candidate.decisionId)
    // A decision that stays, or is not settled yet, keeps its evidence; a milder one does not.
    if (planned === 'kept' || planned.kind !== 'change') {
      for (const flagId of candidate.flagsVoided) ofDecisions.add(flagId)
    }
    if (planned === 'kept') {
      kept++
      continue
    }
    rows.push(rowOf(candidate))
    const account = openIn(open, candidate.account)
    if (reason !== null) account.excepted.push({ ...planned, reason })
    else if ('remedy' in planned) account.decisions.push(planned)
    else account.review.push(planned)
  }
  const isAlone = ({ flagId, becauseOf }: Replay['falseStrikes'][number]): boolean =>
    !ofDecisions.has(flagId) && !becauseOf.some((root) => staying.has(root))
  for (const [account, flags] of Map.groupBy(replay.falseStrikes.filter(isAlone), (flag) => flag.account)) {
    const row = { account, decisionId: null, kind: 'flags', class: null, restriction: null } as const
    rows.push(row)
    const reason = deciding.reasonFor(row)
    const flagIds = sortedIds(flags.map(({ flagId }) => flagId))
    if (reason !== null) openIn(open, account).excepted.push({ kind: 'flags', flags: flagIds, reason })
    else openIn(open, account).flags.push(...flags)
  }
  const accounts = [...open].sort(([a], [b]) => compareUtf8(a, b)).map(([account, of]) => closed(account, of))
  return { accounts, kept, rows }
}

/** What becomes of a decision; `reason`: why it is left out, null if it is not. */
type Drafted = {
  readonly candidate: Candidate
  readonly planned: PlannedDecision | ForReview | 'kept'
  readonly reason: string | null
}

const isReversed = ({ planned, reason }: Drafted): boolean =>
  reason === null && planned !== 'kept' && 'remedy' in planned && planned.kind !== 'change'

/**
 * What becomes of each decision. One that is wrong only because another one was wrong goes to a person where that other one
 * stays or is not settled.
 */
const draftDecisions = (
  candidates: ReadonlyArray<Candidate>,
  { settled, reasonFor }: Deciding,
): Iterable<Drafted> => {
  const draft = (candidate: Candidate): Drafted => {
    const planned = planFor(candidate, settled.get(candidate.decisionId))
    return { candidate, planned, reason: planned === 'kept' ? null : reasonFor(rowOf(candidate)) }
  }
  const drafts = new Map(candidates.map((candidate) => [candidate.decisionId, draft(candidate)]))
  const dependents = Map.groupBy(
    candidates.flatMap((candidate) => candidate.becauseOf.map((root) => ({ root, candidate }))),
    ({ root }) => root,
  )
  const staying = [...drafts].flatMap(([decisionId, drafted]) => (isReversed(drafted) ? [] : [decisionId]))
  for (let root = staying.pop(); root !== undefined; root = staying.pop()) {
    for (const { candidate } of dependents.get(root) ?? []) {
      const drafted = drafts.get(candidate.decisionId)
      // A person may have said that it is reversed all the same.
      if (drafted === undefined || !isReversed(drafted) || drafted.candidate.remedy === 'review') continue
      const again = draft({ ...candidate, remedy: 'review', why: ['rests_on_what_stays'] })
      drafts.set(candidate.decisionId, again)
      if (!isReversed(again)) staying.push(candidate.decisionId)
    }
  }
  return drafts.values()
}

type Open = { readonly [K in 'decisions' | 'review' | 'excepted']: AccountPlan[K][number][] } & {
  readonly flags: Replay['falseStrikes'][number][]
}

const openIn = (open: Map<string, Open>, account: string): Open => {
  const known = open.get(account)
  if (known !== undefined) return known
  const made: Open = { decisions: [], flags: [], review: [], excepted: [] }
  open.set(account, made)
  return made
}

const closed = (account: string, { flags, ...rows }: Open): AccountDraft => ({
  account,
  ...rows,
  flags: sortedIds(flags.map(({ flagId }) => flagId)),
  becauseOf: sortedIds([...rows.decisions, ...flags].flatMap(({ becauseOf }) => becauseOf)),
})

const rowOf = ({ account, decisionId, kind, class: cls, restriction }: Candidate): ExceptableRow => ({
  ...{ account, decisionId, kind, restriction },
  class: cls === 'not_judged' ? null : cls,
})

/** What is planned for a decision: what the replay says or, where that leaves it to a person, what a person said. */
const planFor = (
  candidate: Candidate,
  settled: ReviewOutcome | undefined,
): PlannedDecision | ForReview | 'kept' => {
  if (candidate.remedy !== 'review') return reversed(candidate, candidate.remedy)
  const { kind, now } = candidate
  switch (settled?.resolution) {
    case 'keep':
      return 'kept'
    case 'put_back':
      return reversed(candidate, candidate.ifReversed)
    case 'change': {
      const { restriction: to } = settled
      // Content is down or it is not.
      if (kind === 'removal' || to === undefined) break
      // Never more severe; and it may have become that in the meantime.
      return severity(to) < severity(now) ? changed(candidate, to) : 'kept'
    }
  }
  return { ...identified(candidate), kind, why: candidate.why, now }
}

const reversed = (candidate: Candidate, remedy: Candidate['ifReversed']): PlannedDecision => {
  const { kind, rule, content, flagsVoided, becauseOf } = candidate
  return {
    kind: kind === 'deactivation' ? 'account' : 'content',
    ...{ ...identified(candidate), remedy, rule, flagsVoided, becauseOf },
    ...(content === undefined ? {} : { content }),
  }
}

const changed = (candidate: Candidate, to: Restriction): PlannedDecision => ({
  kind: 'change',
  ...{ ...identified(candidate), remedy: 'change', rule: candidate.rule, flagsVoided: [], becauseOf: [], to },
})

const identified = ({ decisionId, class: cls, occurredAt, restriction }: Candidate) => ({
  ...{ decisionId, class: cls, occurredAt, restriction },
})
