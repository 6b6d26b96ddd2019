import { Command, Option } from 'commander'
import { type CloseIncidentOptions, closeIncident } from '../../app/incident/close.ts'
import { wordsOfCodec } from '../../domain/codec.ts'
import { Conclusion } from '../../domain/events/incident-closed.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = ActOptions & Pick<CloseIncidentOptions, 'conclusion'> & { readonly summary?: string }

export const incidentCloseCommand = (): Command =>
  addActOptions(
    new Command('close')
      .summary('close an incident')
      .description(
        'Closes an incident. What sounds about the same afterwards opens a new one. A confirmed one makes alarms pass over the ' +
          'versions that it suspects: later versions are compared with the one before them.',
      )
      .argument('<incident>', 'the incident')
      .addOption(
        new Option('--conclusion <conclusion>', 'what it turned out to be')
          .choices(wordsOfCodec(Conclusion))
          .makeOptionMandatory(),
      )
      .option('--summary <text>', 'the same in a line; it is never sealed, so put no personal data in it'),
    'who closes it',
  )
    .addHelpText(
      'after',
      `
Exit code: 0 closed, or closed before; 2 failed.

Example:
  redress incident close 3b1f9ac04d52 --conclusion confirmed --summary 'a typo in a threshold' --by ana`,
    )
    .action(async (incidentId: string, options: Options) => {
      const { conclusion, summary = null, json } = options
      const closed = resultOrUsage(
        await closeIncident({ ...actOf(options), incidentId, conclusion, summary }),
      )
      if (json === true) return printJson(closed)
      printLine(`Incident ${incidentId} ${closed.kind === 'closed' ? 'is closed' : 'was closed before'}`)
    })
