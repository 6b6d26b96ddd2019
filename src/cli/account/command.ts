import { Command, Option } from 'commander'
import type { Moment } from '../../app/account/read-story.ts'
import { showAccount } from '../../app/account/show.ts'
import { storyJson } from '../../app/account/story-json.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { formatInstant } from '../../domain/time.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine, timeArgument } from '../output.ts'
import { resultOrFail } from '../result.ts'
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
      const { data, ledger, json } = options
      const story = resultOrFail(await showAccount({ data, ledger, account, moment }))
      if (json === true) return printJson(storyJson(story, moment))
      for (const line of renderStory(story, { width: process.stdout.columns ?? FILE_WIDTH })) printLine(line)
      for (const line of limits(moment)) printLine(line)
    })

/** What a story about the past leaves out. */
const limits = ({ asOf, happenedBy }: Moment): ReadonlyArray<string> => {
  const left = [
    ...(asOf === null ? [] : [`what was recorded after ${formatInstant(asOf)}`]),
    ...(happenedBy === null ? [] : [`what happened after ${formatInstant(happenedBy)}`]),
  ]
  return left.length === 0 ? [] : ['', `Left out: ${left.join(', and ')}.`]
}
