import { Command } from 'commander'
import { describeStep } from '../../app/incident/next-steps.ts'
import { incidentJson, type ShownIncident, showIncident } from '../../app/incident/show.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { minute, type StoryContext, suspectName } from '../../domain/definition/story.ts'
import { definitionOf, type StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { blameLines } from '../replay/report.ts'
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
  const { incident, events, holds, blame, next } = shown
  const { incidentId, title, alarmIds, closed } = incident
  return [
    `Incident ${incidentId}: ${title}`,
    `  status    ${closed === null ? 'open' : `closed ${minute(closed.at)}`}`,
    `  alarms    ${format(alarmIds.length)}`,
    ...holds.map(({ holdId, key, by }) => `  on hold   ${suspectName(key)}, by ${by} (hold ${holdId})`),
    '',
    ...runsOf(events).flatMap((run) => entryLines(run, shown)),
    ...(blame.length === 0
      ? []
      : ['', 'Blame, by the last plan', ...blameLines(blame, MOST_CAUSES, 'in --json')]),
    ...(next.length === 0 ? [] : ['', 'Next', ...next.map((step) => `  ${describeStep(step)}`)]),
  ]
}

const MOST_CAUSES = 10

/** Verdicts and answers of a person that follow each other are one entry: there may be hundreds. */
const runsOf = (events: ReadonlyArray<StoredEvent>): ReadonlyArray<ReadonlyArray<StoredEvent>> => {
  const runs: StoredEvent[][] = []
  for (const event of events) {
    const run = runs.at(-1)
    if (run?.[0] !== undefined && isSaid(event) && isSaid(run[0]) && saidIn(run[0]) === saidIn(event))
      run.push(event)
    else runs.push([event])
  }
  return runs
}

type Said = StoredEvent<'remediation.sampled.v1' | 'remediation.reviewed.v1'>

const isSaid = (event: StoredEvent): event is Said =>
  event.type === 'remediation.sampled.v1' || event.type === 'remediation.reviewed.v1'

const saidIn = ({ type, data: { remediationId, by } }: Said): string => [type, remediationId, by].join(' ')

const entryLines = (run: ReadonlyArray<StoredEvent>, shown: ShownIncident): ReadonlyArray<string> => {
  const [event] = run
  if (event === undefined) return []
  // Not what they said: others still judge.
  if (!isSaid(event)) return storyLines(event, shown)
  const { remediationId, by } = event.data
  const did =
    event.type === 'remediation.sampled.v1'
      ? `judged ${countOf(run.length, 'decision')} of the sample`
      : `settled ${countOf(run.length, 'row')} for a person`
  return [`${minute(instantOf(event.recordedat))}  remediation ${remediationId}: ${by} ${did}`]
}

const storyLines = (event: StoredEvent, { notes }: ShownIncident): ReadonlyArray<string> => {
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
