import { Command } from 'commander'
import { incidentJson, type ShownIncident, showIncident } from '../../app/incident/show.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { minute, type StoryContext, suspectName } from '../../domain/definition/story.ts'
import { definitionOf, type StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'

type Options = LedgerPlace & { readonly json?: boolean }

export const incidentShowCommand = (): Command =>
  new Command('show')
    .summary('show an incident')
    .description('Shows an incident: what is suspected, what happened, and what is to be done next.')
    .argument('<incident>', 'the incident')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 shown, 2 failed.

Example:
  redress incident show 3b1f9ac04d52`,
    )
    .action(async (incidentId: string, { data, ledger, json }: Options) => {
      const shown = resultOrFail(await showIncident({ data, ledger, incidentId }))
      if (json === true) return printJson(incidentJson(shown))
      for (const line of shownLines(shown)) printLine(line)
    })

const shownLines = (shown: ShownIncident): ReadonlyArray<string> => {
  const { incident, events, holds } = shown
  const { incidentId, title, alarmIds, closed } = incident
  return [
    `Incident ${incidentId}: ${title}`,
    `  status    ${closed === null ? 'open' : `closed ${minute(closed.at)}`}`,
    `  alarms    ${format(alarmIds.length)}`,
    ...holds.map(({ holdId, key, by }) => `  on hold   ${suspectName(key)}, by ${by} (hold ${holdId})`),
    '',
    ...events.flatMap((event) => entryLines(event, shown)),
    ...(closed === null ? ['', 'Next', ...nextSteps(shown).map((step) => `  ${step}`)] : []),
  ]
}

const entryLines = (event: StoredEvent, { notes }: ShownIncident): ReadonlyArray<string> => {
  const { headline, details } = definitionOf(event.type).story(event, notAnAccount)
  const note =
    event.type === 'incident.noted.v1' ? (notes.get(event.id) ?? '(the note was erased)').split('\n') : []
  return [
    `${minute(instantOf(event.recordedat))}  ${headline}`,
    ...[...details, ...note].map((line) => `${' '.repeat(DATE_WIDTH)}${line}`),
  ]
}

const DATE_WIDTH = '2025-04-29 00:01  '.length

const notAnAccount: StoryContext = { categoryOf: () => null, flag: null, decision: null }

/** What is still missing, and the command for it. */
const nextSteps = ({
  incident: { incidentId, replays, suspects },
  holds,
}: ShownIncident): ReadonlyArray<string> => [
  ...(holds.length === 0 && suspects.some(({ source: _, ...key }) => Object.keys(key).length > 0)
    ? ["Stop it from going on: redress hold request ... --reason '...' --by NAME"]
    : []),
  replays.length === 0
    ? `Find out who was wronged: redress replay --correction FILE --out DIR --incident ${incidentId} --by NAME`
    : `When it is dealt with: redress incident close ${incidentId} --conclusion confirmed --by NAME`,
]
