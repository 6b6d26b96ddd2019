import { Command } from 'commander'
import { listAudits } from '../../app/audit/list.ts'
import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { type DueAudit, dueAuditJson } from '../../incidents/audit/due-audits.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, jsonOption, printJson, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format, table } from '../table.ts'

export const auditCommand = (): Command =>
  new Command('audit')
    .description('Which decisions reviewers are to look at again.')
    .addCommand(listCommand())

const listCommand = (): Command =>
  new Command('list')
    .description(
      'Lists the machines\u2019 decisions to audit that nobody has audited: the first one of each of 20 accounts on the flags of each rule, version and ' +
        'detector version, and 2 % of all, chosen by the SHA-256 of their ids. Reads the published projections.',
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
A review tool answers with decision.audited events: right, wrong or unsure. How often a rule is right, by the 2 % alone, is in rule_health and in "redress report health". What audits are for: docs/audits.md.

Exit code: 0 listed, 2 failed.

Examples:
  redress audit list
  redress audit list --json`),
    )
    .action(async ({ data, json }: { readonly data: string; readonly json?: boolean }) => {
      const { sequence, due } = resultOrFail(await listAudits(data))
      if (json === true) return printJson({ sequence, due: due.map(dueAuditJson) })
      printLine(`Up to sequence ${format(sequence)}: ${countOf(due.length, 'decision')} to audit`)
      if (due.length === 0) return
      printLine()
      for (const line of dueLines(due)) printLine(line)
    })

const dueLines = (due: ReadonlyArray<DueAudit>): ReadonlyArray<string> =>
  table(
    [
      { title: 'decision', cell: ({ decisionId }) => decisionId },
      { title: 'account', cell: ({ account }) => account },
      { title: 'kind', cell: ({ kind }) => kind },
      { title: 'made', cell: ({ at }) => formatInstant(at) },
      { title: 'because', cell: ({ because }) => because },
      {
        title: 'rules',
        cell: ({ keys }) => keys.map(({ rule, version }) => `${rule} ${version}`).join(', '),
      },
    ],
    due,
    2,
  )
