import { Command, Option } from 'commander'
import type { Moment } from '../../app/account/read-story.ts'
import { showAccount } from '../../app/account/show.ts'
import { storyJson } from '../../app/account/story-json.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { formatInstant } from '../../domain/time.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine, timeArgument } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { renderStory } from './lines.ts'

type Options = LedgerPlace & {
  readonly asOf?: number
  readonly happenedBy?: number
  readonly json?: boolean
}

/** The width if the output is not a terminal. */
const FILE_WIDTH = 110

export const accountCommand = (): Command =>
  new Command('account')
    .description(
      'Shows the state of one account and everything that was done to it, in order: flags with their signals, ' +
        'decisions with their grounds, notices and texts that were sent, appeals and answers, reversals. ' +
        'Reads the ledger itself, so the result is current. All times are in UTC.',
    )
    .argument('<account>', 'the account\u2019s id')
    .addOption(
      new Option('--as-of <time>', 'show what was known at this time: events recorded by then').argParser(
        timeArgument,
      ),
    )
    .addOption(
      new Option(
        '--happened-by <time>',
        'show what had happened by this time, whenever it was recorded',
      ).argParser(timeArgument),
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
With both times, shows what was known at the first about what had happened by the second.

Examples:
  redress account quilter
  redress account quilter --as-of 2025-05-10T12:00:00Z`),
    )
    .action(async (account: string, options: Options) => {
      const moment: Moment = {
        asOf: options.asOf ?? null,
        happenedBy: options.happenedBy ?? null,
        now: Date.now(),
      }
      const { data, ledger, json } = options
      const story = resultOrFail(await showAccount({ data, ledger, account, moment }))
      if (json === true) return printJson(storyJson(story, moment))
      for (const line of renderStory(story, { width: process.stdout.columns ?? FILE_WIDTH })) printLine(line)
      for (const line of limits(moment)) printLine(line)
    })

/** Says what a story about the past leaves out. */
const limits = ({ asOf, happenedBy }: Moment): ReadonlyArray<string> => {
  const left = [
    ...(asOf === null ? [] : [`what was recorded after ${formatInstant(asOf)}`]),
    ...(happenedBy === null ? [] : [`what happened after ${formatInstant(happenedBy)}`]),
  ]
  return left.length === 0 ? [] : ['', `Left out: ${left.join(', and ')}.`]
}
