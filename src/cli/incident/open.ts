import { Command, Option } from 'commander'
import { openIncident } from '../../app/incident/open.ts'
import type { Suspect } from '../../domain/suspect.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'
import { suspectArgument } from './suspect.ts'

type Options = ActOptions & { readonly title: string; readonly suspect: ReadonlyArray<Suspect> }

export const incidentOpenCommand = (): Command =>
  addActOptions(
    new Command('open')
      .summary('open an incident by hand')
      .description('Opens an incident by hand: something may be at fault of which no alarm has sounded.')
      .requiredOption('--title <text>', 'what it is about; it is never sealed, so put no personal data in it')
      .addOption(
        new Option(
          '--suspect <suspect>',
          'what may be at fault: rule=ID@VERSION, ruleset=ID@VERSION, detector=ID@VERSION, decided-by=KIND:ID, source=URI, or several of them separated by commas; can be given several times',
        )
          .argParser(suspectArgument)
          .makeOptionMandatory(),
      ),
    'who opens it',
  )
    .addHelpText(
      'after',
      `
Exit code: 0 opened, 2 failed.

Example:
  redress incident open --title 'quilts are removed' --suspect rule=adult.explicit@2025-04-28 --by ana`,
    )
    .action(async ({ title, suspect, json, ...act }: Options) => {
      const incidentId = resultOrUsage(await openIncident({ ...actOf(act), title, suspects: suspect }))
      if (json === true) return printJson({ incidentId })
      printLine(`Incident ${incidentId} is open. Look at it with: redress incident show ${incidentId}`)
    })
