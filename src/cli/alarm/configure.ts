import { Command } from 'commander'
import * as E from '#fp/Either'
import { configureAlarms } from '../../app/alarm/configure.ts'
import type { RecordingPlace } from '../../app/stores.ts'
import { describeDecodeError } from '../../domain/codec.ts'
import { describeProblem } from '../../foundation/documents/problem.ts'
import { readDocument } from '../../foundation/documents/read-document.ts'
import { type AlarmParameters, checkParameters } from '../../incidents/alarm/parameters.ts'
import { byOption } from '../by-option.ts'
import { readNamed } from '../files.ts'
import {
  acceptClockOption,
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  printJson,
  printLine,
} from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = Omit<RecordingPlace, 'clock'> & { readonly by: string; readonly json?: boolean }

export const alarmConfigureCommand = (): Command =>
  new Command('configure')
    .summary('set how many false alarms are expected')
    .description(
      'Sets the parameters of alarms (YAML or JSON): how many false alarms are expected in a year, and what share of audited ' +
        'decisions may be wrong. They are recorded in the ledger and hold from then on.',
    )
    .argument('<file>', 'the parameters')
    .addOption(byOption('who sets them'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 set, or in force already; 2 failed.

Example:
  redress alarm configure alarms.yaml --by ana`,
    )
    .action(async (file: string, { data, ledger, acceptClock, by, json }: Options) => {
      const parameters = await readParameters(file)
      const configured = resultOrUsage(
        await configureAlarms({ data, ledger, acceptClock, clock: Date.now, parameters, by }),
      )
      if (json === true) return printJson({ ...configured, parameters })
      const what = configured.kind === 'configured' ? 'set' : 'in force already'
      printLine(`The parameters of alarms are ${what} (sha256 ${configured.parametersSha256})`)
    })

const readParameters = async (file: string): Promise<AlarmParameters> => {
  const { value, problems } = readDocument(await readNamed(file))
  const lines = problems.map(describeProblem)
  const checked = lines.length > 0 ? E.left([]) : checkParameters(value)
  if (E.isRight(checked)) return checked.right
  throw new CliError(`${file} is not valid parameters of alarms:`, exitCodes.failed, [
    ...[...lines, ...checked.left.map(describeDecodeError)].map((line) => `  ${line}`),
  ])
}
