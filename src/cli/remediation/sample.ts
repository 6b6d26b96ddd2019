import { Command, Option } from 'commander'
import { type AskedDecision, askPerson, judgeSample } from '../../app/remediation/sample.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { parseVerdicts, type WrittenVerdict } from '../../incidents/remediation/verdicts-file.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'
import { table } from '../table.ts'
import { readEntries } from './entries.ts'

type Options = ActOptions & { readonly verdicts?: string }

export const remediationSampleCommand = (): Command =>
  addActOptions(
    new Command('sample')
      .summary('judge the sample of a plan')
      .description(
        'Lists what a person can still judge of the sample of a plan, or records what they say. Two people judge each decision ' +
          'without seeing what the other says; if they do not agree, a third one decides. Whoever made the plan judges nothing.',
      )
      .argument('<remediation>', 'the remediation')
      .addOption(
        new Option(
          '--verdicts <file>',
          'record these: NDJSON of {"decisionId": "d1", "verdict": "agree"}; agree: it is to be reversed; or disagree, or unsure',
        ),
      ),
    'who judges',
  )
    .addHelpText(
      'after',
      `
Exit code: 0 listed or recorded, 1 refused by a rule, 2 failed.

Examples:
  redress remediation sample 3b1f9ac04d52-1 --by bo
  redress explain d-17 --ruleset corrected.yaml
  redress remediation sample 3b1f9ac04d52-1 --by bo --verdicts verdicts.ndjson`,
    )
    .action(async (remediationId: string, { verdicts, ...options }: Options) => {
      if (verdicts === undefined) return list(remediationId, options)
      return record(remediationId, options, await readEntries(verdicts, parseVerdicts))
    })

const list = async (remediationId: string, { data, ledger, by, json }: ActOptions): Promise<void> => {
  const { decisions, size } = resultOrUsage(await askPerson({ data, ledger, remediationId, by }))
  if (json === true) return printJson(decisions)
  printLine(`${by} can judge ${countOf(decisions.length, 'decision')} of ${size} in the sample`)
  if (decisions.length > 0) for (const line of askedLines(decisions)) printLine(line)
}

const record = async (
  remediationId: string,
  options: ActOptions,
  verdicts: ReadonlyArray<WrittenVerdict>,
): Promise<void> => {
  const judged = resultOrUsage(await judgeSample({ ...actOf(options), remediationId, verdicts }))
  if (options.json === true) return printJson(judged)
  const { recorded, unchanged } = judged
  printLine(
    `${countOf(recorded, 'verdict')} recorded${unchanged === 0 ? '' : `, ${unchanged} recorded before`}`,
  )
}

const askedLines = (decisions: ReadonlyArray<AskedDecision>): ReadonlyArray<string> =>
  table<AskedDecision>(
    [
      { title: 'decision', cell: ({ decisionId }) => decisionId },
      { title: 'account', cell: ({ account }) => account },
      { title: 'made', cell: ({ occurredAt }) => occurredAt },
      { title: 'what', cell: ({ restriction, content }) => restriction ?? `${content?.kind} ${content?.id}` },
      { title: 'class', cell: ({ class: cls }) => cls },
      { title: 'rule', cell: ({ rule }) => rule ?? '' },
      { title: 'remedy', cell: ({ remedy }) => remedy },
    ],
    decisions,
  )
