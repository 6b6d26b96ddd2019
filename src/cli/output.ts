import { InvalidArgumentError, Option } from 'commander'
import { parseInstant } from '../domain/time.ts'
import { jsonText } from '../foundation/text/json-text.ts'
import { safeLines, safeText } from '../foundation/text/safe-text.ts'
import { CLUSTER_URL, isClusterUrl, withoutCredentials } from '../ledger/cluster-url.ts'
import { type DamagedStream, describeCutStreams } from '../ledger/damaged-stream.ts'

/** Exit codes: what a script can tell apart. 0 is success. */
export const exitCodes = {
  /** The command ran and has bad news: something was rejected, a check found errors. */
  findings: 1,
  /** The command could not do its work: no such file, a ledger that can't be read. */
  failed: 2,
  /** The command line makes no sense (EX_USAGE of sysexits.h). */
  usage: 64,
} as const

/** A failure that the person at the terminal can do something about: one line, details on lines below it, no stack. */
export class CliError extends Error {
  readonly exitCode: number
  readonly details: ReadonlyArray<string>
  constructor(message: string, exitCode: number = exitCodes.failed, details: ReadonlyArray<string> = []) {
    super(message)
    this.exitCode = exitCode
    this.details = details
  }
}

// Everything that a command says goes through one of these, which make it safe to show: nobody has to think of it.
// A line feed inside a line is shown, so that no text can put a line of its own between ours.

export const printLine = (line = ''): void => {
  process.stdout.write(`${safeText(line)}\n`)
}

/** Prints a document of several lines. */
export const printText = (text: string): void => {
  process.stdout.write(safeLines(text))
}

export const printJson = (value: unknown): void => {
  process.stdout.write(`${jsonText(value, 2)}\n`)
}

/** Prints bytes as they are, which a terminal would obey: there it refuses. */
export const printRaw = (bytes: Uint8Array): void => {
  if (process.stdout.isTTY) {
    throw new CliError('raw bytes can steer a terminal: send them to a file or a pipe', exitCodes.usage)
  }
  process.stdout.write(bytes)
}

/** A line on stderr, where it gets into no output. */
export const noteLine = (line: string): void => {
  process.stderr.write(`${safeText(line)}\n`)
}

/** A line of JSON on stderr, for whatever collects logs. */
export const noteJson = (value: unknown): void => {
  process.stderr.write(`${jsonText(value)}\n`)
}

/** `--data DIR`, which every command that touches the ledger takes. */
export const dataOption = (): Option =>
  new Option('--data <dir>', 'the data folder').default('./redress-data').env('REDRESS_DATA')

/** `--ledger URL`, beside `--data` on every command that reads or writes events. */
export const ledgerOption = (): Option =>
  new Option(
    '--ledger <url>',
    'the cluster that holds the events, esdb://... (default: they are in the data folder); a password belongs in the variable',
  )
    .env('REDRESS_LEDGER')
    .argParser(ledgerArgument)

/**
 * The argument of an option that takes a cluster. An `InvalidArgumentError` would show the text as it is, with a
 * password that may be in it.
 */
export const ledgerArgument = (text: string): string => {
  if (isClusterUrl(text)) return text
  throw new CliError(
    `'${withoutCredentials(text)}' is no address of a cluster: give ${CLUSTER_URL}`,
    exitCodes.usage,
  )
}

export type AcceptClock = { readonly acceptClock?: boolean }

/** `--accept-clock`, on every command that records events. */
export const acceptClockOption = (): Option =>
  new Option(
    '--accept-clock',
    'record although this clock is more than five minutes behind the last recorded time: with that time',
  )

/** `--trust-source SOURCE...`: whose rulesets are taken. */
export const trustOption = (): Option =>
  new Option('--trust-source <source...>', 'CloudEvents sources whose rulesets are taken (ruleset.published)')

/** `--without-damaged`: for a cluster whose streams somebody deleted or cut. */
export const withoutDamagedOption = (): Option =>
  new Option(
    '--without-damaged',
    'go on without the accounts whose streams were deleted or cut in the cluster, where a scavenge has removed events; the result names them',
  )

/** Warns of streams that somebody deleted or cut, and of which the next scavenge removes events for good. */
export const warnOfCut = (cut: ReadonlyArray<DamagedStream>): void => {
  if (cut.length > 0) noteLine(`redress: warning: ${describeCutStreams(cut)}`)
}

/** `--json`, which every command takes. */
export const jsonOption = (): Option => new Option('--json', 'print JSON for machines')

/** Parses a whole number of at least `least`, for an option's argument. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < least || !/^\d+$/.test(text)) {
      throw new InvalidArgumentError(`Give a whole number of at least ${least}.`)
    }
    return value
  }

/** An RFC 3339 time or a date (its first instant in UTC), for an option's argument; in ms. */
export const timeArgument = (text: string): number => {
  const at = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (at === undefined) throw new InvalidArgumentError('Give a time such as 2025-05-01T12:00:00Z, or a date.')
  return at
}
