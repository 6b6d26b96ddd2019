import { listOf } from '../codec.ts'
import type { NamedIds } from '../definition/event-definition.ts'
import { listed, type StoryEntry } from '../definition/story.ts'
import { DecisionId, FlagId, Id } from '../ids.ts'
import { ReversalReason } from '../parts.ts'
import { answersRequestDetails, answersRequestFields } from './request-parts.ts'

/** What a reinstatement and a restoration of content have in common. */
export const reversal = {
  required: { decisionIds: listOf(DecisionId, 'a list of decision ids'), reason: ReversalReason },
  optional: { flagsVoided: listOf(FlagId, 'a list of flag ids'), requestId: Id },
}

export const reversalFields = {
  decisionIds: 'The decisions that are reversed; all others remain.',
  reason: 'Why they are reversed.',
  flagsVoided: 'The flags that no longer count.',
  ...answersRequestFields,
}

export const reversalColumns = {
  decisionIds: 'the decisions that are reversed',
  flagsVoided: 'the flags that a reversal voids',
  // Other types give reasons in words of their own, or in free text.
  reason: { kind: 'text' },
  requestId: 'the request that the event answers',
} as const

export const reversalSample = {
  decisionIds: ['d1'],
  reason: 'correction',
  flagsVoided: ['f1'],
  requestId: 'r1',
} as const

type Reversed = {
  readonly decisionIds: ReadonlyArray<string>
  readonly reason: string
  readonly flagsVoided?: ReadonlyArray<string>
  readonly requestId?: string
}

/** A reversal refers to the decisions that it reverses, and to flags. */
export const reversalNames = ({ decisionIds, flagsVoided = [] }: Reversed): NamedIds => ({
  decisionIds,
  flagIds: flagsVoided,
})

/** A reversal's entry in a story; `done` says what was done. */
export const reversalStory = (
  done: string,
  { decisionIds, reason, flagsVoided, requestId }: Reversed,
): StoryEntry => ({
  headline: `${done}  reversed: ${listed(decisionIds)} (${reason})`,
  details: [
    ...(flagsVoided === undefined ? [] : [`flags voided: ${listed(flagsVoided)}`]),
    ...answersRequestDetails(requestId),
  ],
})
