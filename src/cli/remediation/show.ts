import { Command } from 'commander'
import { describeStep } from '../../app/incident/next-steps.ts'
import { stratumName } from '../../app/remediation/sample.ts'
import {
  type JudgedStratum,
  remediationJson,
  type ShownRemediation,
  showRemediation,
} from '../../app/remediation/show.ts'
import { writePlan } from '../../app/remediation/write-plan.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { minute } from '../../domain/definition/story.ts'
import { instantOf } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format, table } from '../table.ts'
import { countLines } from './planned-lines.ts'

type Options = LedgerPlace & { readonly out?: string; readonly json?: boolean }

export const remediationShowCommand = (): Command =>
  new Command('show')
    .summary('show a plan, and how far it is')
    .description(
      'Shows a remediation: what its plan asks for, how far its sample is judged, whether it is approved, and what is to be done next.',
    )
    .argument('<remediation>', 'the remediation')
    .option(
      '--out <file>',
      'write the whole plan, an account a line, with its effects and exceptions (NDJSON)',
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 0 shown, 2 failed.

Example:
  redress remediation show 3b1f9ac04d52-1
  redress remediation show 3b1f9ac04d52-1 --out plan.ndjson`,
    )
    .action(async (remediationId: string, { data, ledger, out, json }: Options) => {
      const shown = resultOrFail(await showRemediation({ data, ledger, remediationId }))
      const accounts =
        out === undefined ? null : resultOrFail(await writePlan({ data, ledger, remediationId, out }))
      if (json === true) return printJson(remediationJson(shown))
      for (const line of shownLines(shown)) printLine(line)
      if (accounts !== null) {
        printLine()
        printLine(`Written to ${out}: ${countOf(accounts, 'account')}`)
      }
    })

const shownLines = (shown: ShownRemediation): ReadonlyArray<string> => {
  const { remediation, plan, sample, strata, eventsSince, next } = shown
  const { remediationId, planned, approved } = remediation
  const { by, planSha256 } = planned.data
  return [
    `Remediation ${remediationId}`,
    `  plan        ${planSha256}`,
    `  planned     ${minute(instantOf(planned.recordedat))} by ${by}, as of sequence ${format(plan.sequence)} (${countOf(eventsSince, 'event')} since)`,
    `  waves       ${plan.waves.length === 0 ? 'none' : `${plan.waves.map(format).join(', ')} accounts`}`,
    ...countLines(plan.counts),
    approved === null
      ? '  approved    no'
      : `  approved    ${minute(instantOf(approved.recordedat))} by ${approved.data.by}${approved.data.authenticated ? '' : ' (a typed name)'}`,
    '',
    `Sample: ${format(sample.settled)} of ${countOf(sample.size, 'decision')} judged, ${format(sample.disagreements)} not to be reversed`,
    ...(strata.length === 0 ? [] : strataLines(strata)),
    ...(next.length === 0 ? [] : ['', 'Next', ...next.map((step) => `  ${describeStep(step)}`)]),
  ]
}

const percentOf = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`

const strataLines = (strata: ReadonlyArray<JudgedStratum>): ReadonlyArray<string> =>
  table<JudgedStratum>(
    [
      { title: 'stratum', cell: stratumName },
      { title: 'decisions', align: 'right', cell: ({ decisions }) => decisions },
      { title: 'sample', align: 'right', cell: ({ sampled }) => sampled },
      { title: 'judged', align: 'right', cell: ({ settled }) => settled },
      { title: 'against', align: 'right', cell: ({ disagreements }) => disagreements },
      {
        title: 'wrong at most',
        align: 'right',
        cell: ({ settled, wrongAtMost }) => (settled === 0 ? '' : percentOf(wrongAtMost)),
      },
    ],
    strata,
    2,
  )
