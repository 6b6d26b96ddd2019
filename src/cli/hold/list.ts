import { Command } from 'commander'
import { holdJson, listHolds } from '../../app/hold/list.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { minute, suspectName } from '../../domain/definition/story.ts'
import type { Hold } from '../../domain/hold.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { table } from '../table.ts'

type Options = LedgerPlace & { readonly all?: boolean; readonly json?: boolean }

export const holdListCommand = (): Command =>
  new Command('list')
    .summary('list the holds that stand')
    .description('Lists the holds that stand.')
    .option('--all', 'also list those that were lifted')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 listed, 2 failed.

Example:
  redress hold list --all`,
    )
    .action(async ({ data, ledger, all = false, json }: Options) => {
      const found = resultOrFail(await listHolds({ data, ledger }))
      const holds = found.filter(({ lifted }) => all || lifted === null)
      if (json === true) return printJson(holds.map(holdJson))
      if (holds.length === 0) return printLine(all ? 'There were no holds' : 'No hold stands')
      for (const line of holdLines(holds)) printLine(line)
    })

const holdLines = (holds: ReadonlyArray<Hold>): ReadonlyArray<string> =>
  table(
    [
      { title: 'hold', cell: ({ holdId }) => holdId },
      { title: 'on', cell: ({ key }) => suspectName(key) },
      { title: 'since', cell: ({ since }) => minute(since) },
      { title: 'by', cell: ({ by }) => by },
      { title: 'reason', cell: ({ reason }) => reason },
      {
        title: 'lifted',
        cell: ({ lifted }) =>
          lifted === null ? '' : `${minute(lifted.at)} by ${lifted.by}: ${lifted.reason}`,
      },
    ],
    holds,
    0,
  )
