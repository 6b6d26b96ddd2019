import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { type Moment, readStory } from '../../app/account/read-story.ts'
import { type LedgerPlace, nameOf } from '../../app/stores.ts'
import { formatInstant } from '../../domain/time.ts'
import { openExisting } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import {
  CliError,
  dataOption,
  jsonOption,
  ledgerOption,
  printJson,
  printLine,
  timeArgument,
} from '../output.ts'
import { storyJson } from './json.ts'
import { renderStory } from './lines.ts'

type Options = LedgerPlace & {
  readonly asOf?: number
  readonly happenedBy?: number
  readonly json?: boolean
}

/** Columns where the output is no terminal. */
const FILE_WIDTH = 110

export const accountCommand = (): Command =>
  new Command('account')
    .summary('show where an account stands, and its whole story')
    .description(
      'Shows where one account stands and everything that was done to it, in order: flags with their signals, ' +
        'decisions with their grounds, the notices and texts that were sent, appeals and answers, reversals. ' +
        'It is read from the ledger itself, so it is current. All times are in UTC.',
    )
    .argument('<account>', 'the account\u2019s id')
    .addOption(
      new Option(
        '--as-of <time>',
        'what was known at this time: only what the ledger had recorded',
      ).argParser(timeArgument),
    )
    .addOption(
      new Option(
        '--happened-by <time>',
        'what had happened at this time, whenever it was recorded',
      ).argParser(timeArgument),
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nBoth times together: what was known at the one of what had happened by the other.\n\n' +
        'Examples:\n  redress account quilter\n  redress account quilter --as-of 2025-05-10T12:00:00Z',
    )
    .action(async (account: string, options: Options) => {
      const moment: Moment = {
        asOf: options.asOf ?? null,
        happenedBy: options.happenedBy ?? null,
        now: Date.now(),
      }
      const opened = await openExisting(options.data, { cluster: options.ledger })()
      if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
      const { ledger, vault, close } = opened.right
      try {
        const story = await readStory(ledger, vault, account, moment)()
        if (E.isLeft(story)) throw new CliError(describeLedgerError(story.left))
        if (story.right === null) {
          throw new CliError(`${nameOf(options)} holds nothing about an account ${account}`)
        }
        if (options.json === true) {
          printJson(storyJson(story.right, moment))
          return
        }
        for (const line of renderStory(story.right, { width: process.stdout.columns ?? FILE_WIDTH }))
          printLine(line)
        for (const line of limits(moment)) printLine(line)
      } finally {
        await close()
      }
    })

/** What a story about the past leaves out. */
const limits = ({ asOf, happenedBy }: Moment): ReadonlyArray<string> => {
  const left = [
    ...(asOf === null ? [] : [`what was recorded after ${formatInstant(asOf)}`]),
    ...(happenedBy === null ? [] : [`what happened after ${formatInstant(happenedBy)}`]),
  ]
  return left.length === 0 ? [] : ['', `Left out: ${left.join(', and ')}.`]
}
