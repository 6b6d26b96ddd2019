import { Command } from 'commander'
import { rulesetCheckCommand } from './check.ts'
import { rulesetDiffCommand } from './diff.ts'
import { rulesetListCommand } from './list.ts'
import { rulesetPublishCommand } from './publish.ts'

export const rulesetCommand = (): Command =>
  new Command('ruleset')
    .description(
      'Works with rulesets: checks one, compares two, publishes one to the ledger, or lists the published ones.',
    )
    .addCommand(rulesetCheckCommand())
    .addCommand(rulesetDiffCommand())
    .addCommand(rulesetPublishCommand())
    .addCommand(rulesetListCommand())
