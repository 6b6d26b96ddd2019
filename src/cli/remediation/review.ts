import { Command, Option } from 'commander'
import { listReview, type ReviewRow, review } from '../../app/remediation/review.ts'
import type { RecordingPlace } from '../../app/stores.ts'
import { wordsOfCodec } from '../../domain/codec.ts'
import { Resolution } from '../../domain/events/remediation-reviewed.ts'
import { Restriction } from '../../domain/parts.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { parseResolutions, WrittenResolution } from '../../incidents/remediation/resolutions-file.ts'
import {
  acceptClockOption,
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  printJson,
  printLine,
} from '../output.ts'
import { resultOrFail, resultOrUsage } from '../result.ts'
import { table } from '../table.ts'
import { readEntries } from './entries.ts'

type Options = Omit<RecordingPlace, 'clock'> & {
  readonly decision?: string
  readonly resolution?: string
  readonly restriction?: string
  readonly answers?: string
  readonly all?: boolean
  readonly by?: string
  readonly json?: boolean
}

export const remediationReviewCommand = (): Command =>
  new Command('review')
    .summary('settle the rows that are for a person')
    .description(
      'Lists the rows of a plan that no replay could settle, or records how a person settles them: put_back (the decision is ' +
        'reversed), keep, or change (to --restriction). The next plan counts what is recorded.',
    )
    .argument('<remediation>', 'the remediation')
    .option('--decision <id>', 'settle this one')
    .addOption(new Option('--resolution <how>', 'how').choices(wordsOfCodec(Resolution)))
    .addOption(
      new Option('--restriction <restriction>', 'what it becomes, with --resolution change').choices(
        wordsOfCodec(Restriction),
      ),
    )
    .addOption(
      new Option(
        '--answers <file>',
        'settle these: NDJSON of {"decisionId": "d1", "resolution": "keep"}, with "restriction" for a change',
      ).conflicts(['decision', 'resolution', 'restriction']),
    )
    .option('--all', 'also list the rows that are settled')
    .addOption(new Option('--by <name>', 'who settles them').env('REDRESS_BY'))
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 listed or recorded, 1 refused by a rule, 2 failed.

Examples:
  redress remediation review 3b1f9ac04d52-1
  redress remediation review 3b1f9ac04d52-1 --decision d-17 --resolution put_back --by ana
  redress remediation review 3b1f9ac04d52-1 --answers answers.ndjson --by ana`,
    )
    .action(async (remediationId: string, options: Options) => {
      const resolutions = await resolutionsIn(options)
      return resolutions === null ? list(remediationId, options) : record(remediationId, resolutions, options)
    })

const resolutionsIn = async ({
  answers,
  decision,
  resolution,
  restriction,
}: Options): Promise<ReadonlyArray<WrittenResolution> | null> => {
  if (answers !== undefined) return readEntries(answers, parseResolutions)
  if (decision === undefined && resolution === undefined && restriction === undefined) return null
  const one = { decisionId: decision, resolution, ...(restriction === undefined ? {} : { restriction }) }
  if (WrittenResolution.is(one)) return [one]
  throw new CliError(
    'give --decision ID and --resolution, and --restriction exactly with --resolution change',
    exitCodes.usage,
  )
}

const record = async (
  remediationId: string,
  resolutions: ReadonlyArray<WrittenResolution>,
  { by, data, ledger, acceptClock, json }: Options,
): Promise<void> => {
  if (by === undefined) throw new CliError('say who settles them: --by', exitCodes.usage)
  const place = { data, ledger, acceptClock, clock: Date.now }
  const reviewed = resultOrUsage(await review({ ...place, remediationId, resolutions, by }))
  if (json === true) return printJson(reviewed)
  const { recorded, unchanged } = reviewed
  printLine(`${countOf(recorded, 'row')} settled${unchanged === 0 ? '' : `, ${unchanged} settled so before`}`)
  if (recorded > 0) printLine('The next plan counts them: redress remediation plan')
}

const list = async (remediationId: string, { data, ledger, all = false, json }: Options): Promise<void> => {
  const found = resultOrFail(await listReview({ data, ledger, remediationId }))
  const rows = found.filter(({ settled }) => all || settled === null)
  if (json === true) return printJson(rows)
  printLine(
    all ? countOf(rows.length, 'row') : `${rows.length} of ${countOf(found.length, 'row')} not settled`,
  )
  if (rows.length > 0) for (const line of rowLines(rows)) printLine(line)
}

const rowLines = (rows: ReadonlyArray<ReviewRow>): ReadonlyArray<string> =>
  table<ReviewRow>(
    [
      { title: 'decision', cell: ({ decisionId }) => decisionId },
      { title: 'account', cell: ({ account }) => account },
      { title: 'made', cell: ({ occurredAt }) => occurredAt },
      { title: 'what', cell: ({ now }) => now ?? 'removal' },
      { title: 'class', cell: ({ class: cls }) => cls },
      { title: 'why', cell: ({ why }) => why.join(', ') },
      {
        title: 'settled',
        cell: ({ settled }) =>
          settled === null
            ? ''
            : `${[settled.resolution, settled.restriction].filter(Boolean).join(' ')} by ${settled.by}`,
      },
    ],
    rows,
  )
