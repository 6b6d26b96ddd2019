import { Command, InvalidArgumentError, Option } from 'commander'
import { purgeDeadLetters } from '../../app/dead-letters/purge.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { DURATION_NAME, formatDuration, parseDuration } from '../../rulesets/duration.ts'
import { dataOption, jsonOption, printJson, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'

type Options = {
  readonly olderThan: number
  readonly resolved?: boolean
  readonly data: string
  readonly json?: boolean
}

export const purgeCommand = (): Command =>
  new Command('purge')
    .summary('delete old dead letters')
    .description(
      'Deletes dead letters last received longer ago than the given duration, with their keys, and overwrites their bytes.',
    )
    .addOption(
      new Option('--older-than <duration>', DURATION_NAME).argParser(durationArgument).makeOptionMandatory(),
    )
    .option('--resolved', 'only resolved ones')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  redress dead-letters purge --older-than 90d --resolved')
    .action(async ({ data, json, olderThan, resolved }: Options) => {
      const onlyResolved = resolved === true
      const { purged, kept } = resultOrFail(
        await purgeDeadLetters({ data, clock: Date.now, olderThan, onlyResolved }),
      )
      if (json === true) return printJson({ purged, kept })
      const which = onlyResolved ? 'resolved dead letter' : 'dead letter'
      printLine(
        `Purged ${countOf(purged, which)} last seen over ${formatDuration(olderThan)} ago; ${format(kept)} kept.`,
      )
    })

const durationArgument = (text: string): number => {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError(`Give ${DURATION_NAME}.`)
  return ms
}
