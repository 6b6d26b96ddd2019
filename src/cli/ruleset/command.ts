import { Command } from 'commander'
import { rulesetCheckCommand } from './check.ts'
import { rulesetDiffCommand } from './diff.ts'
import { rulesetListCommand } from './list.ts'
import { rulesetPublishCommand } from './publish.ts'

export const rulesetCommand = (): Command =>
  new Command('ruleset')
    .description(
      'Works with rulesets: check one, compare two, publish one into the ledger, list what is published.',
    )
    .addCommand(rulesetCheckCommand())
    .addCommand(rulesetDiffCommand())
    .addCommand(rulesetPublishCommand())
    .addCommand(rulesetListCommand())
