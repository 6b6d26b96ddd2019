import { compareUtf8 } from '../../domain/order.ts'
import { formatInstant } from '../../domain/time.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { type Correction, type CorrectionDocumentRef, documentRefOf } from '../correction/correction.ts'
import type { History, ReusedId } from '../model/history.ts'
import { reversibles } from './lists.ts'
import type { Replay, Window } from './replay.ts'
import { describeWarning, type Warning } from './warnings.ts'

type RulesetHash = { readonly id: string; readonly version: string; readonly sha256: string }

/** What read the history: columns of the projections, or the ledger itself. Both give the same result. */
export const engines = ['columnar', 'reference'] as const
export type Engine = (typeof engines)[number]

/** What a replay found, in figures. */
export type Summary = {
  /** The corrected ruleset; only its id if the rules were right. */
  readonly ruleset: RulesetHash | { readonly id: string; readonly version: null; readonly sha256: null }
  /** The correction document; null: only a corrected ruleset was given. */
  readonly correction: CorrectionDocumentRef | null
  /** The published versions that A used. */
  readonly inForce: ReadonlyArray<RulesetHash>
  readonly engine: Engine
  /** The ledger's sequence that the replay read up to. */
  readonly sequence: number
  /** The latest occurredAt of all events. */
  readonly end: string | null
  readonly window: { readonly from: string | null; readonly to: string | null }
  /** Decisions judged and reported. */
  readonly decisions: number
  readonly classes: Readonly<Record<string, number>>
  readonly facts: Readonly<Record<string, number>>
  readonly remedies: Readonly<Record<string, number>>
  readonly putBack: { readonly accounts: number; readonly contents: number }
  /** Decisions for human review: the `review` rows, and other rulesets' decisions that rest on a wrongful one. */
  readonly review: number
  /** Decisions that wait for a detector to look again at withdrawn evidence. */
  readonly waitingForRescoring: number
  /** Flags that withdrawals list and that are not in the ledger, in the order of their ids. */
  readonly unknownFlags: ReadonlyArray<{
    readonly withdrawal: string
    readonly flagIds: ReadonlyArray<string>
  }>
  readonly reusedIds: ReadonlyArray<Omit<ReusedId, 'occurredAt'> & { readonly occurredAt: string }>
  /** What was left out because its streams in the ledger are incomplete: nothing here is about these accounts. */
  readonly leftOut: {
    readonly accounts: ReadonlyArray<string>
    readonly streams: ReadonlyArray<DamagedStream>
  }
  readonly warnings: ReadonlyArray<Warning & { readonly says: string }>
  readonly digest: string
}

const hashOf = ({ id, version, sha256 }: Ruleset): RulesetHash => ({ id, version, sha256 })
const rulesetOf = ({ rules }: Correction): Summary['ruleset'] =>
  rules.kind === 'corrected' ? hashOf(rules.ruleset) : { id: rules.rulesetId, version: null, sha256: null }
const timeOf = (at: number | null): string | null => (at === null ? null : formatInstant(at))

/** Which flags are in the ledger. */
type RecordedFlags = { readonly has: (flagId: string) => boolean }

/** What a result was made from. */
export type SummarySource = {
  readonly history: Pick<History, 'end' | 'reusedIds' | 'withoutAccounts'> & { readonly flags: RecordedFlags }
  readonly correction: Correction
  readonly window: Window
  readonly engine: Engine
  /** The ledger's sequence that the history was read up to. */
  readonly sequence: number
  /** The streams that were left out. */
  readonly damaged?: ReadonlyArray<DamagedStream>
}

export const summarize = (
  result: Replay,
  { history, correction, window, engine, sequence, damaged = [] }: SummarySource,
): Summary => {
  const putBack = reversibles(result.toDo, ['reinstate', 'restore'])
  const { decisions, classes, facts, remedies } = result.counts
  return {
    ruleset: rulesetOf(correction),
    correction: documentRefOf(correction),
    inForce: result.inForce.map(hashOf),
    ...{ engine, sequence },
    end: timeOf(history.end),
    window: { from: timeOf(window.from), to: timeOf(window.to) },
    ...{ decisions, classes, facts, remedies },
    putBack: {
      accounts: putBack.filter(({ content }) => content === undefined).length,
      contents: putBack.filter(({ content }) => content !== undefined).length,
    },
    review: (remedies.review ?? 0) + result.restingElsewhere.length,
    waitingForRescoring: result.rescore.waiting,
    unknownFlags: unknownFlagsIn(correction, history.flags),
    reusedIds: history.reusedIds.map((reused) => ({
      ...reused,
      occurredAt: formatInstant(reused.occurredAt),
    })),
    leftOut: { accounts: history.withoutAccounts, streams: damaged },
    warnings: result.warnings.map((warning) => ({ ...warning, says: describeWarning(warning) })),
    digest: result.digest,
  }
}

/** The flags that a correction's withdrawals list and that are not in the ledger. */
export const unknownFlagsIn = (
  { withdrawals }: Pick<Correction, 'withdrawals'>,
  recorded: RecordedFlags,
): Summary['unknownFlags'] =>
  withdrawals.flatMap(({ id, of }) => {
    const listed = of.kind === 'flags' ? [...of.flagIds] : []
    const flagIds = listed.filter((flagId) => !recorded.has(flagId)).sort(compareUtf8)
    return flagIds.length === 0 ? [] : [{ withdrawal: id, flagIds }]
  })
