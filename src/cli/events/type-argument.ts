import {
  isEventType,
  isPublishedType,
  ownEventTypes,
  type PublishedType,
  publishedTypes,
} from '../../domain/event.ts'
import { didYouMean } from '../../foundation/text/nearest.ts'
import { CliError, exitCodes } from '../output.ts'

/** Parses the name of an event type that services publish. */
export const typeArgument = (text: string): PublishedType => {
  if (isPublishedType(text)) return text
  if (isEventType(text) || ownEventTypes.has(text)) {
    throw new CliError(`only Redress itself records ${text}: services do not publish it`, exitCodes.usage)
  }
  const meant = didYouMean(text, publishedTypes)
  throw new CliError(
    `'${text}' is not an event type that services publish${meant === null ? '' : `; ${meant}`}`,
    exitCodes.usage,
    ['List all types with: redress events list'],
  )
}

/** The help of `--json` for a command that prints nothing but JSON. */
export const ALWAYS_JSON = 'has no effect: the output is always JSON'
