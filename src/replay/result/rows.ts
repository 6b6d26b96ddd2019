import { compareUtf8 } from '../../domain/order.ts'
import type { Restriction } from '../../domain/parts.ts'
import { formatInstant } from '../../domain/time.ts'
import type { PlacedDecision } from '../model/history.ts'
import type { Class, Judgement, JudgementOfTheDay } from '../reference/judge.ts'
import type { Findings } from '../reference/judge-history.ts'
import type { Missed } from '../reference/missed.ts'
import type { Verdict } from '../reference/verdict.ts'
import { type Fact, factsOf } from './facts.ts'
import { type Remedy, remedyOf } from './remedy.ts'

type Answer = { readonly verdict: Verdict['verdict']; readonly restriction: Restriction | null }

/** One line of a replay's result. Nothing in it depends on positions or on the time of recording. */
export type Row = {
  /** null for a missed account. */
  readonly decisionId: string | null
  readonly account: string
  readonly kind: 'deactivation' | 'removal'
  /** RFC 3339 in UTC, to the millisecond; for a missed account, when it was missed. */
  readonly occurredAt: string
  readonly class: Class | 'missed'
  readonly facts: ReadonlyArray<Fact>
  /** Ids of the flags that fell, sorted. */
  readonly fallen: ReadonlyArray<string>
  readonly remedy: Remedy
  readonly recorded: { readonly restriction: Restriction | null }
  /** A; null for a missed account, which nobody decided about. */
  readonly original: Answer | null
  /** B. */
  readonly corrected: Answer
}

/** The row of one judged decision. */
export const rowOfDecision = (judgement: Judgement, findings: Findings): Row => {
  const { decision, class: cls, original, corrected, fallen } = judgement
  const facts = factsOf(judgement, findings)
  return {
    decisionId: decision.data.decisionId,
    account: decision.account,
    kind: decision.kind,
    occurredAt: formatInstant(decision.place.at),
    class: cls,
    facts,
    fallen: fallen.map(({ data }) => data.flagId).sort(compareUtf8),
    remedy: remedyOf(decision.kind, cls, facts),
    recorded: recordedIn(decision),
    original: answerOf(original),
    corrected: answerOf(corrected),
  }
}

const recordedIn = (decision: PlacedDecision): Row['recorded'] => ({
  restriction: decision.kind === 'deactivation' ? decision.data.restriction : null,
})

/** What the rules of the day alone say in a row. */
export type RowOfTheDay = Pick<
  Row,
  'decisionId' | 'account' | 'kind' | 'occurredAt' | 'recorded' | 'original'
>

export const rowOfTheDay = ({ decision, original }: JudgementOfTheDay): RowOfTheDay => ({
  decisionId: decision.data.decisionId,
  account: decision.account,
  kind: decision.kind,
  occurredAt: formatInstant(decision.place.at),
  recorded: recordedIn(decision),
  original: answerOf(original),
})

const answerOf = ({ verdict, restriction }: Verdict): Answer => ({ verdict, restriction })

export const rowOfMissed = ({ account, place, restriction }: Missed): Row => ({
  decisionId: null,
  account,
  kind: 'deactivation',
  occurredAt: formatInstant(place.at),
  class: 'missed',
  facts: [],
  fallen: [],
  remedy: 'none',
  recorded: { restriction: null },
  original: null,
  corrected: { verdict: 'act', restriction },
})
