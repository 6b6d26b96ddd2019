import { definitionOf, type EventType, eventTypes, type StoredEvent } from '../../domain/event.ts'

/**
 * The types of events by which services say what happened. Not: what Redress records itself, publications, and rescorings,
 * which look at old evidence again.
 */
export const serviceTypes: ReadonlyArray<EventType> = eventTypes.filter(
  (type) =>
    type !== 'ruleset.published.v1' && type !== 'flag.rescored.v1' && definitionOf(type).incoming !== null,
)

const isOfService: ReadonlySet<EventType> = new Set(serviceTypes)

export const isServiceEvent = ({ type }: Pick<StoredEvent, 'type'>): boolean => isOfService.has(type)
