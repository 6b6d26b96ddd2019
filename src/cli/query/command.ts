import { extname } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import { answerQuery, answerToFile } from '../../app/query/answer.ts'
import { type QueryFormat, queryFormats } from '../../app/query/process/request.ts'
import { textOf } from '../../foundation/files/read-text.ts'
import { fileOrFail } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import { CliError, dataOption, exitCodes, jsonOption, wholeNumber } from '../output.ts'
import { resultOrFail } from '../result.ts'
import type { Signal } from '../signals.ts'
import { terminalWidth } from '../terminal.ts'
import { noteAsOf } from './as-of.ts'
import { memoryOption } from './options.ts'
import { passToStdout } from './output.ts'
import { stopping } from './stopping.ts'

type Options = {
  readonly data: string
  readonly format?: QueryFormat
  readonly json?: boolean
  readonly out?: string
  readonly timeout: number
  readonly memory: string
}

export const queryCommand = (): Command =>
  new Command('query')
    .description(
      'Runs one read-only SQL statement (DuckDB\u2019s dialect) on the projections, as redress project last published them. ' +
        'It cannot write anything, or read files or URLs. Prints the sequence that the answer is as of to stderr. All times ' +
        'are in UTC.',
    )
    .argument('[sql]', 'a SELECT, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN; - for standard input')
    .addOption(
      new Option(
        '--format <format>',
        'the output format (default: by the extension of --out, otherwise table)',
      ).choices(queryFormats),
    )
    .addOption(new Option('--out <file>', 'write to this file, atomically; required for parquet'))
    .addOption(
      new Option('--timeout <seconds>', 'the time limit for the database')
        .default(60)
        .argParser(wholeNumber(1)),
    )
    .addOption(memoryOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Without SQL, on a terminal, opens a prompt; type .help there for help and .tables for the tables.

JSON: numbers too large to be exact in JavaScript are strings, and times are RFC 3339. CSV: NULL is an empty field, an empty string is "", and text that a spreadsheet would run as a formula is prefixed with an apostrophe. Invisible and control characters are escaped as \\u{9b}, in JSON as \\u009b; Parquet keeps every value unchanged.

Exit code: 0 done, 2 failed (an error in the SQL, out of time or memory), 130 or 143 stopped by a signal.

Examples:
  redress query "SELECT * FROM rule_health ORDER BY overturn_rate DESC LIMIT 10"
  redress query "SELECT count(*) FROM accounts_at(TIMESTAMP '2025-05-01') WHERE status <> 'active'"
  redress query "FROM decisions" --out decisions.parquet
  redress query - --format csv < question.sql > answer.csv`),
    )
    .action(async (sql: string | undefined, options: Options) => {
      const format = formatOf(options)
      const { out } = options
      if (sql === undefined && process.stdin.isTTY && process.stdout.isTTY) {
        if (out !== undefined) throw new CliError('--out requires an SQL argument', exitCodes.usage)
        if (format === 'parquet')
          throw new CliError('--format parquet requires an SQL argument and --out FILE', exitCodes.usage)
        const { prompt } = await import('./prompt.ts')
        await prompt(options, format)
        return
      }
      const destination = destinationOf(format, out)
      const statement =
        sql === undefined || sql === '-'
          ? fileOrFail(textOf(await buffer(process.stdin), 'standard input'))
          : sql
      await answer(statement, destination, options)
    })

type Destination =
  | { readonly file: string; readonly format: QueryFormat }
  /** Null: standard output. */
  | { readonly file: null; readonly format: Exclude<QueryFormat, 'parquet'> }

const destinationOf = (format: QueryFormat, out: string | undefined): Destination => {
  if (out !== undefined) return { file: out, format }
  if (format === 'parquet') throw new CliError('--format parquet requires --out FILE', exitCodes.usage)
  return { file: null, format }
}

/** Answers one statement; a signal ends it, a second one at once. */
const answer = async (
  sql: string,
  destination: Destination,
  { data, memory, timeout }: Options,
): Promise<void> => {
  const { signals, stop } = stopping()
  let came: Signal | null = null
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      came ??= signal
      stop()
    })
  }
  const common = { data, sql, memory, timeout, ...signals, onStanding: noteAsOf }
  const answered =
    destination.file === null
      ? answerQuery({ ...common, ...destination, terminalWidth: terminalWidth(), take: passToStdout })
      : answerToFile({ ...common, ...destination })
  resultOrFail(await answered, came)
}

const formatOf = ({ format, json: asJson, out = '' }: Options): QueryFormat => {
  if (asJson === true && format !== undefined && format !== 'json') {
    throw new CliError(`--json cannot be used with --format ${format}`, exitCodes.usage)
  }
  const named = queryFormats.find((each) => extname(out) === `.${each}`)
  return format ?? (asJson === true ? 'json' : (named ?? 'table'))
}
