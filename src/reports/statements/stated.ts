import { createHash } from 'node:crypto'
import type { Decision } from '../../domain/account.ts'
import type { GradedChange, Terms } from '../../domain/graded-changes.ts'
import { instantOf } from '../../domain/time.ts'

/** What a statement is about: a decision as it was made, or as a change made it harsher. */
export type Stated = Terms & {
  readonly decisionId: string
  readonly puid: string
  /** When it was made or changed, in ms. */
  readonly at: number
  readonly made: Decision['made']
  /** Null: as it was made. */
  readonly change: GradedChange['event'] | null
}

/** A decision as it was made. */
export const statedDecision = ({ decisionId, at, made }: Decision): Stated => {
  const ban = made.type === 'account.deactivated.v1' ? made.data : null
  return {
    decisionId,
    puid: decisionId,
    at,
    made,
    change: null,
    restriction: ban?.restriction ?? null,
    until: ban?.until === undefined ? null : instantOf(ban.until),
  }
}

/** A decision as a change left it. */
export const statedChange = ({ decisionId, made }: Decision, { event, at, after }: GradedChange): Stated => ({
  decisionId,
  puid: puidOfChange(event),
  at,
  made,
  change: event,
  ...after,
})

/** The id of a change's statement; it depends on the decision and the event alone. */
export const puidOfChange = ({ source, id, data }: GradedChange['event']): string => {
  const hash = createHash('sha256').update(`${source} ${id}`).digest('hex') // a source contains no spaces
  return `${data.decisionId}_c_${hash.slice(0, 16)}`
}
