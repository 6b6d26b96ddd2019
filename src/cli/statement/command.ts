import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { readStory } from '../../app/account/read-story.ts'
import { identityOf } from '../../app/account/story.ts'
import { type LedgerPlace, nameOf } from '../../app/stores.ts'
import { type OpenLedger, openExisting } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import { openPublished } from '../../projection/published.ts'
import type { OwnerStatement } from '../../reports/statements/owner/codec.ts'
import { toHtml } from '../../reports/statements/owner/html.ts'
import { toMarkdown } from '../../reports/statements/owner/markdown.ts'
import { readRulesets } from '../../reports/statements/owner/rulesets.ts'
import { refsOf, tellOwner } from '../../reports/statements/owner/tell.ts'
import { pageOf } from '../../reports/statements/owner/words.ts'
import { CliError, dataOption, jsonOption, ledgerOption, printJson, printText } from '../output.ts'

type Options = LedgerPlace & {
  readonly format: 'html' | 'md' | 'json'
  readonly account?: string
  readonly appeal?: string
  readonly json?: boolean
}

export const statementCommand = (): Command =>
  new Command('statement')
    .description(
      'Writes, in plain words, what was done to an account and why: the rule and its version, the findings with their ' +
        'signals, how much machines decided, what its owner was told, how to appeal, and what happened since. It is ' +
        'read from the ledger itself, so it is current. It holds what was written to and by the account\u2019s owner: ' +
        'it is for nobody else.',
    )
    .argument('<decision>', 'the decisionId')
    .addOption(
      new Option('--format <format>', 'html: one page to show or print')
        .choices(['html', 'md', 'json'])
        .default('md'),
    )
    .addOption(new Option('--account <id>', 'whose decision it is (default: looked up in what is projected)'))
    .addOption(new Option('--appeal <text>', 'how to appeal: where, by when, and who decides'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  redress statement d-1029 --format html --appeal "Answer this message within six months." > statement.html',
    )
    .action(async (decisionId: string, options: Options) => {
      const account = options.account ?? (await accountOf(decisionId, options.data))
      const opened = await openExisting(options.data, { cluster: options.ledger })()
      if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
      try {
        const statement = await readStatement(opened.right, decisionId, account, options)
        if (options.format === 'json' || options.json === true) printJson(statement)
        else {
          const page = pageOf(statement)
          printText(options.format === 'html' ? toHtml(page) : toMarkdown(page))
        }
      } finally {
        await opened.right.close()
      }
    })

const readStatement = async (
  { ledger, vault }: OpenLedger,
  decisionId: string,
  account: string,
  options: Options,
): Promise<OwnerStatement> => {
  const now = Date.now()
  const read = await readStory(ledger, vault, account, { asOf: null, happenedBy: null, now })()
  if (E.isLeft(read)) throw new CliError(describeLedgerError(read.left))
  const story = read.right
  if (story === null) throw new CliError(`${nameOf(options)} holds nothing about an account ${account}`)
  const decision = story.decisions.get(decisionId)
  if (decision === undefined) {
    throw new CliError(`${nameOf(options)} holds no decision ${decisionId} on the account ${account}`)
  }
  const rulesetNamed = await readRulesets(ledger, vault, refsOf(decision, story.account))
  if (E.isLeft(rulesetNamed)) throw new CliError(describeLedgerError(rulesetNamed.left))
  return tellOwner({
    decision,
    account: story.account,
    events: story.events,
    textOf: (event) => story.texts.get(identityOf(event)),
    rulesetNamed: rulesetNamed.right,
    howToAppeal: options.appeal ?? null,
    at: now,
  })
}

/** Looks up whose decision it is; the projections need not be new, but must know it. */
const accountOf = async (decisionId: string, data: string): Promise<string> => {
  const published = await openPublished(data, { memory: '1GB' })()
  if (E.isLeft(published)) {
    const { left } = published
    const why = left.kind === 'missing' ? `nothing is projected in ${left.dataDir} yet` : left.message
    throw new CliError(
      `can't look up whose decision ${decisionId} is: ${why}; run redress project, or give --account ID`,
    )
  }
  const { connection, standing, close } = published.right
  try {
    const rows = await rowsOf(
      connection,
      `SELECT DISTINCT account FROM actions
        WHERE decision_id = $1 AND type IN ('content.removed.v1', 'account.deactivated.v1') ORDER BY account`,
      [decisionId],
    )
    const accounts = rows.map(([account]) => String(account))
    const [only, ...others] = accounts
    if (only === undefined) {
      throw new CliError(
        `no decision ${decisionId} is projected, as of sequence ${standing.sequence}: if it is newer, run redress project, or give --account ID`,
      )
    }
    if (others.length === 0) return only
    throw new CliError(
      `several accounts have a decision ${decisionId}: say which with --account: ${accounts.join(', ')}`,
    )
  } finally {
    close()
  }
}
