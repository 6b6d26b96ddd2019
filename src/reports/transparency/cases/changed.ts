import type { StoredEvent } from '../../../domain/event.ts'
import { endsLater, type GradedChange, gradeChanges } from '../../../domain/graded-changes.ts'
import type { Case, Section } from '../figures.ts'
import { basis, category, count, one } from '../styles/style.ts'
import type { Decided } from './decided.ts'

export const changes: Section = {
  id: 'changes',
  title: 'Changes of decisions',
  about:
    'By when the change happened, each compared with what was decided before it. The other tables count decisions as first decided. Changes of decisions that are not on record are not counted.',
  dimensions: [category, basis, { name: 'reason', about: 'appeal, correction or order' }],
  measures: [
    count('changes', 'changes in the period'),
    count(
      'harsher',
      'of these, those that restrict more or for longer, for which a new statement of reasons is due',
    ),
    count('account_terminated', 'of the harsher ones, those that turned a suspension into a termination'),
    count('prolonged', 'of the harsher ones, those that end later or no longer end'),
    count('milder', 'of the changes, those that restrict less or for a shorter time, and in no respect more'),
  ],
  isAddition: true,
  chart: { by: 'category', measures: ['harsher', 'milder'] },
}

/** A change of a decision, as the reports count it. */
type Changed = GradedChange & { readonly decided: Decided }

/** The changes of an account's decisions, as known now; `events` are in the order of replay. */
export const changedOf = (
  events: ReadonlyArray<StoredEvent>,
  decided: ReadonlyArray<Decided>,
): ReadonlyArray<Changed> => {
  const ordered = events.map((event, sequence) => ({ event, sequence }))
  const changes = gradeChanges(
    decided.map(({ decision }) => decision.made),
    ordered,
  )
  return decided.flatMap((each) =>
    (changes.get(each.decision.decisionId) ?? []).map((change) => ({ ...change, decided: each })),
  )
}

export const changeCase = ({ event, at, before, after, isHarsher, isMilder, decided }: Changed): Case => ({
  section: changes.id,
  at,
  dimensions: [decided.category, decided.basis, event.data.reason],
  amounts: {
    changes: 1,
    harsher: one(isHarsher),
    account_terminated: one(
      isHarsher && before.restriction !== after.restriction && after.restriction === 'terminated',
    ),
    prolonged: one(isHarsher && endsLater(after, before)),
    milder: one(isMilder),
  },
})
