import { Command } from 'commander'
import { type LettersToTry, type Resubmitted, resubmitDeadLetters } from '../../app/dead-letters/resubmit.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { readBytes } from '../../foundation/files/read-text.ts'
import { withoutMark } from '../../foundation/text/utf8.ts'
import { describeRejection } from '../../ingest/accept/rejection.ts'
import type { RetryOutcome } from '../../ingest/dead-letters/resubmit.ts'
import { fileOrFail } from '../files.ts'
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
  trustOption,
} from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'

type Options = LedgerPlace &
  AcceptClock & {
    readonly all?: boolean
    readonly file?: string
    readonly trustSource?: ReadonlyArray<string>
    readonly json?: boolean
  }

export const resubmitCommand = (): Command =>
  new Command('resubmit')
    .summary('try dead letters again, as they are or edited')
    .description(
      'Tries dead letters again. One that gets in is marked resolved by that event; one that is refused again stays, ' +
        'with the reason of now.',
    )
    .argument('[hashes...]', 'their hashes, or the first digits of them (at least 6)')
    .option('--all', 'all that are not resolved, but for those that were too long to be kept whole')
    .option('--file <edited>', 'a file with one event, to be tried in the place of the one letter named')
    .addOption(trustOption())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit code: 1 when any is refused again, or could not be tried because its key is missing.

Examples:
  redress dead-letters resubmit --all
  redress dead-letters show 3f5a9c --raw > edited.json
  redress dead-letters resubmit 3f5a9c --file edited.json
  redress dead-letters resubmit 7c01d2 --trust-source /policy     # a ruleset that came from a topic`,
    )
    .action(async (hashes: ReadonlyArray<string>, options: Options) => {
      const { data, ledger, acceptClock, trustSource = [], json } = options
      const letters = await lettersToTry(hashes, options)
      // A letter is trusted no more than when it came, be it edited or not.
      const trust = new Set(trustSource)
      const place = { data, ledger, acceptClock, clock: Date.now }
      report(resultOrFail(await resubmitDeadLetters({ ...place, letters, trust })), json === true)
    })

const lettersToTry = async (
  hashes: ReadonlyArray<string>,
  { all = false, file }: Options,
): Promise<LettersToTry> => {
  const [hash] = hashes
  if (all === (hash !== undefined)) {
    throw new CliError('name the dead letters by their hashes, or say --all', exitCodes.usage)
  }
  if (file === undefined) return all ? { kind: 'all' } : { kind: 'named', hashes }
  if (hash === undefined || hashes.length > 1) {
    throw new CliError('--file goes with the hash of the one letter that it replaces', exitCodes.usage)
  }
  // An edited event may stand on several lines.
  return { kind: 'edited', hash, event: withoutMark(fileOrFail(await readBytes(file))) }
}

const report = ({ outcomes, locked }: Resubmitted, json: boolean): void => {
  const count = (kind: RetryOutcome['kind']): number => outcomes.filter((one) => one.kind === kind).length
  const counts = { accepted: count('accepted'), duplicate: count('duplicate'), refused: count('refused') }
  if (json) printJson({ ...counts, locked, outcomes })
  else {
    for (const one of outcomes) {
      const says =
        one.kind === 'refused'
          ? `refused again: ${describeRejection(one.rejection)}`
          : `${one.kind === 'accepted' ? 'accepted' : 'in the ledger already'}: ${one.id} of ${one.source}`
      printLine(`${one.hash.slice(0, 12)}  ${says}`)
    }
    printLine(
      `${format(counts.accepted)} accepted, ${format(counts.duplicate)} duplicate, ${format(counts.refused)} refused again`,
    )
  }
  if (locked.length > 0) {
    noteLine(
      `${format(locked.length)} could not be tried: ${locked.length === 1 ? 'its key is' : 'their keys are'} not in keys.db; put that file back from its backup`,
    )
  }
  if (counts.refused + locked.length > 0) process.exitCode = exitCodes.findings
}
