import { Command } from 'commander'
import { definitionOf, eventTypes, isPublishedType } from '../../domain/event.ts'
import { wrap } from '../../foundation/text/fit-text.ts'
import { jsonOption, printJson, printLine } from '../output.ts'

type Listed = { readonly type: string; readonly says: string; readonly isPublished: boolean }

/** The width if the output is not a terminal. */
const FILE_WIDTH = 110
/** The least width for a type's description. */
const LEAST_ROOM = 40

export const eventsListCommand = (): Command =>
  new Command('list')
    .summary('list the event types')
    .description('Lists every event type and what an event of that type records.')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  redress events list')
    .action((options: { readonly json?: boolean }) => {
      const types = eventTypes.map((type): Listed => {
        return { type, says: definitionOf(type).says, isPublished: isPublishedType(type) }
      })
      if (options.json === true) {
        printJson(
          types.map(({ type, says, isPublished }) => ({ type, says, publishedByServices: isPublished })),
        )
        return
      }
      const width = Math.max(...types.map(({ type }) => type.length)) + 2
      const room = Math.max((process.stdout.columns ?? FILE_WIDTH) - width, LEAST_ROOM)
      for (const { type, says, isPublished } of types) {
        const lines = wrap(isPublished ? says : `${says} Recorded only by Redress.`, room)
        lines.forEach((line, i) => {
          printLine(`${(i === 0 ? type : '').padEnd(width)}${line}`)
        })
      }
    })
