import { Command } from 'commander'
import { rulesetCheckCommand } from './ruleset-check.ts'
import { rulesetDiffCommand } from './ruleset-diff.ts'
import { rulesetListCommand } from './ruleset-list.ts'
import { rulesetPublishCommand } from './ruleset-publish.ts'

export const rulesetCommand = (): Command =>
  new Command('ruleset')
    .summary('check, compare and publish rulesets')
    .description(
      'Works with rulesets: check one, compare two, publish one into the ledger, list what is published.',
    )
    .addCommand(rulesetCheckCommand())
    .addCommand(rulesetDiffCommand())
    .addCommand(rulesetPublishCommand())
    .addCommand(rulesetListCommand())
