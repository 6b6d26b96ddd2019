import { Command, Option } from 'commander'
import { simulatePlatform } from '../../app/simulate.ts'
import { countOf } from '../../foundation/text/count-of.ts'
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
  readonly json?: boolean
}

export const simulateCommand = (): Command =>
  new Command('simulate')
    .description(
      'Writes ten weeks of a simulated platform as NDJSON CloudEvents, in the order of their delivery (some late, some\n' +
        'twice), and the truth about them: exactly which decisions a replay must put back, annul or send to a person.\n' +
        'The simulator knows, because it put the faults in itself. The same seed gives the same bytes.',
    )
    .addOption(new Option('--seed <n>', 'what to start chance from').argParser(wholeNumber(0)).default(1))
    .addOption(
      new Option('--accounts <n>', 'how many accounts (about ten events each)')
        .argParser(wholeNumber(leastAccounts))
        .default(20_000),
    )
    .addOption(
      new Option('--scenario <name>', 'what goes wrong')
        .choices(scenarios.map(({ name }) => name))
        .default('mixed'),
    )
    .addOption(new Option('--out <file>', 'where the events go').makeOptionMandatory())
    .addOption(new Option('--truth <file>', 'where the truth goes (JSON)').makeOptionMandatory())
    .addOption(new Option('--ruleset <file>', 'where the corrected ruleset goes (YAML, or JSON for *.json)'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Scenarios:
${scenarios.map(({ name, says }) => `  ${name.padEnd(18)} ${says}`).join('\n')}

No file is overwritten.

Example:
  redress simulate --scenario mixed --out events.ndjson --truth truth.json --ruleset corrected.yaml`,
    )
    .action(async (options: Options) => {
      const { scenario, seed, accounts, out, truth: truthFile, ruleset = null, json } = options
      const files = { events: out, truth: truthFile, ruleset }
      let progress: Progress | null = null
      const simulated = await simulatePlatform({
        scenario,
        seed,
        accounts,
        files,
        onProgress: (done, total) => {
          progress ??= startProgress('simulating', total, 'events')
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

type Count = { readonly name: string; readonly count: number; readonly says: string }

const countsOf = (truth: GroundTruth): ReadonlyArray<Count> => [
  {
    name: 'putBack',
    count: truth.putBack.reduce((sum, { decisionIds }) => sum + decisionIds.length, 0),
    says: 'decisions to put back',
  },
  { name: 'annul', count: truth.annul.length, says: 'to annul: another still holds' },
  { name: 'review', count: truth.review.length, says: 'for a person' },
  { name: 'wrongful', count: truth.wrongful.length, says: 'wrongful in all, put right by now or not' },
  { name: 'otherRulesets', count: truth.otherRulesets.length, says: 'of other rulesets, resting on those' },
  { name: 'missed', count: truth.missed.length, says: 'accounts that were missed' },
]

const columns: ReadonlyArray<TableColumn<Count>> = [
  { title: '', align: 'right', cell: ({ count }) => count },
  { title: '', cell: ({ says }) => says },
]

const report = (truth: GroundTruth, bytes: number, options: Options): ReadonlyArray<string> => {
  return [
    `Simulated ${truth.scenario}: ${countOf(truth.accounts, 'account')}, seed ${truth.seed}`,
    `  ${countOf(truth.events, 'event')}, ${format(truth.late)} of them late by more than an hour; ` +
      `${countOf(truth.duplicates, 'more delivery', 'more deliveries')} of the same; ${format(Math.round(bytes / 1e6))} MB`,
    '',
    'The truth',
    ...table(columns, countsOf(truth), 2).slice(1),
    '',
    `Written to ${options.out}, ${options.truth}${options.ruleset === undefined ? '' : `, ${options.ruleset}`}`,
  ]
}
