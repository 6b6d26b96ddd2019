import { Command } from 'commander'
import * as E from '#fp/Either'
import { configureAlarms } from '../../app/alarm/configure.ts'
import { describeDecodeError } from '../../domain/codec.ts'
import { describeProblem } from '../../foundation/documents/problem.ts'
import { readDocument } from '../../foundation/documents/read-document.ts'
import { type AlarmParameters, checkParameters } from '../../incidents/alarm/parameters.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { readNamed } from '../files.ts'
import { CliError, exitCodes, printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

export const alarmConfigureCommand = (): Command =>
  addActOptions(
    new Command('configure')
      .summary('set how many false alarms are expected')
      .description(
        'Sets the parameters of alarms (YAML or JSON): how many false alarms are expected in a year, and what share of audited ' +
          'decisions may be wrong. They are recorded in the ledger and hold from then on.',
      )
      .argument('<file>', 'the parameters'),
    'who sets them',
  )
    .addHelpText(
      'after',
      `
Exit code: 0 set, or in force already; 2 failed.

Example:
  redress alarm configure alarms.yaml --by ana`,
    )
    .action(async (file: string, { json, ...act }: ActOptions) => {
      const parameters = await readParameters(file)
      const configured = resultOrUsage(await configureAlarms({ ...actOf(act), parameters }))
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
