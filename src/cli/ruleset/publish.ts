import { Command, Option } from 'commander'
import { type Publishing, publishVersion } from '../../app/ruleset/publish.ts'
import { publishingJson } from '../../app/ruleset/publishing-json.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { checkRuleset } from '../../rulesets/document.ts'
import { readNamed } from '../files.ts'
import {
  type AcceptClock,
  acceptClockOption,
  dataOption,
  jsonOption,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
  timeArgument,
} from '../output.ts'
import { problemLines } from '../problem-lines.ts'
import { resultOrFail } from '../result.ts'
import { invalidRuleset } from './file.ts'

type Options = LedgerPlace &
  AcceptClock & {
    readonly effectiveFrom?: number
    readonly source: string
    readonly json?: boolean
  }

export const rulesetPublishCommand = (): Command =>
  new Command('publish')
    .summary('publish a version of a ruleset to the ledger')
    .description(
      'Records a version of a ruleset in the ledger, with its document. A version is published once and never changes: ' +
        'publishing the same document again does nothing, and another document for the same version is rejected.',
    )
    .argument('<file>', 'the ruleset (YAML or JSON)')
    .addOption(
      new Option(
        '--effective-from <time>',
        'when it takes (or took) effect, a time or a date (default: now)',
      ).argParser(timeArgument),
    )
    .addOption(
      new Option('--source <uri>', 'the publisher (CloudEvents source)').default('/redress/ruleset-publish'),
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  redress ruleset publish community-guidelines.yaml --effective-from 2025-05-13',
    )
    .action(async (file: string, options: Options) => {
      const text = await readNamed(file)
      const { ruleset, document, problems } = checkRuleset(text)
      if (ruleset === null) throw invalidRuleset(file, problems)
      // Lesser errors do not keep a version out of the ledger: it may be in force as it is.
      for (const problem of problems) {
        const warned = { ...problem, severity: 'warning' as const }
        for (const line of [...problemLines(file, text, warned), '']) noteLine(line)
      }
      const { data, ledger, acceptClock, source, effectiveFrom = null, json } = options
      const place = { data, ledger, acceptClock, clock: Date.now }
      const published = resultOrFail(
        await publishVersion({ ...place, ruleset, document, source, effectiveFrom, rehearsal: null }),
      )
      if (json === true) printJson(publishingJson(published))
      else printLine(sentence(published))
    })

const sentence = ({ kind, publication: { event, sequence } }: Publishing): string => {
  const { ruleset, documentSha256, effectiveFrom } = event.data
  const what = `${ruleset.id} ${ruleset.version}, in force from ${effectiveFrom} (sha256 ${documentSha256})`
  return kind === 'published'
    ? `Published ${what}, as event ${sequence} of the ledger.`
    : `Nothing to do: ${what} was already published at ${event.time}, as event ${sequence} of the ledger.`
}
