import type { StoryContext } from '../../domain/definition/story.ts'
import { definitionOf, type StoredEvent } from '../../domain/event.ts'
import { identityOf, type Story } from './story.ts'

/** An event for people: what happened, details, and the text that somebody wrote, by paragraph. */
export type EventLines = {
  readonly headline: string
  readonly details: ReadonlyArray<string>
  readonly quoted: ReadonlyArray<string>
}

/** One event of a story, as the definition of its type describes it. */
export const eventLines = (event: StoredEvent, story: Story): EventLines => {
  const definition = definitionOf(event.type)
  return {
    ...definition.story(event, contextOf(event, story)),
    quoted: definition.personal === undefined ? [] : quotedFrom(event, definition.personal, story),
  }
}

const contextOf = (
  event: StoredEvent,
  { flags, raisedBy, madeBy, noticed, holdsOn, state }: Story,
): StoryContext => {
  const identity = identityOf(event)
  const decision = madeBy.get(identity)
  return {
    categoryOf: (flagId) => flags.get(flagId)?.raised.data.category ?? null,
    flag: raisedBy.get(identity) ?? null,
    decision:
      decision === undefined
        ? null
        : {
            isNoticed: noticed.has(decision.decisionId),
            reversal: decision.reversals[0] ?? null,
            overSince: decision.until !== null && decision.until <= state.at ? decision.until : null,
            holds: holdsOn.get(decision.decisionId) ?? [],
          },
  }
}

const quotedFrom = (event: StoredEvent, called: string, { texts }: Story): ReadonlyArray<string> => {
  const text = texts.get(identityOf(event))
  if (text === undefined) return [`(${called} is not on record)`]
  if (text.kind === 'erased') return [`(${called} was erased with the account\u2019s key)`]
  return text.text.split(/\r\n|\n|\r/)
}
