import { grouped } from '../../../foundation/text/grouped.ts'
import { escapeMarkdown } from '../../../foundation/text/markdown.ts'
import { markdownTable } from '../formats/markdown.ts'
import { figureText, wordsOf } from '../formats/show.ts'
import type { Difference, FigureChange, Restatement, TouchingEvent } from './restate.ts'

/** At most this many events are listed under a figure; the JSON has all. */
const MOST_EVENTS = 20

/** A restatement as Markdown, for people. */
export const restatementMarkdown = (restatement: Restatement): string => {
  const { title, period, earlier, sequence, differences } = restatement
  const events = new Map(restatement.events.map((event) => [event.sequence, event]))
  return `${[
    `# Restatement: ${escapeMarkdown(title)}`,
    '',
    `- Period: ${period.from} to ${period.to} (exclusive)`,
    `- Earlier report: at sequence ${grouped(earlier.sequence)}, SHA-256 of its file ${earlier.sha256}`,
    `- This restatement: at sequence ${grouped(sequence)}`,
    '',
    'The earlier report stays as it is; this restatement complements it. The events name accounts: their publisher decides how much of this list to publish.',
    '',
    ...earlierLines(restatement),
    '',
    '## Figures that differ',
    '',
    ...(differences.length === 0
      ? ['None: no event that arrived since affects a figure of this period.']
      : changeTable(differences)),
    ...differences.flatMap((difference) => differenceLines(difference, events)),
  ].join('\n')}\n`
}

const earlierLines = ({ earlier }: Restatement): ReadonlyArray<string> => {
  if (earlier.isReproduced) return ['This ledger reproduces the earlier report, figure for figure.']
  return [
    '**This ledger does not reproduce the earlier report.** The report was changed, or was made from another ledger or by another version of Redress.',
    ...(earlier.otherParts.length === 0
      ? []
      : ['', `Parts that differ: ${earlier.otherParts.map(escapeMarkdown).join(', ')}.`]),
    ...(earlier.unexplained.length === 0
      ? []
      : [
          '',
          'Figures as published (before) and as this ledger gives them at that sequence (after); no event explains the differences:',
          '',
          ...changeTable(earlier.unexplained),
        ]),
  ]
}

const changeTable = (changes: ReadonlyArray<FigureChange>): ReadonlyArray<string> =>
  markdownTable({
    head: ['Section', 'Of', 'Measure', 'Before', 'After', 'Change'],
    keys: 3,
    rows: changes.map(({ section, dimensions, measure, unit, before, after }) => [
      section,
      ofText(dimensions),
      wordsOf(measure, unit),
      figureText(unit, before),
      figureText(unit, after),
      unit === 'count' ? signed((after ?? 0) - (before ?? 0)) : '',
    ]),
  })

const ofText = (dimensions: FigureChange['dimensions']): string =>
  dimensions === null ? 'total' : Object.values(dimensions).join(', ')

const signed = (change: number): string =>
  `${change > 0 ? '+' : change < 0 ? '\u2212' : ''}${grouped(Math.abs(change))}`

/** The total's events are those of its rows. */
const differenceLines = (
  { section, dimensions, measure, unit, because }: Difference,
  events: ReadonlyMap<number, TouchingEvent>,
): ReadonlyArray<string> => {
  if (dimensions === null) return []
  const shown = because.slice(0, MOST_EVENTS)
  const more = because.length - shown.length
  return [
    '',
    `### ${escapeMarkdown(`${section}: ${ofText(dimensions)}: ${wordsOf(measure, unit)}`)}`,
    '',
    ...markdownTable({
      head: ['Sequence', 'Change', 'Event', 'Type', 'Account', 'Decisions', 'Happened', 'Recorded'],
      keys: 8,
      rows: shown.map(({ sequence, change }) => {
        const event = events.get(sequence)
        return [
          String(sequence),
          change === null ? 'changes the cases' : signed(change),
          event === undefined ? '' : `${event.source} ${event.id}`,
          event?.type ?? '',
          event?.account ?? '',
          event?.decisionIds.join(', ') ?? '',
          event?.occurredAt ?? '',
          event?.recordedAt ?? '',
        ]
      }),
    }),
    ...(more === 0 ? [] : ['', `And ${grouped(more)} more; the JSON has all.`]),
  ]
}
