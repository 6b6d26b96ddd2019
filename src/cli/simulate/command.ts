import { Command, Option } from 'commander'
import { simulatePlatform } from '../../app/simulate.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { Scenario } from '../../simulation/persona.ts'
import { leastAccounts, scenarios } from '../../simulation/population.ts'
import type { GroundTruth } from '../../simulation/truth.ts'
import { jsonOption, printJson, printLine, wholeNumber } from '../output.ts'
import { type Progress, startProgress } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { format, type TableColumn, table } from '../table.ts'

type Options = {
  readonly seed: number
  readonly accounts: number
  readonly scenario: string
  readonly out: string
  readonly truth: string
  readonly ruleset?: string
  readonly correction?: string
  readonly json?: boolean
}

export const simulateCommand = (): Command =>
  new Command('simulate')
    .description(
      'Writes ten weeks of a simulated platform as NDJSON CloudEvents, in delivery order (some late, some twice), and the ' +
        'ground truth: exactly which decisions a replay must reverse, annul or refer to human review. The simulator knows ' +
        'this because it injects the faults itself. The same seed gives the same bytes.',
    )
    .addOption(new Option('--seed <n>', 'the random seed').argParser(wholeNumber(0)).default(1))
    .addOption(
      new Option('--accounts <n>', 'the number of accounts (about ten events each)')
        .argParser(wholeNumber(leastAccounts))
        .default(20_000),
    )
    .addOption(
      new Option('--scenario <name>', 'what goes wrong')
        .choices(scenarios.map(({ name }) => name))
        .default('mixed'),
    )
    .addOption(new Option('--out <file>', 'the file for the events').makeOptionMandatory())
    .addOption(new Option('--truth <file>', 'the file for the ground truth (JSON)').makeOptionMandatory())
    .addOption(
      new Option('--ruleset <file>', 'the file for the corrected ruleset (YAML, or JSON if named *.json)'),
    )
    .addOption(
      new Option(
        '--correction <file>',
        'the file for the correction, for a scenario in which the rules were right and the evidence was not',
      ),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Scenarios in which the rules were wrong, or not followed (--ruleset):
${namesOf(scenarios.filter(({ wrongEvidence }) => wrongEvidence === undefined))}

Scenarios in which the evidence was wrong (--correction):
${namesOf(scenarios.filter(({ wrongEvidence }) => wrongEvidence !== undefined))}

Existing files are not overwritten.

Examples:
  redress simulate --scenario mixed --out events.ndjson --truth truth.json --ruleset corrected.yaml
  redress simulate --scenario hash-list-entry --out events.ndjson --truth truth.json --correction correction.yaml`,
    )
    .action(async (options: Options) => {
      const {
        scenario,
        seed,
        accounts,
        out,
        truth: truthFile,
        ruleset = null,
        correction = null,
        json,
      } = options
      const files = { events: out, truth: truthFile, ruleset, correction }
      let progress: Progress | null = null
      const simulated = await simulatePlatform({
        scenario,
        seed,
        accounts,
        files,
        onProgress: (done, total) => {
          progress ??= startProgress('Simulating', total, 'events')
          progress.update(done)
        },
      }).finally(() => progress?.stop())
      const { truth, bytes } = resultOrFail(simulated)
      if (json === true) {
        const { events, duplicates, late } = truth
        return printJson({
          ...{ scenario, seed: truth.seed, accounts: truth.accounts, events, duplicates, late, bytes },
          truth: Object.fromEntries(countsOf(truth).map(({ name, count }) => [name, count])),
          files,
        })
      }
      for (const line of report(truth, bytes, options)) printLine(line)
    })

const namesOf = (listed: ReadonlyArray<Scenario>): string =>
  listed.map(({ name, says }) => `  ${name.padEnd(18)} ${says}`).join('\n')

type Count = { readonly name: string; readonly count: number; readonly says: string }

const countsOf = (truth: GroundTruth): ReadonlyArray<Count> => [
  {
    name: 'putBack',
    count: truth.putBack.reduce((sum, { decisionIds }) => sum + decisionIds.length, 0),
    says: 'decisions to reverse',
  },
  { name: 'annul', count: truth.annul.length, says: 'decisions to annul: another one still applies' },
  { name: 'review', count: truth.review.length, says: 'decisions for human review' },
  { name: 'wrongful', count: truth.wrongful.length, says: 'wrongful decisions in total, corrected or not' },
  {
    name: 'otherRulesets',
    count: truth.otherRulesets.length,
    says: 'decisions under other rulesets that depend on those',
  },
  {
    name: 'awaitingRescoring',
    count: truth.awaitingRescoring.length,
    says: 'undecided decisions that a rescoring could settle',
  },
  { name: 'missed', count: truth.missed.length, says: 'accounts that should have been deactivated' },
]

const columns: ReadonlyArray<TableColumn<Count>> = [
  { title: '', align: 'right', cell: ({ count }) => count },
  { title: '', cell: ({ says }) => says },
]

const report = (truth: GroundTruth, bytes: number, options: Options): ReadonlyArray<string> => {
  return [
    `Simulated ${truth.scenario}: ${countOf(truth.accounts, 'account')}, seed ${truth.seed}`,
    `  ${countOf(truth.events, 'event')}, ${format(truth.late)} of them more than an hour late; ` +
      `${countOf(truth.duplicates, 'redelivery', 'redeliveries')}; ${format(Math.round(bytes / 1e6))} MB`,
    '',
    'Ground truth',
    ...table(columns, countsOf(truth), 2).slice(1),
    '',
    `Written to ${[options.out, options.truth, options.ruleset, options.correction].filter((path) => path !== undefined).join(', ')}`,
  ]
}
