import { Command, Option } from 'commander'
import { explainDecisionToOwner } from '../../app/statement/explain-to-owner.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { toHtml } from '../../reports/statements/owner/html.ts'
import { toMarkdown } from '../../reports/statements/owner/markdown.ts'
import { pageOf } from '../../reports/statements/owner/words.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printText } from '../output.ts'
import { resultOrFail } from '../result.ts'

type Options = LedgerPlace & {
  readonly format: 'html' | 'md' | 'json'
  readonly account?: string
  readonly appeal?: string
  readonly json?: boolean
}

export const statementCommand = (): Command =>
  new Command('statement')
    .description(
      'Explains in plain words what was done to an account and why: the rule and its version, the findings with their ' +
        'signals, how much was automated, what the owner was told, how to appeal, and what has happened since. Reads the ' +
        'ledger itself, so the result is current. It contains personal text to and from the owner: give it to nobody else.',
    )
    .argument('<decision>', 'the decisionId')
    .addOption(
      new Option('--format <format>', 'the output format; html is one page to show or print')
        .choices(['html', 'md', 'json'])
        .default('md'),
    )
    .addOption(
      new Option('--account <id>', 'the account that it affects (default: looked up in the projections)'),
    )
    .addOption(new Option('--appeal <text>', 'how to appeal: where, by when, and who decides'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  redress statement d-1029 --format html --appeal "Answer this message within six months." > statement.html',
    )
    .action(async (decisionId: string, options: Options) => {
      const { data, ledger, account = null, appeal: howToAppeal = null, format, json } = options
      const now = Date.now()
      const statement = resultOrFail(
        await explainDecisionToOwner({ data, ledger, decisionId, account, howToAppeal, now }),
      )
      if (format === 'json' || json === true) return printJson(statement)
      const page = pageOf(statement)
      printText(format === 'html' ? toHtml(page) : toMarkdown(page))
    })
