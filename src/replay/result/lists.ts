import type { Restriction, RulesetRef } from '../../domain/parts.ts'
import { formatInstant } from '../../domain/time.ts'
import type { PlacedDecision } from '../model/history.ts'
import type { Cause } from './blame.ts'
import type { Fact } from './facts.ts'
import type { RestingElsewhere } from './resting-elsewhere.ts'
import type { Row } from './rows.ts'
import { sortedIds, type Voids } from './voids.ts'

/** What to reverse: an account's deactivations together, or the removal of one piece of content. */
export type Reversible = {
  readonly account: string
  readonly decisionIds: ReadonlyArray<string>
  readonly content?: { readonly id: string; readonly kind: string }
  /** The flags in evidence that are false: the reversal voids these and no others. */
  readonly flagsVoided: ReadonlyArray<string>
}

/** A row that calls for an action, the content that a removal took down, what explains it, and what reversing it voids. */
export type ToDo = {
  readonly row: Row
  /** A deactivation's restriction as last changed; null for a removal. */
  readonly now: Restriction | null
  readonly content: Reversible['content']
  readonly causes: ReadonlyArray<Cause>
  readonly voids: Voids
}

/** What to reverse with one of these remedies: one entry per account or piece of content, in the order of rows. */
export const reversibles = (
  toDo: ReadonlyArray<ToDo>,
  remedies: ReadonlyArray<Row['remedy']>,
): ReadonlyArray<Reversible> => {
  const entries = new Map<string, { account: string; content: Reversible['content']; of: ToDo[] }>()
  for (const each of toDo) {
    const { row, content } = each
    if (!remedies.includes(row.remedy)) continue
    const key = JSON.stringify([row.account, content?.kind, content?.id])
    const entry = entries.get(key) ?? { account: row.account, content, of: [] }
    entry.of.push(each)
    entries.set(key, entry)
  }
  return [...entries.values()].map(({ account, content, of }) => ({
    account,
    decisionIds: of.flatMap(({ row }) => row.decisionId ?? []),
    ...(content === undefined ? {} : { content }),
    flagsVoided: sortedIds(of.flatMap(({ voids }) => voids.flagIds)),
  }))
}

export const removedContent = (decision: PlacedDecision): Reversible['content'] => {
  if (decision.kind !== 'removal') return undefined
  const { id, kind } = decision.data.content
  return { id, kind }
}

/** A decision that a person must look at, and why. */
export type ReviewItem = {
  readonly decisionId: string
  readonly account: string
  readonly kind: Row['kind']
  readonly occurredAt: string
  readonly class: Row['class'] | 'not_judged'
  readonly facts: ReadonlyArray<Fact>
  readonly why: ReadonlyArray<Why>
  /** Why, for a person. */
  readonly says: string
  /** For a decision under another ruleset: the wrongful decisions that it rests on, and that ruleset. */
  readonly restsOn?: ReadonlyArray<string>
  readonly ruleset?: Pick<RulesetRef, 'id' | 'version'>
}

const reasons = {
  indeterminate: 'there is too little evidence to apply the corrected ruleset',
  unreproducible: 'there is too little evidence to apply the rules of the day',
  excessive: 'the corrected ruleset asks for less than was done',
  other_grounds_unsettled:
    'it should be reversed, but another decision that cannot be judged yet may still apply',
  missed_since:
    'it should be reversed, but the corrected ruleset would have deactivated the account since then',
  aggravated: 'it was made more severe later, which no rule asked for',
  change_owed: 'an appeal called for a change that was never made',
  rests_on_wrongful: 'it is under another ruleset and is based on decisions found wrongful',
} as const
type Why = keyof typeof reasons

/** The rows with the remedy `review`, then other rulesets' decisions that rest on a wrongful one. */
export const reviewItems = (
  toDo: ReadonlyArray<ToDo>,
  restingElsewhere: ReadonlyArray<RestingElsewhere>,
): ReadonlyArray<ReviewItem> => [
  ...toDo.flatMap(({ row }): ReadonlyArray<ReviewItem> => {
    if (row.decisionId === null || row.remedy !== 'review') return []
    const why = whyReview(row)
    const { decisionId, account, kind, class: cls, facts } = row
    return [
      { decisionId, account, kind, occurredAt: row.occurredAt, class: cls, facts, why, says: sentence(why) },
    ]
  }),
  ...restingElsewhere.map(({ decision, restsOn }): ReviewItem => {
    const { decisionId, ruleset } = decision.data
    return {
      decisionId,
      account: decision.account,
      kind: decision.kind,
      occurredAt: formatInstant(decision.place.at),
      class: 'not_judged',
      facts: [],
      why: ['rests_on_wrongful'],
      says: sentence(['rests_on_wrongful']),
      restsOn,
      ...(ruleset === undefined ? {} : { ruleset: { id: ruleset.id, version: ruleset.version } }),
    }
  }),
]

const sentence = (why: ReadonlyArray<Why>): string => why.map((reason) => reasons[reason]).join('; ')

const whyReview = ({ class: cls, facts }: Row): ReadonlyArray<Why> => {
  const why: Why[] = []
  if (cls === 'indeterminate' || cls === 'unreproducible' || cls === 'excessive') why.push(cls)
  const goes = cls === 'wrongful' || cls === 'unexplained_wrongful' || facts.includes('reinstatement_owed')
  if (goes && facts.includes('other_grounds_unsettled')) why.push('other_grounds_unsettled')
  if (facts.includes('missed_since')) why.push('missed_since')
  if (facts.includes('aggravated')) why.push('aggravated')
  if (facts.includes('change_owed')) why.push('change_owed')
  return why
}
