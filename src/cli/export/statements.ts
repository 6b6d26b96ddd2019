import { join } from 'node:path'
import { Command, Option } from 'commander'
import * as E from '#fp/Either'
import { exportStatementsOfReasons } from '../../app/export/statements.ts'
import { describeProblem } from '../../foundation/documents/problem.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { Exported } from '../../reports/statements/export.ts'
import { type Mapping, parseMapping } from '../../reports/statements/mapping.ts'
import { placeholders } from '../../reports/statements/template.ts'
import { readNamed } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import { CliError, dataOption, exitCodes, jsonOption, printJson, printLine, timeArgument } from '../output.ts'
import { startProgress } from '../progress.ts'
import { noteAsOf } from '../query/as-of.ts'
import { memoryOption } from '../query/options.ts'
import { atOption } from '../replay/loading.ts'
import { resultOrUsage } from '../result.ts'
import { format, table } from '../table.ts'

type Options = {
  readonly format: 'dsa'
  readonly mapping: string
  readonly from?: number
  readonly to?: number
  readonly at?: number
  readonly memory: string
  readonly data: string
  readonly json?: boolean
}

export const exportStatementsCommand = (): Command =>
  new Command('statements')
    .summary('export statements of reasons for the EU\u2019s DSA Transparency Database')
    .description(
      'Writes a statement of reasons for each decision, and for each change that made one harsher, in the format of the API ' +
        'of the DSA Transparency Database: files of 100, ready to be sent to POST /api/v1/statements. Run again on the same ' +
        'folder, it resumes where it ended. The statements contain no personal text, no ids of accounts or content and no ' +
        'signals.',
    )
    .argument('<dir>', 'the folder to write, or to resume in')
    .addOption(new Option('--format <format>', 'the format').choices(['dsa']).default('dsa'))
    .requiredOption('--mapping <file>', 'how decisions become statements (YAML or JSON, see below)')
    .addOption(new Option('--from <time>', 'only decisions made from this time on').argParser(timeArgument))
    .addOption(new Option('--to <time>', 'only decisions made before this time').argParser(timeArgument))
    .addOption(atOption())
    .addOption(memoryOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', helpNotes(HELP))
    .action(async (dir: string, options: Options) => {
      const { from, to, at = null, memory, data, json } = options
      const mapping = await readMapping(options.mapping)
      const progress = startProgress('Exporting', 1, 'accounts')
      const exported = resultOrUsage(
        await exportStatementsOfReasons({
          ...{ data, dir, mapping, from, to, at, memory },
          onOpen: noteAsOf,
          onProgress: progress.update,
        }).finally(progress.stop),
      )
      if (json === true) printJson({ dir, ...exported })
      else for (const line of reportLines(dir, exported)) printLine(line)
      if (exported.cursor.unfilled > 0 || exported.now.final > 0) process.exitCode = exitCodes.findings
    })

const HELP = `
The folder:
  batch-000001.json   {"statements": [...]}, at most 100. puid is the decisionId; for
                      a change that made a decision harsher (terminated, a later
                      end or none) it is decisionId_c_ and 16 digits for the change
  corrections.ndjson  exported decisions that were overturned since: puid, at,
                      reason (each once, as known when first listed)
  remarks.ndjson      fields that differ from the record, because of limits of the
                      database: puid, field, remark (a language not in its list or
                      an end after 2038-01-01 is left out)
  errors.ndjson       decisions that could not be exported: the field, why, and what
                      to do. Each run tries them again, except those marked "final",
                      which the database can never accept (such as decisions made
                      before 2020)
  left-out.ndjson     decisions that the mapping leaves out, and by which category,
                      kind or source; by default orders to act (Article 9). Tried
                      again with another mapping
  cursor.json         the sequence up to which decisions are exported; written last
A run writes all of its files at its end, or none. A folder keeps its --from and --to.

The mapping file:
  territorial_scope: EU           # EU, EEA or countries; if a decision names no territory
  territories: {Germany: [DE]}    # if it does
  account_type: ACCOUNT_TYPE_PRIVATE
  content_types: {pin: [CONTENT_TYPE_IMAGE], comment: [CONTENT_TYPE_TEXT]}
  account_content_type: [CONTENT_TYPE_OTHER]  # for deactivations whose grounds name no content
  content_type_other: account
  content_date: application_date  # if it is not recorded; without this line that is an error
  early_content_date: first       # for content from before 2000: 2000-01-01;
                                  # or application_date, or error
  source_type: SOURCE_VOLUNTARY   # if a decision names no flags
  missing_grounds: wait           # or ignore: if a flag that a decision names is not recorded
  leave_out: {sources: [authority], categories: [], kinds: []}
                                  # kinds: of the removed content, or account.
                                  # sources defaults to [authority]; [] exports orders too
  default:                        # what the categories below do not set
    terms: {ground: "{reference}", explanation: The guidelines do not allow this., illegal: "No"}
    law: {ground: "{reference}", explanation: The law does not allow this.}
    facts: ["Findings by {rules} led to this.", This was found to be against the rules.]
  categories:
    spam: {category: STATEMENT_CATEGORY_OTHER_VIOLATION_TC, basis: terms}
    abuse: {category: STATEMENT_CATEGORY_PROTECTION_OF_MINORS, category_specification: [KEYWORD_OTHER]}
decision_visibility defaults to DECISION_VISIBILITY_CONTENT_REMOVED. If several texts are given, the first one whose placeholders can all be filled is used. Placeholders:
${Object.entries(placeholders)
  .map(([name, about]) => `  {${name}}`.padEnd(18) + about)
  .join('\n')}

Exit code: 0 all are exported, 1 some could not be exported (if they never can be: only in the run that finds them), 2 failed.

Example:
  redress export statements sor --format dsa --mapping mapping.yaml --from 2025-05-01`

/** Reads a mapping file; throws `CliError` with its problems, one per line. */
const readMapping = async (file: string): Promise<Mapping> => {
  const mapping = parseMapping(await readNamed(file))
  if (E.isRight(mapping)) return mapping.right
  const problems = mapping.left.map((problem) => `  ${describeProblem(problem)}`)
  throw new CliError(`${file} is not a valid mapping:`, exitCodes.failed, problems)
}

const reportLines = (dir: string, { cursor, now }: Exported): ReadonlyArray<string> => [
  `Exported to ${dir}, as of sequence ${format(cursor.sequence)}:`,
  ...table(
    [
      { title: '', cell: ({ what }) => what },
      { title: 'now', align: 'right', cell: ({ brought }) => brought },
      { title: 'total', align: 'right', cell: ({ all }) => all },
    ],
    [
      { what: 'batches', brought: now.batches, all: cursor.batches },
      { what: 'statements', brought: now.statements, all: cursor.statements },
      { what: 'corrections', brought: now.corrections, all: cursor.corrections },
      { what: 'left out', brought: now.leftOut, all: cursor.leftOut },
      ...Object.entries(cursor.remarks).map(([field, all]) => ({
        what: `remarks on ${field}`,
        brought: now.remarks[field] ?? 0,
        all,
      })),
    ],
    2,
  ),
  ...unfilledLines(dir, cursor.unfilled, 'could not be exported', 'the next run tries again'),
  ...unfilledLines(dir, now.final, 'can never be exported', 'no run tries again'),
]

const unfilledLines = (dir: string, count: number, what: string, next: string): ReadonlyArray<string> =>
  count === 0
    ? []
    : [
        `${countOf(count, 'decision')} ${what}: ` +
          `see ${join(dir, 'errors.ndjson')} for the field and what to do; ${next}`,
      ]
