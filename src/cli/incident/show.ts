import { Command } from 'commander'
import { incidentJson, type ShownIncident, showIncident } from '../../app/incident/show.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { minute, suspectName } from '../../domain/definition/story.ts'
import type { StoredEvent } from '../../domain/event.ts'
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

const conclusions = {
  confirmed: 'something was at fault',
  false_alarm: 'a false alarm',
  duplicate: 'a duplicate',
} as const

const shownLines = (shown: ShownIncident): ReadonlyArray<string> => {
  const { incident, events, holds } = shown
  const { incidentId, title, suspects, alarmIds, closed } = incident
  return [
    `Incident ${incidentId}: ${title}`,
    `  status    ${closed === null ? 'open' : `closed ${minute(closed.at)} by ${closed.by}: ${conclusions[closed.conclusion]}`}`,
    ...suspects.map((suspect) => `  suspect   ${suspectName(suspect)}`),
    `  alarms    ${format(alarmIds.length)}`,
    ...holds.map(({ holdId, key, by }) => `  on hold   ${suspectName(key)}, by ${by} (hold ${holdId})`),
    '',
    ...events.map((event) => `${minute(instantOf(event.recordedat))}  ${happened(event, shown)}`),
    ...(closed === null ? ['', 'Next', ...nextSteps(shown).map((step) => `  ${step}`)] : []),
  ]
}

const happened = (event: StoredEvent, { notes }: ShownIncident): string => {
  switch (event.type) {
    case 'incident.opened.v1': {
      const { kind, id } = event.data.openedBy
      return `opened by ${kind === 'alarm' ? `alarm ${id.slice(0, 12)}` : id}`
    }
    case 'incident.joined.v1':
      return `alarm ${event.data.alarmId.slice(0, 12)} is about the same`
    case 'incident.noted.v1':
      return `${event.data.by}: ${notes.get(event.id) ?? '(this note was erased)'}`
    case 'replay.completed.v1': {
      const { by, sequence, digest, counts } = event.data
      return (
        `replayed by ${by} up to sequence ${format(sequence)}: ${format(counts.wrongful)} of ${format(counts.decisions)} decisions wrongful, ` +
        `${format(counts.accounts)} accounts to reinstate, ${format(counts.contents)} pieces of content to restore, ` +
        `${format(counts.review)} decisions to review (digest ${digest.slice(0, 12)})`
      )
    }
    case 'incident.closed.v1': {
      const { by, conclusion, summary } = event.data
      return `closed by ${by}: ${summary ?? conclusions[conclusion]}`
    }
    default:
      return event.type
  }
}

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
