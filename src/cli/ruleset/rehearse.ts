import { Command, Option } from 'commander'
import { rehearsalJson } from '../../app/ruleset/rehearsal-json.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { helpNotes } from '../help-notes.ts'
import {
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
  printText,
} from '../output.ts'
import { startProgress } from '../progress.ts'
import { resultOrUsage } from '../result.ts'
import { readRuleset } from './file.ts'
import { rehearsalMarkdown } from './rehearsal-markdown.ts'
import { expectOption, overOption, type RehearsalOptions, sampleOption } from './rehearsal-options.ts'
import { rehearsalLines } from './rehearsal-text.ts'

type Options = LedgerPlace &
  RehearsalOptions & {
    readonly against?: string
    readonly sample: number
    readonly format: 'text' | 'md'
    readonly json?: boolean
  }

export const rulesetRehearseCommand = (): Command =>
  new Command('rehearse')
    .summary('try a new version on recorded evidence')
    .description(
      'Evaluates a new version of a ruleset and the version in force over the evidence that was recorded: flags of machines, ' +
        'and what was evaluated without a flag. Shows for each rule where only one of them fires, and how many accounts only ' +
        'one would deactivate. Reads the projections, and the ledger for later events; writes nothing.',
    )
    .argument('<file>', 'the new version (YAML or JSON)')
    .option('--against <version>', 'the published version to compare with (default: the one in force)')
    .addOption(overOption())
    .addOption(sampleOption())
    .addOption(expectOption())
    .addOption(
      new Option('--format <format>', 'the output: text, or md (Markdown) for a comment on a pull request')
        .choices(['text', 'md'])
        .default('text'),
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
A rule fires on too much if the evidence on which only the new version fires is at least 10 pieces and more than 25 % of what the old version fires on, or than --expect says. Nothing is too much for the first version of a ruleset.

Exit code: 0 as expected, 1 a rule fires on too much, 2 failed.

Examples:
  redress ruleset rehearse new.yaml
  redress ruleset rehearse new.yaml --over 30d --expect adult.explicit=+40% --format md`),
    )
    .action(async (file: string, options: Options) => {
      const { data, ledger, against = null, over, sample, expect = new Map(), format, json = false } = options
      if (json && format === 'md')
        throw new CliError('--json cannot be used with --format md', exitCodes.usage)
      const next = await readRuleset(file)
      const { rehearseRuleset } = await import('../../app/ruleset/rehearse.ts')
      const progress = startProgress('Reading evidence', 1, 'events')
      const rehearsed = resultOrUsage(
        await rehearseRuleset({
          ...{ data, ledger, next, against, over, sample, expectations: expect, now: Date.now() },
          onProgress: progress.update,
          onReference: (reason) => noteLine(`redress: reading the ledger: ${reason}`),
        }).finally(progress.stop),
      )
      if (rehearsed.unexpected.length > 0) process.exitCode = exitCodes.findings
      if (json) return printJson(rehearsalJson(rehearsed))
      if (format === 'md') return printText(rehearsalMarkdown(rehearsed))
      for (const line of rehearsalLines(rehearsed)) printLine(line)
    })
