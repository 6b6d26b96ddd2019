import { userInfo } from 'node:os'
import { Command, Option } from 'commander'
import type { Publishing, Unpublished } from '../../app/ruleset/publish.ts'
import { publishingJson } from '../../app/ruleset/publishing-json.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { checkRuleset } from '../../rulesets/document.ts'
import { readNamed } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import {
  type AcceptClock,
  acceptClockOption,
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
  timeArgument,
} from '../output.ts'
import { problemLines } from '../problem-lines.ts'
import { startProgress } from '../progress.ts'
import { resultOrUsage } from '../result.ts'
import { invalidRuleset } from './file.ts'
import { expectOption, overOption, type RehearsalOptions, sampleOption } from './rehearsal-options.ts'
import { rehearsalLines } from './rehearsal-text.ts'

type Options = LedgerPlace &
  AcceptClock &
  RehearsalOptions & {
    readonly effectiveFrom?: number
    readonly source: string
    readonly by?: string
    readonly unrehearsed?: string
    readonly sample: number
    readonly json?: boolean
  }

export const rulesetPublishCommand = (): Command =>
  new Command('publish')
    .summary('publish a version of a ruleset to the ledger')
    .description(
      'Records a version of a ruleset in the ledger, with its document. A version is published once and never changes: ' +
        'publishing the same document again does nothing, and another document for the same version is rejected. ' +
        'It is rehearsed first, as by redress ruleset rehearse, and not published if a rule fires on too much new evidence.',
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
    .addOption(
      new Option('--by <name>', 'who publishes it (default: the name of the system user)').env('REDRESS_BY'),
    )
    .addOption(overOption())
    .addOption(sampleOption())
    .addOption(expectOption())
    .addOption(
      new Option('--unrehearsed <reason>', 'publish it without a rehearsal, for this reason').conflicts(
        'expect',
      ),
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
The ledger keeps who published a version, and what its rehearsal found or why there was none. The first version of a ruleset is not rehearsed.

Exit code: 0 published, or published before; 1 not published, since a rule fires on too much or the ledger has another version of that name; 2 failed.

Examples:
  redress ruleset publish community-guidelines.yaml --effective-from 2025-05-13
  redress ruleset publish community-guidelines.yaml --by maria --expect adult.explicit=+40%`),
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
      const { data, ledger, acceptClock, source, over, sample, json } = options
      const { effectiveFrom = null, unrehearsed = null, expect: expectations = new Map() } = options
      // Only a rehearsal needs DuckDB, which takes longer to load than the rest.
      const { publishVersion } = await import('../../app/ruleset/publish.ts')
      const progress = startProgress('Reading evidence', 1, 'events')
      const result = resultOrUsage(
        await publishVersion({
          ...{ data, ledger, acceptClock, clock: Date.now, ruleset, document, source, effectiveFrom },
          ...{ by: options.by ?? systemUser(), unrehearsed, over, sample, expectations },
          onProgress: progress.update,
          onReference: (reason) => noteLine(`redress: reading the ledger: ${reason}`),
        }).finally(progress.stop),
      )
      if (result.kind === 'unexpected') process.exitCode = exitCodes.findings
      if (json === true) printJson(publishingJson(result))
      else for (const line of linesOf(result)) printLine(line)
    })

/** The system user may have no name, in a container for instance. */
const systemUser = (): string => {
  try {
    return userInfo().username
  } catch {
    throw new CliError('the system user has no name: say who publishes it with --by', exitCodes.usage)
  }
}

const linesOf = (result: Publishing | Unpublished): ReadonlyArray<string> => {
  if (result.kind !== 'unexpected') return [sentence(result)]
  const { id, version } = result.rehearsed.rehearsal.next
  return [
    ...rehearsalLines(result.rehearsed),
    '',
    `${id} ${version} was not published. If it is meant to fire on that much, say so with --expect.`,
  ]
}

const sentence = ({ kind, publication: { event, sequence } }: Publishing): string => {
  const { ruleset, documentSha256, effectiveFrom, rehearsal } = event.data
  const what = `${ruleset.id} ${ruleset.version}, in force from ${effectiveFrom} (sha256 ${documentSha256})`
  return kind === 'published'
    ? `Published ${what}, as event ${sequence} of the ledger.${againstSentence(rehearsal)}`
    : `Nothing to do: ${what} was already published at ${event.time}, as event ${sequence} of the ledger.`
}

const againstSentence = (rehearsal: Publishing['publication']['event']['data']['rehearsal']): string =>
  rehearsal?.against == null
    ? ''
    : ` Rehearsed against ${rehearsal.against}: ${rehearsal.reason === undefined ? 'as expected' : `as ${rehearsal.reason}`}.`
