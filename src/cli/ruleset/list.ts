import { Command } from 'commander'
import { listRulesets, type RulesetVersion } from '../../app/ruleset/list.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { type TableColumn, table } from '../table.ts'

export const rulesetListCommand = (): Command =>
  new Command('list')
    .summary('list the published rulesets')
    .description(
      'Lists the published versions of each ruleset in the order in which they took effect, with the hashes of their ' +
        'documents. Without an id, reads the whole ledger.',
    )
    .argument('[id]', 'only this ruleset')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  redress ruleset list community-guidelines')
    .action(async (id: string | undefined, options: LedgerPlace & { readonly json?: boolean }) => {
      const { data, ledger, json } = options
      const listed = resultOrFail(await listRulesets({ data, ledger, id, now: Date.now() }))
      if (json === true) return printJson(listed)
      if (listed.length === 0)
        return printLine(id === undefined ? 'No ruleset is published.' : `No version of ${id} is published.`)
      for (const line of table(columns, listed)) printLine(line)
    })

const columns: ReadonlyArray<TableColumn<RulesetVersion>> = [
  { title: 'ruleset', cell: ({ id }) => id },
  { title: 'version', cell: ({ version }) => version },
  { title: 'in force from', cell: ({ effectiveFrom }) => effectiveFrom },
  { title: 'state', cell: ({ state }) => state },
  { title: 'published', cell: ({ publishedAt }) => publishedAt },
  { title: 'sha256', cell: ({ sha256 }) => sha256 },
]
