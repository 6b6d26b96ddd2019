import { Command, Option } from 'commander'
import type { ImpactFound } from '../../app/ruleset/impact.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { Change, ChangeCounts, ImpactSegment } from '../../incidents/rehearsal/impact.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine, timeArgument } from '../output.ts'
import { judgingWith } from '../replay/engine.ts'
import { blameLines } from '../replay/report.ts'
import { format, table } from '../table.ts'
import { readRuleset } from './file.ts'

type Options = LedgerPlace & { readonly since: number; readonly out?: string; readonly json?: boolean }

export const rulesetImpactCommand = (): Command =>
  new Command('impact')
    .summary('show which decisions a new version would have changed')
    .description(
      'Judges what was decided since a time as if the new version had been in force: which deactivations and removals would ' +
        'not have happened, and which accounts would have been deactivated and were not. Writes nothing to the ledger.',
    )
    .argument('<file>', 'the new version (YAML or JSON)')
    .addOption(
      new Option('--since <time>', 'count decisions made at this time or later, a time or a date')
        .argParser(timeArgument)
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'a file for the list of all that would be otherwise, as NDJSON')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
It is a replay under the new version: all evidence counts, whenever it was recorded. Decisions that would not have happened include those that no version asked for.

Examples:
  redress ruleset impact new.yaml --since 2025-04-28
  redress ruleset impact new.yaml --since 2025-04-28 --out changed.ndjson --json`),
    )
    .action(async (file: string, { data, ledger, since, out, json = false }: Options) => {
      const next = await readRuleset(file)
      const { impactJson, impactOfRuleset } = await import('../../app/ruleset/impact.ts')
      const found = await judgingWith({ data, ledger, engine: 'columnar' }, (judging) =>
        impactOfRuleset({ ...judging, next, since, list: out ?? null }),
      )
      if (json) return printJson(impactJson(found))
      for (const line of impactLines(found)) printLine(line)
      if (out !== undefined) printLine(`Written to ${out}`)
    })

export const impactLines = ({
  ruleset,
  since,
  sequence,
  impact,
  causes,
}: ImpactFound): ReadonlyArray<string> => {
  const { wouldNotBeDeactivated, wouldBeDeactivated } = impact.accounts
  return [
    `${ruleset.id} ${ruleset.version}, for decisions since ${formatInstant(since)}, ledger at sequence ${format(sequence)}`,
    '',
    ...countLines('decisions', [
      { title: 'deactivations', counts: impact.deactivations },
      { title: 'removals', counts: impact.removals },
    ]),
    '',
    `Accounts: ${format(wouldNotBeDeactivated)} would not have been deactivated, ${format(wouldBeDeactivated)} would have been`,
    ...segmentLines('deactivations by restriction', impact.byRestriction, ({ segment }) => segment),
    ...segmentLines('by month', impact.byMonth, ({ kind, segment }) => `${segment} ${kind}s`),
    ...(causes.length === 0 ? [] : causeLines(causes)),
  ]
}

const causeLines = (causes: ImpactFound['causes']): ReadonlyArray<string> => [
  '',
  `What would not have happened, or would have been milder, is because of (${countOf(causes.length, 'cause')})`,
  ...blameLines(causes, 10, '(--json shows all)'),
]

type Counted = { readonly title: string; readonly counts: ChangeCounts }

const titles: Readonly<Record<Change, string>> = {
  would_not_happen: 'would not happen',
  would_happen: 'would happen',
  milder: 'milder',
  harsher: 'harsher',
  as_it_was: 'as it was',
  unknown: 'unknown',
}

const countLines = (title: string, rows: ReadonlyArray<Counted>): ReadonlyArray<string> =>
  table(
    [
      { title, cell: (row: Counted) => row.title },
      ...Object.entries(titles).map(([change, name]) => ({
        title: name,
        align: 'right' as const,
        // Cast: the titles are of changes.
        cell: ({ counts }: Counted) => counts[change as Change],
      })),
    ],
    rows,
  )

const segmentLines = (
  title: string,
  found: ReadonlyArray<ImpactSegment>,
  nameOf: (segment: ImpactSegment) => string,
): ReadonlyArray<string> =>
  found.length === 0
    ? []
    : [
        '',
        ...countLines(
          title,
          found.map((segment) => ({ title: nameOf(segment), counts: segment.counts })),
        ),
      ]
