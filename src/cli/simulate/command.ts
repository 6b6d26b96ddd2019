import { Command, InvalidArgumentError, Option } from 'commander'
import * as E from '#fp/Either'
import type { SimulationDocuments, SimulationRequest } from '../../app/simulate/documents.ts'
import { refusalJson } from '../../app/simulate/refusal-json.ts'
import { simulateToFiles } from '../../app/simulate/to-files.ts'
import { simulateToLedger } from '../../app/simulate/to-ledger.ts'
import { describeDecodeError, problems } from '../../domain/codec.ts'
import { HoldKey } from '../../domain/suspect.ts'
import type { Scenario } from '../../simulation/persona.ts'
import { isHarmless, leastAccounts, scenarios } from '../../simulation/population.ts'
import { helpNotes } from '../help-notes.ts'
import {
  CliError,
  exitCodes,
  jsonOption,
  printJson,
  printLine,
  shareArgument,
  timeArgument,
  wholeNumber,
} from '../output.ts'
import { progressOfParts } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { stopBySignal } from '../signals.ts'
import { historyLines, simulatedLines, truthJson, truthLines } from './report.ts'

type Options = Omit<SimulationRequest, 'holds'> & {
  readonly hold?: HoldKey
  readonly holdFrom?: number
  readonly out?: string
  readonly data?: string
  readonly audited?: boolean
  readonly truth: string
  readonly ruleset?: string
  readonly correction?: string
  readonly json?: boolean
}

export const simulateCommand = (): Command =>
  new Command('simulate')
    .description(
      'Writes ten weeks of a simulated platform as NDJSON CloudEvents, in delivery order (some late, some twice), or records ' +
        'them in a ledger of their own, each at the simulated time when it arrives; and the ground truth: what is at fault, ' +
        'and exactly which decisions a replay must reverse, annul or refer to human review. The simulator knows this because ' +
        'it injects the faults itself. The same seed gives the same bytes.',
    )
    .addOption(new Option('--seed <n>', 'the random seed').argParser(wholeNumber(0)).default(1))
    .addOption(
      new Option('--accounts <n>', 'the number of accounts (about ten events each)')
        .argParser(wholeNumber(leastAccounts))
        .default(20_000),
    )
    .addOption(
      new Option('--scenario <name>', 'what happens')
        .choices(scenarios.map(({ name }) => name))
        .default('mixed'),
    )
    .addOption(
      new Option(
        '--fault-share <share>',
        'how many of the accounts that the scenario is about there are: 0.1 thins a fault to a tenth',
      )
        .argParser(shareArgument)
        .default(1),
    )
    .addOption(
      new Option(
        '--paired',
        'retired versions of detectors go on looking at 3 % of the content, and only record what they see',
      ).default(false),
    )
    .addOption(
      new Option(
        '--audited',
        'a reviewer audits decisions, and errs at times (with --data: it answers what the ledger has recorded)',
      ),
    )
    .addOption(
      new Option(
        '--hold <key>',
        'what services are asked not to act on (JSON, like the key of an alarm); flags go on',
      ).argParser(holdArgument),
    )
    .addOption(
      new Option('--hold-from <time>', 'since when, until the end; like the time of the alarm').argParser(
        timeArgument,
      ),
    )
    .addOption(new Option('--out <file>', 'the file for the events'))
    .addOption(new Option('--data <dir>', 'or the data folder for the ledger: empty, or a new one'))
    .addOption(new Option('--truth <file>', 'the file for the ground truth (JSON)').makeOptionMandatory())
    .addOption(
      new Option('--ruleset <file>', 'the file for the corrected ruleset (YAML, or JSON if named *.json)'),
    )
    .addOption(
      new Option(
        '--correction <file>',
        'the file for the correction, for a scenario in which the rules were right',
      ),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Scenarios in which the rules were wrong, or not followed (--ruleset):
${namesOf(({ wrongEvidence }) => wrongEvidence === undefined)}

Scenarios in which the evidence was wrong (--correction):
${namesOf((scenario) => scenario.wrongEvidence !== undefined && !isHarmless(scenario))}

Scenarios in which no decision is wrong (--correction writes one that changes nothing):
${namesOf(isHarmless)}

With --data, versions of rulesets are published as redress ruleset publish does it. Existing files are not overwritten.

Exit code: 0 done, 2 failed, 130 or 143 stopped by a signal.

Examples:
  redress simulate --scenario mixed --out events.ndjson --truth truth.json --ruleset corrected.yaml
  redress simulate --scenario hash-list-entry --out events.ndjson --truth truth.json --correction correction.yaml
  redress simulate --scenario spam-waves --accounts 1000 --data ./simulated --truth truth.json
  redress simulate --scenario threshold-typo --data ./held --truth held.json --hold '{"rule":"adult.explicit"}' \\
    --hold-from 2025-04-28T12:00:00Z`),
    )
    .action((options: Options) => {
      const { out, data } = options
      if ((out === undefined) === (data === undefined)) {
        throw new CliError(
          'name either a file for the events or a data folder (--out, --data)',
          exitCodes.usage,
        )
      }
      if (options.audited === true && data === undefined) {
        throw new CliError('a reviewer needs a ledger: name a data folder (--data)', exitCodes.usage)
      }
      if ((options.hold === undefined) !== (options.holdFrom === undefined)) {
        throw new CliError('--hold and --hold-from require each other', exitCodes.usage)
      }
      return out === undefined ? record(options, data ?? '') : write(options, out)
    })

function holdArgument(text: string): HoldKey {
  const json = E.tryCatch((): unknown => JSON.parse(text), String)
  if (E.isLeft(json)) throw new InvalidArgumentError(`Give JSON, such as ${EXAMPLE_KEY}.`)
  const [wrong] = problems(HoldKey, json.right)
  if (wrong !== undefined) throw new InvalidArgumentError(`${describeDecodeError(wrong)}.`)
  // Cast: the codec found nothing wrong.
  return json.right as HoldKey
}

const EXAMPLE_KEY = '{"rule":"adult.explicit"}'

const namesOf = (are: (scenario: Scenario) => boolean): string =>
  scenarios
    .filter(are)
    .map(({ name, says }) => `  ${name.padEnd(22)} ${says}`)
    .join('\n')

const write = async (options: Options, out: string): Promise<void> => {
  const { documents, request } = splitUp(options)
  const files = { events: out, ...documents }
  const progress = progressOfParts()
  const simulated = await simulateToFiles({
    ...{ ...request, files },
    onProgress: progress.part('Simulating', 'events'),
  }).finally(progress.stop)
  const { truth, bytes } = resultOrFail(simulated)
  if (options.json === true) return printJson({ ...truthJson(truth), bytes, files })
  const lines = [...simulatedLines(truth, bytes), ...truthLines(truth), '', writtenTo([out], documents)]
  for (const line of lines) printLine(line)
}

const record = async (options: Options, data: string): Promise<void> => {
  const { documents, request } = splitUp(options)
  const stop = stopBySignal()
  const progress = progressOfParts()
  const simulated = await simulateToLedger({
    ...{ ...request, data, audited: options.audited === true, files: documents },
    ...{ signal: stop.signal, onOpen: stop.listen },
    onProgress: progress.part('Simulating', 'events'),
  }).finally(progress.stop)
  const history = resultOrFail(simulated, stop.came())
  const { truth, tally, publications, refusals } = history
  if (options.json === true) {
    const { accepted, duplicate, rejected } = tally
    const recorded = { accepted, duplicate, rejected, publications, refusals: refusals.map(refusalJson) }
    return printJson({ ...truthJson(truth), recorded, data, files: documents })
  }
  const lines = [...historyLines(history), ...truthLines(truth), '', writtenTo([data], documents)]
  for (const line of lines) printLine(line)
}

const splitUp = (
  options: Options,
): { readonly request: SimulationRequest; readonly documents: SimulationDocuments } => {
  const { scenario, seed, accounts, faultShare, paired, truth, ruleset, correction } = options
  const { hold: key, holdFrom: since } = options
  const holds = key === undefined || since === undefined ? [] : [{ key, since, lifted: null }]
  return {
    request: { scenario, seed, accounts, faultShare, paired, holds },
    documents: { truth, ruleset: ruleset ?? null, correction: correction ?? null },
  }
}

const writtenTo = (
  paths: ReadonlyArray<string>,
  { truth, ruleset, correction }: SimulationDocuments,
): string => `Written to ${[...paths, truth, ruleset, correction].filter((path) => path !== null).join(', ')}`
