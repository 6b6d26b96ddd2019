import { Command } from 'commander'
import { type ListedIncident, listedJson, listIncidents } from '../../app/incident/list.ts'
import { minute } from '../../domain/definition/story.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { dataOption, jsonOption, printJson, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format, table } from '../table.ts'

type Options = { readonly data: string; readonly all?: boolean; readonly json?: boolean }

export const incidentListCommand = (): Command =>
  new Command('list')
    .summary('list the open incidents')
    .description('Lists the open incidents, the latest first. Reads the published projections.')
    .option('--all', 'also list those that are closed')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 listed, 2 failed.

Example:
  redress incident list --all`,
    )
    .action(async ({ data, all = false, json }: Options) => {
      const listed = resultOrFail(await listIncidents(data))
      const incidents = listed.incidents.filter(({ closedAt }) => all || closedAt === null)
      const { sequence } = listed
      if (json === true) return printJson({ sequence, incidents: incidents.map(listedJson) })
      const what = countOf(incidents.length, all ? 'incident' : 'open incident')
      printLine(`Up to sequence ${format(sequence)}: ${what}`)
      if (incidents.length === 0) return
      printLine()
      for (const line of incidentLines(incidents)) printLine(line)
    })

const incidentLines = (incidents: ReadonlyArray<ListedIncident>): ReadonlyArray<string> =>
  table(
    [
      { title: 'incident', cell: ({ incidentId }) => incidentId },
      { title: 'opened', cell: ({ openedAt }) => minute(openedAt) },
      {
        title: 'by',
        cell: ({ openedByKind, openedBy }) => (openedByKind === 'person' ? openedBy : 'an alarm'),
      },
      { title: 'alarms', align: 'right', cell: ({ alarms }) => format(alarms) },
      {
        title: 'closed',
        cell: ({ closedAt, conclusion }) => (closedAt === null ? '' : `${minute(closedAt)} ${conclusion}`),
      },
      { title: 'title', cell: ({ title }) => title },
    ],
    incidents,
    0,
  )
