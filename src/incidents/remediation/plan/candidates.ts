import { formatInstant } from '../../../domain/time.ts'
import type { Cause } from '../../../replay/result/blame.ts'
import { removedContent, reviewItems, type ToDo } from '../../../replay/result/lists.ts'
import type { Replay } from '../../../replay/result/replay.ts'
import type { RestingElsewhere } from '../../../replay/result/resting-elsewhere.ts'
import { sortedIds } from '../../../replay/result/voids.ts'
import type { ForReview, PlannedDecision } from './model.ts'

/** A decision that something may be planned for. */
export type Candidate = ForReview &
  Pick<PlannedDecision, 'rule' | 'content' | 'flagsVoided' | 'becauseOf'> & {
    readonly account: string
    readonly remedy: 'reinstate' | 'restore' | 'annul' | 'review'
    /** What is done if a person decides to reverse it. */
    readonly ifReversed: 'reinstate' | 'restore' | 'annul'
  }

/** The decisions that a replay found something to do about, in order, then other rulesets' that rest on wrongful ones. */
export const candidatesIn = ({
  toDo,
  restingElsewhere,
}: Pick<Replay, 'toDo' | 'restingElsewhere'>): ReadonlyArray<Candidate> => {
  const whys = new Map(reviewItems(toDo, restingElsewhere).map(({ decisionId, why }) => [decisionId, why]))
  return [
    ...toDo.flatMap((each) => judgedCandidate(each, whys) ?? []),
    // One that was reversed or is over needs nobody.
    ...restingElsewhere.filter(({ isSettled }) => !isSettled).map((each) => restingCandidate(each, whys)),
  ]
}

type Whys = ReadonlyMap<string, ReadonlyArray<string>>

const judgedCandidate = ({ row, now, content, causes, voids }: ToDo, whys: Whys): Candidate | null => {
  const { decisionId, account, kind, occurredAt, remedy, recorded, facts } = row
  if (decisionId === null || remedy === 'none') return null
  return {
    ...{ account, decisionId, kind, class: row.class, why: whys.get(decisionId) ?? [], occurredAt, remedy },
    restriction: recorded.restriction,
    now,
    rule: ruleIn(causes),
    ...(content === undefined ? {} : { content }),
    flagsVoided: voids.flagIds,
    becauseOf: voids.becauseOf,
    ifReversed: facts.includes('other_grounds_active') ? 'annul' : reversalOf(kind),
  }
}

const restingCandidate = ({ decision, restsOn, now, voids }: RestingElsewhere, whys: Whys): Candidate => {
  const { account, kind, place } = decision
  const { decisionId } = decision.data
  const content = removedContent(decision)
  return {
    ...{ account, decisionId, kind, class: 'not_judged', why: whys.get(decisionId) ?? [], remedy: 'review' },
    occurredAt: formatInstant(place.at),
    restriction: kind === 'deactivation' ? decision.data.restriction : null,
    now,
    rule: null,
    ...(content === undefined ? {} : { content }),
    flagsVoided: voids.flagIds,
    becauseOf: sortedIds([...voids.becauseOf, ...restsOn]),
    ifReversed: reversalOf(kind),
  }
}

const reversalOf = (kind: Candidate['kind']): 'reinstate' | 'restore' =>
  kind === 'deactivation' ? 'reinstate' : 'restore'

/** The rule of what explains a decision first. */
const ruleIn = ([cause]: ReadonlyArray<Cause>): string | null => (cause?.kind === 'flags' ? cause.rule : null)
