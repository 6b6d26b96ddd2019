import { listOf } from '../codec.ts'
import type { NamedIds, StoryEvent } from '../definition/event-definition.ts'
import {
  actor,
  listed,
  minute,
  rulesetName,
  type StoryContext,
  type StoryEntry,
} from '../definition/story.ts'
import { DecisionId, FlagId, Id, Line } from '../ids.ts'
import { Automation, Basis, DecidedBy, RulesetRef } from '../parts.ts'

/** What a deactivation and a removal of content have in common. */
export const decision = {
  required: {
    decisionId: DecisionId,
    grounds: listOf(FlagId, 'a list of flag ids'),
    category: Id,
    automation: Automation,
    decidedBy: DecidedBy,
  },
  optional: { ruleset: RulesetRef, basis: Basis, territory: Line },
}

export const decisionFields = {
  decisionId: 'Identifies the decision; unique across the platform.',
  grounds: 'The flags that the decision is based on.',
  category: "What was violated, in the platform's codes.",
  automation: 'How much of the detection and the decision was automated.',
  decidedBy: 'Who or what decided.',
  ruleset: 'The version of the rules that the decision was made under.',
  basis: 'The law or term that the decision is based on.',
  territory: 'Where it applies, such as EU.',
}

export const columnsOfDecisions = {
  decisionId: 'the decision that was made, or that the event is about',
  grounds: 'the flags that a decision is based on',
  'automation.detection': { name: 'automated_detection', about: 'whether detection was automated' },
  'automation.decision': { name: 'automated_decision', about: 'how far the decision was automated' },
  'decidedBy.kind': 'what kind of decider',
  'decidedBy.id': 'who decided',
  'basis.kind': 'whether a decision is based on a law or on terms',
  'basis.reference': 'which law or term',
  territory: 'where a decision applies; null: everywhere',
} as const

export const decisionSample = {
  decisionId: 'd1',
  grounds: ['f1', 'f2'],
  category: 'adult_content',
  automation: { detection: true, decision: 'fully' },
  decidedBy: { kind: 'rule', id: 'deactivation-service' },
  ruleset: { id: 'community-guidelines', version: '2025-04-28', sha256: 'ab'.repeat(32) },
  basis: { kind: 'terms', reference: 'Community guidelines, section 2' },
  territory: 'EU',
} as const

type Decided = {
  readonly decisionId: string
  readonly category: string
  readonly grounds: ReadonlyArray<string>
  readonly automation: { readonly detection: boolean; readonly decision: keyof typeof deciding }
  readonly decidedBy: { readonly kind: string; readonly id: string }
  readonly ruleset?: { readonly id: string; readonly version: string }
  readonly basis?: { readonly kind: string; readonly reference: string }
  readonly territory?: string
}

/** A decision refers to its grounds. */
export const decisionNames = ({ grounds }: Decided): NamedIds => ({ flagIds: grounds })

const deciding = {
  fully: 'decided by machine',
  partially: 'decided partly by machine',
  not: 'decided by people',
}

/** A decision's entry in a story; `done` says what was done. */
export const decisionStory = (
  done: string,
  { data }: StoryEvent<Decided>,
  context: StoryContext,
): StoryEntry => {
  const under = data.ruleset === undefined ? '' : `, under ${rulesetName(data.ruleset)}`
  const found = data.automation.detection ? 'found by machine' : 'found by people'
  return {
    headline: `${done}  decision ${data.decisionId}  ${data.category}`,
    details: [
      `by ${actor(data.decidedBy)}${under}; ${found}, ${deciding[data.automation.decision]}`,
      `grounds: ${listed(data.grounds.map((flagId) => ground(flagId, context)))}`,
      ...(data.basis === undefined ? [] : [`${data.basis.kind}: ${data.basis.reference}`]),
      ...(data.territory === undefined ? [] : [`in ${data.territory}`]),
      ...aftermath(context),
    ],
  }
}

const ground = (flagId: string, { categoryOf }: StoryContext): string =>
  `${flagId} (${categoryOf(flagId) ?? 'not on record'})`

/** What happened to a decision later, as far as its reader must know. */
const aftermath = ({ decision: made }: StoryContext): ReadonlyArray<string> => {
  if (made === null) return []
  const { isNoticed, reversal, overSince, holds } = made
  return [
    ...holds.map(({ holdId, by }) => `made although hold ${holdId} (${by}) asked services not to act`),
    ...(isNoticed ? [] : ['no notice of it is on record']),
    ...(reversal !== null
      ? [`reversed ${minute(reversal.at)} (${reversal.reason})`]
      : overSince !== null
        ? [`expired ${minute(overSince)}`]
        : []),
  ]
}
