import { Command } from 'commander'
import * as E from '#fp/Either'
import { readBytes } from '../../foundation/read-text.ts'
import { withoutMark } from '../../foundation/utf8.ts'
import type { Trust } from '../../ingest/admit.ts'
import type { DeadLetters } from '../../ingest/dead-letters/letter.ts'
import { describeIngestError } from '../../ingest/pipeline.ts'
import { describeRejection } from '../../ingest/rejection.ts'
import { type LetterRetry, type RetryOutcome, resubmit } from '../../ingest/resubmit.ts'
import { fileOrFail } from '../files.ts'
import { openStores, orFail, type Stores } from '../ingest-stores.ts'
import {
  type AcceptClock,
  acceptClockOption,
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  type LedgerPlace,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
  trustOption,
} from '../output.ts'
import { format } from '../table.ts'
import { bytesOf } from './bytes.ts'
import { oneLetter } from './one-letter.ts'

type Options = LedgerPlace &
  AcceptClock & {
    readonly all?: boolean
    readonly file?: string
    readonly trustSource?: ReadonlyArray<string>
    readonly json?: boolean
  }

/** How many letters are held in memory and written at once. */
const PAGE = 50

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
      checkArguments(hashes, options)
      const stores = await openStores(options)
      try {
        const outcomes: RetryOutcome[] = []
        /** Hashes of those that nobody can read here. */
        const locked: string[] = []
        for await (const page of retries(stores.letters, hashes, options, locked)) {
          outcomes.push(...(await tryAgain(stores, page, trusted(options))))
        }
        report(outcomes, locked, options.json === true)
      } finally {
        await stores.close()
      }
    })

const checkArguments = (hashes: ReadonlyArray<string>, { all, file }: Options): void => {
  if ((all === true) === hashes.length > 0) {
    throw new CliError('name the dead letters by their hashes, or say --all', exitCodes.usage)
  }
  if (file !== undefined && hashes.length !== 1) {
    throw new CliError('--file goes with the hash of the one letter that it replaces', exitCodes.usage)
  }
}

/** The letters to be tried, page by page. */
async function* retries(
  letters: DeadLetters,
  hashes: ReadonlyArray<string>,
  { all, file }: Options,
  locked: string[],
): AsyncGenerator<ReadonlyArray<LetterRetry>, void, undefined> {
  if (all === true) {
    let after = ''
    for (;;) {
      const page = orFail(letters.unresolvedAfter(after, PAGE))
      if (page.length === 0) return
      yield page.flatMap((hash): ReadonlyArray<LetterRetry> => {
        const body = orFail(letters.body(hash))
        if (body?.kind === 'open') return [{ hash, bytes: body.bytes, isEdited: false }]
        // Null or destroyed: another process has purged or resolved it meanwhile.
        if (body?.kind === 'locked') locked.push(hash)
        return []
      })
      after = page.at(-1) ?? after
    }
  }
  for (const digits of hashes) {
    const letter = oneLetter(letters, digits)
    const { hash, truncated } = letter
    if (file !== undefined) {
      yield [{ hash, bytes: await edited(file), isEdited: true }]
    } else if (truncated) {
      throw new CliError(`${hash.slice(0, 12)} was too long to be kept whole; give the event with --file`)
    } else yield [{ hash, bytes: bytesOf(letters, letter), isEdited: false }]
  }
}

/** An edited event; it may stand on several lines. */
const edited = async (file: string): Promise<Uint8Array> => withoutMark(fileOrFail(await readBytes(file)))

/** A letter is trusted no more than when it came, be it edited or not. */
const trusted = ({ trustSource = [] }: Options): Trust => new Set(trustSource)

const tryAgain = async (
  { ledger, letters, clock }: Stores,
  page: ReadonlyArray<LetterRetry>,
  trust: Trust,
): Promise<ReadonlyArray<RetryOutcome>> => {
  const outcomes = await resubmit(ledger, letters, page, { now: clock(), trust })
  if (E.isLeft(outcomes)) throw new CliError(describeIngestError(outcomes.left))
  return outcomes.right
}

const report = (
  outcomes: ReadonlyArray<RetryOutcome>,
  locked: ReadonlyArray<string>,
  json: boolean,
): void => {
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
