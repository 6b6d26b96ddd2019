import { Command } from 'commander'
import { type LettersToTry, type Resubmitted, resubmitDeadLetters } from '../../app/dead-letters/resubmit.ts'
import { resubmittedJson } from '../../app/dead-letters/resubmitted-json.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { readBytes } from '../../foundation/files/read-text.ts'
import { withoutMark } from '../../foundation/text/utf8.ts'
import { describeRejection } from '../../ingest/accept/rejection.ts'
import type { TrustedSource } from '../../ingest/accept/trust.ts'
import type { DamagedStream } from '../../ledger/damaged-stream.ts'
import { fileOrFail } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import { reopenedLines } from '../ingest/report.ts'
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
} from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'
import { trustOption } from '../trust-option.ts'

type Options = LedgerPlace &
  AcceptClock & {
    readonly all?: boolean
    readonly file?: string
    readonly backfill?: boolean
    readonly trustSource?: ReadonlyArray<TrustedSource>
    readonly json?: boolean
  }

export const resubmitCommand = (): Command =>
  new Command('resubmit')
    .summary('ingest dead letters again, as they are or edited')
    .description(
      'Tries to ingest dead letters again. One that is accepted is marked as resolved by that event; one that is ' +
        'rejected again stays, with the new reason.',
    )
    .argument('[hashes...]', 'their hashes, or the first digits (at least 6)')
    .option('--all', 'all unresolved ones, except those that were too long to be stored in full')
    .option(
      '--file <edited>',
      'a file with one event, to ingest instead of the dead letter with the given hash',
    )
    .option(
      '--backfill',
      'the events are of the past, such as lines that redress ingest --backfill rejected: they are stored with the attribute backfill, and set off no tripwire or alarm',
    )
    .addOption(trustOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Exit code: 0 all were accepted, 1 some were rejected again, could not be tried because their key is missing, or were accepted for a stream that was deleted in the cluster, 2 failed.

Examples:
  redress dead-letters resubmit --all
  redress dead-letters show 3f5a9c --raw > edited.json
  redress dead-letters resubmit 3f5a9c --file edited.json
  redress dead-letters resubmit 7c01d2 --trust-source /policy     # a ruleset from a topic`),
    )
    .action(async (hashes: ReadonlyArray<string>, options: Options) => {
      const { data, ledger, acceptClock, backfill = false, trustSource: trust = [], json } = options
      const letters = await lettersToTry(hashes, options)
      // A letter, edited or not, is trusted no more than when it was received.
      const place = { data, ledger, acceptClock, clock: Date.now }
      report(resultOrFail(await resubmitDeadLetters({ ...place, letters, trust, backfill })), json === true)
    })

const lettersToTry = async (
  hashes: ReadonlyArray<string>,
  { all = false, file }: Options,
): Promise<LettersToTry> => {
  const [hash] = hashes
  if (all === (hash !== undefined)) {
    throw new CliError('give either the hashes of the dead letters or --all', exitCodes.usage)
  }
  if (file === undefined) return all ? { kind: 'all' } : { kind: 'named', hashes }
  if (hash === undefined || hashes.length > 1) {
    throw new CliError(
      '--file requires exactly one hash, of the dead letter that it replaces',
      exitCodes.usage,
    )
  }
  // An edited event may span several lines.
  return { kind: 'edited', hash, event: withoutMark(fileOrFail(await readBytes(file))) }
}

const report = (resubmitted: Resubmitted, json: boolean): void => {
  const result = resubmittedJson(resubmitted)
  const { accepted, duplicate, refused, locked, outcomes } = result
  const reopened = new Map<string, DamagedStream>()
  for (const one of outcomes) {
    if (one.kind === 'accepted' && one.damaged !== undefined) reopened.set(one.damaged.stream, one.damaged)
  }
  if (json) printJson(result)
  else {
    for (const one of outcomes) {
      const outcome =
        one.kind === 'refused'
          ? `rejected again: ${describeRejection(one.rejection)}`
          : `${one.kind === 'accepted' ? 'accepted' : 'already in the ledger'}: ${one.id} of ${one.source}`
      printLine(`${one.hash.slice(0, 12)}  ${outcome}`)
    }
    printLine(
      `${format(accepted)} accepted, ${format(duplicate)} duplicate, ${format(refused)} rejected again`,
    )
  }
  if (locked.length > 0) {
    noteLine(
      `redress: ${format(locked.length)} could not be tried: ${locked.length === 1 ? 'its key is' : 'their keys are'} not in keys.db; restore that file from its backup`,
    )
  }
  for (const line of reopenedLines([...reopened.values()])) noteLine(line)
  if (refused + locked.length + reopened.size > 0) process.exitCode = exitCodes.findings
}
