import { InvalidArgumentError, Option } from 'commander'
import { parseInstant } from '../domain/time.ts'
import { jsonText } from '../foundation/text/json-text.ts'
import { safeLines, safeText } from '../foundation/text/safe-text.ts'
import { CLUSTER_URL, isClusterUrl, withoutCredentials } from '../ledger/cluster-url.ts'
import { type DamagedStream, describeCutStreams } from '../ledger/damaged-stream.ts'

/** Exit codes, for scripts. 0 is success. */
export const exitCodes = {
  /** The command ran and has bad news: something was rejected, a check found errors. */
  findings: 1,
  /** The command could not do its work: a file does not exist, the ledger cannot be read. */
  failed: 2,
  /** The command line is invalid (EX_USAGE of sysexits.h). */
  usage: 64,
} as const

/** A failure that the user can act on: a one-line message, details on lines below it, no stack trace. */
export class CliError extends Error {
  readonly exitCode: number
  readonly details: ReadonlyArray<string>
  constructor(message: string, exitCode: number = exitCodes.failed, details: ReadonlyArray<string> = []) {
    super(message)
    this.exitCode = exitCode
    this.details = details
  }
}

// All output goes through one of these, which make it safe to show. A line feed inside a line is escaped, so that no text
// can forge a line of ours.

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

/** Prints JSON on one line, for programs that read line by line. */
export const printJsonLine = (value: unknown): void => {
  process.stdout.write(`${jsonText(value)}\n`)
}

/** Prints bytes unchanged; refuses to on a terminal, which would interpret control characters. */
export const printRaw = (bytes: Uint8Array): void => {
  if (process.stdout.isTTY) {
    throw new CliError(
      'raw bytes can contain terminal control sequences: redirect them to a file or a pipe',
      exitCodes.usage,
    )
  }
  process.stdout.write(bytes)
}

/** Prints a line on stderr, to keep it out of the command's output. */
export const noteLine = (line: string): void => {
  process.stderr.write(`${safeText(line)}\n`)
}

/** Prints a line of JSON on stderr, for log collectors. */
export const noteJson = (value: unknown): void => {
  process.stderr.write(`${jsonText(value)}\n`)
}

/** `--data DIR`, which every command that touches the ledger takes. */
export const dataOption = (): Option =>
  new Option('--data <dir>', 'the data folder').default('./redress-data').env('REDRESS_DATA')

/** `--ledger URL`, alongside `--data` on every command that reads or writes events. */
export const ledgerOption = (): Option =>
  new Option(
    '--ledger <url>',
    'the cluster that holds the events, esdb://... (default: the data folder holds them); put a password in the variable only',
  )
    .env('REDRESS_LEDGER')
    .argParser(ledgerArgument)

/** Parses the address of a cluster. Not an `InvalidArgumentError`, which would print a password in the address. */
export const ledgerArgument = (text: string): string => {
  if (isClusterUrl(text)) return text
  throw new CliError(
    `'${withoutCredentials(text)}' is not a cluster address: give ${CLUSTER_URL}`,
    exitCodes.usage,
  )
}

export type AcceptClock = { readonly acceptClock?: boolean }

/** `--accept-clock`, on every command that records events. */
export const acceptClockOption = (): Option =>
  new Option(
    '--accept-clock',
    'record even if this clock is more than five minutes behind the last recorded time, using that time',
  )

/** `--without-damaged`: for a cluster whose streams were deleted or truncated. */
export const withoutDamagedOption = (): Option =>
  new Option(
    '--without-damaged',
    'leave out the accounts whose streams were deleted or truncated in the cluster and have lost events to a scavenge; the result names them',
  )

/** Warns about deleted or truncated streams, whose events the next scavenge removes for good. */
export const warnOfCut = (cut: ReadonlyArray<DamagedStream>): void => {
  if (cut.length > 0) noteLine(`redress: warning: ${describeCutStreams(cut)}`)
}

/** `--json`, which every command takes. */
export const jsonOption = (): Option => new Option('--json', 'print JSON')

/** Parses an option's argument as a whole number of at least `least`. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < least || !/^\d+$/.test(text)) {
      throw new InvalidArgumentError(`Give a whole number of at least ${least}.`)
    }
    return value
  }

/** Parses an option's argument as a share: more than 0, and at most 1. */
export const shareArgument = (text: string): number => {
  const value = Number(text)
  if (!/^\d*\.?\d+$/.test(text) || value <= 0 || value > 1) {
    throw new InvalidArgumentError('Give a number above 0, at most 1, such as 0.1.')
  }
  return value
}

/** Parses an option's argument as an RFC 3339 time or a date (midnight UTC); in ms. */
export const timeArgument = (text: string): number => {
  const at = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (at === undefined) throw new InvalidArgumentError('Give a time such as 2025-05-01T12:00:00Z, or a date.')
  return at
}
