import { Command } from 'commander'
import { rulesetCheckCommand } from './check.ts'
import { rulesetDiffCommand } from './diff.ts'
import { rulesetImpactCommand } from './impact.ts'
import { rulesetListCommand } from './list.ts'
import { rulesetPublishCommand } from './publish.ts'
import { rulesetRehearseCommand } from './rehearse.ts'

export const rulesetCommand = (): Command =>
  new Command('ruleset')
    .description(
      'Works with rulesets: checks one, compares two, rehearses one on recorded evidence, shows which decisions one would have changed, publishes one to the ledger, or lists the published ones.',
    )
    .addCommand(rulesetCheckCommand())
    .addCommand(rulesetDiffCommand())
    .addCommand(rulesetRehearseCommand())
    .addCommand(rulesetImpactCommand())
    .addCommand(rulesetPublishCommand())
    .addCommand(rulesetListCommand())
