import { Command, Option } from 'commander'
import { openIncident } from '../../app/incident/open.ts'
import type { RecordingPlace } from '../../app/stores.ts'
import type { Suspect } from '../../domain/suspect.ts'
import { byOption } from '../by-option.ts'
import { acceptClockOption, dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'
import { suspectArgument } from './suspect.ts'

type Options = Omit<RecordingPlace, 'clock'> & {
  readonly title: string
  readonly suspect: ReadonlyArray<Suspect>
  readonly by: string
  readonly json?: boolean
}

export const incidentOpenCommand = (): Command =>
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
    )
    .addOption(byOption('who opens it'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 opened, 2 failed.

Example:
  redress incident open --title 'quilts are removed' --suspect rule=adult.explicit@2025-04-28 --by ana`,
    )
    .action(async ({ data, ledger, acceptClock, title, suspect, by, json }: Options) => {
      const place = { data, ledger, acceptClock, clock: Date.now }
      const incidentId = resultOrUsage(await openIncident({ ...place, title, suspects: suspect, by }))
      if (json === true) return printJson({ incidentId })
      printLine(`Incident ${incidentId} is open. Look at it with: redress incident show ${incidentId}`)
    })
