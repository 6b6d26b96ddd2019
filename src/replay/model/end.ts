import { type EventType, eventTypes, isPublishedType } from '../../domain/event.ts'

/**
 * The types that do not count towards the end of a history: looking again at old evidence, and what Redress itself records,
 * is not something that happened on the platform.
 */
export const withoutEnd: ReadonlySet<EventType> = new Set(
  eventTypes.filter((type) => type === 'flag.rescored.v1' || !isPublishedType(type)),
)
