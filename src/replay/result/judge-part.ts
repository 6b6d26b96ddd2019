import type { Place } from '../../domain/order.ts'
import type { Correction } from '../correction/correction.ts'
import type { History } from '../model/history.ts'
import type { Judgement } from '../reference/judge.ts'
import { judgeHistory } from '../reference/judge-history.ts'
import type { JudgingContext } from '../reference/judging-context.ts'
import { type Cause, causesIn } from './blame.ts'
import { type Reversible, removedContent } from './lists.ts'
import { type RestingElsewhere, restingElsewhere } from './resting-elsewhere.ts'
import { type Row, rowOfDecision, rowOfMissed } from './rows.ts'

/** A row, with what lists and the blame table need besides. */
export type JudgedRow = {
  readonly row: Row
  /** Of the decision; for a missed account, when it was missed. */
  readonly place: Place
  /** What a removal took down, if the row has a remedy. */
  readonly content: Reversible['content']
  /** What explains a decision that does not stand. */
  readonly causes: ReadonlyArray<Cause>
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
  const judgements = [...byDecision.values()]
  const rows = judgements.map((judgement): JudgedRow => {
    const { decision } = judgement
    const row = rowOfDecision(judgement, findings)
    const content = row.remedy === 'none' ? undefined : removedContent(decision)
    return { row, place: decision.place, content, causes: causesOf(judgement) }
  })
  for (const found of missed.values()) {
    rows.push({ row: rowOfMissed(found), place: found.place, content: undefined, causes: [] })
  }
  return { rows, resting: restingElsewhere(findings), judgements, context }
}
