import { Command } from 'commander'
import { definitionOf, eventTypes, isPublishedType } from '../../domain/event.ts'
import { wrap } from '../../foundation/text/fit-text.ts'
import { jsonOption, printJson, printLine } from '../output.ts'

type Listed = { readonly type: string; readonly says: string; readonly isPublished: boolean }

/** Columns where the output is no terminal. */
const FILE_WIDTH = 110
/** The least room for what a type says. */
const LEAST_ROOM = 40

export const eventsListCommand = (): Command =>
  new Command('list')
    .summary('list the types of events')
    .description('Lists every type of event, and what an event of it records.')
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
        const lines = wrap(isPublished ? says : `${says} Only Redress records it.`, room)
        lines.forEach((line, i) => {
          printLine(`${(i === 0 ? type : '').padEnd(width)}${line}`)
        })
      }
    })
