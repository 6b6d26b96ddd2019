import { isPublishedType, type PublishedType, publishedTypes } from '../../domain/event.ts'
import { didYouMean } from '../../foundation/text/nearest.ts'
import { CliError, exitCodes } from '../output.ts'

/** The type of event that an argument names. */
export const typeArgument = (text: string): PublishedType => {
  if (isPublishedType(text)) return text
  const meant = didYouMean(text, publishedTypes)
  throw new CliError(
    `services publish no type of event '${text}'${meant === null ? '' : `; ${meant}`}`,
    exitCodes.usage,
    ['redress events list shows all types.'],
  )
}

/** `--json` of a command that prints nothing but JSON. */
export const ALWAYS_JSON = 'accepted as everywhere: the output is JSON in any case'
