import type { Place } from '../../domain/order.ts'
import { memo } from '../../foundation/memo.ts'
import type { Correction } from '../correction/correction.ts'
import type { AccountHistory, History } from '../model/history.ts'
import { falseFlagsIn } from '../reference/false-flags.ts'
import type { Judgement } from '../reference/judge.ts'
import { judgeHistory } from '../reference/judge-history.ts'
import type { JudgingContext } from '../reference/judging-context.ts'
import { causesIn } from './blame.ts'
import { restrictionNow } from './facts.ts'
import { removedContent, type ToDo } from './lists.ts'
import { type RestingElsewhere, restingElsewhere } from './resting-elsewhere.ts'
import { rowOfDecision, rowOfMissed } from './rows.ts'
import { voidsNothing, voidsOf } from './voids.ts'

/** A row, with what lists and the blame table need besides: `now`, `content` and `voids` only if it has a remedy. */
export type JudgedRow = ToDo & {
  /** Of the decision; for a missed account, when it was missed. */
  readonly place: Place
}

/** Everything that judging a part of a history gives. */
export type JudgedPart = {
  readonly rows: ReadonlyArray<JudgedRow>
  readonly resting: ReadonlyArray<RestingElsewhere>
  readonly judgements: ReadonlyArray<Judgement>
  readonly context: JudgingContext
}

/** Judges accounts that can be judged without the others. Pure. */
export const judgePart = (part: History, correction: Correction): JudgedPart => {
  const findings = judgeHistory(part, correction)
  const { byDecision, missed, context } = findings
  const causesOf = causesIn(context)
  const falseFlagsOf = memo((account: AccountHistory) => falseFlagsIn(account, context))
  const judgements = [...byDecision.values()]
  const rows = judgements.map((judgement): JudgedRow => {
    const { decision } = judgement
    const row = rowOfDecision(judgement, findings)
    const judged = { row, place: decision.place, causes: causesOf(judgement) }
    const account = part.accounts.get(decision.account)
    if (row.remedy === 'none' || account === undefined) return { ...judged, ...nothingToDo }
    const voids = voidsOf(falseFlagsOf(account)(judgement))
    return { ...judged, now: restrictionNow(decision, part), content: removedContent(decision), voids }
  })
  for (const found of missed.values()) {
    rows.push({ row: rowOfMissed(found), place: found.place, causes: [], ...nothingToDo })
  }
  return { rows, resting: restingElsewhere(findings), judgements, context }
}

const nothingToDo = { now: null, content: undefined, voids: voidsNothing } as const
