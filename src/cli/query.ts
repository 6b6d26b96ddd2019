import { extname } from 'node:path'
import { text } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import { CliError, dataOption, exitCodes, jsonOption, wholeNumber } from './output.ts'
import { csv, everything, json, onTerminal, type Pieces, tableText } from './query-formats.ts'
import { memoryOption } from './query-options.ts'
import { toFile, toStdout } from './query-output.ts'
import { queryToParquet } from './query-parquet.ts'
import { prompt } from './query-prompt.ts'
import { type Rows, runQuery } from './query-run.ts'
import { onPublished } from './query-session.ts'

const formats = ['table', 'csv', 'json', 'parquet'] as const
type Format = (typeof formats)[number]

type Options = {
  readonly data: string
  readonly format?: Format
  readonly json?: boolean
  readonly out?: string
  readonly timeout: number
  readonly memory: string
}

export const queryCommand = (): Command =>
  new Command('query')
    .summary('ask the projections in SQL')
    .description(
      'Runs one reading statement of SQL (DuckDB\u2019s) on what redress project published last. Nothing can be written, and\n' +
        'no file or address be read. On stderr it says as of which sequence the answer is. All times are in UTC.',
    )
    .argument('[sql]', 'a SELECT, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN; - for standard input')
    .addOption(
      new Option(
        '--format <format>',
        'how to print (default: table, or what the file\u2019s name says)',
      ).choices(formats),
    )
    .addOption(new Option('--out <file>', 'write to this file, whole or not at all; parquet needs it'))
    .addOption(
      new Option('--timeout <seconds>', 'how long the database may take')
        .default(60)
        .argParser(wholeNumber(1)),
    )
    .addOption(memoryOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Without SQL, on a terminal, it prompts for it: .help there says more. .tables lists what there is.
In JSON a number too large to be exact in JavaScript is a string, times are RFC 3339. In CSV NULL is an empty field,
an empty text is "", and a text that a spreadsheet would run as a formula has an apostrophe before it. Characters that
cannot be seen or that steer a terminal are written as \\u{9b}, in JSON as \\u009b; Parquet has every value as it is.

Exit code: 0 done, 2 could not (an error in the SQL, out of time or memory), 130 or 143 stopped by a signal.

Examples:
  redress query "SELECT * FROM rule_health ORDER BY overturn_rate DESC LIMIT 10"
  redress query "SELECT count(*) FROM accounts_at(TIMESTAMP '2025-05-01') WHERE status <> 'active'"
  redress query "FROM decisions" --out decisions.parquet
  redress query - --format csv < question.sql > answer.csv`,
    )
    .action(async (sql: string | undefined, options: Options) => {
      const format = formatOf(options)
      const { out } = options
      if (sql === undefined && process.stdin.isTTY && process.stdout.isTTY) {
        if (out !== undefined) throw new CliError('--out goes with SQL', exitCodes.usage)
        await prompt(options, (rows) => piecesOf(format, rows, true))
        return
      }
      const statement = sql === undefined || sql === '-' ? await text(process.stdin) : sql
      if (format === 'parquet') {
        if (out === undefined)
          throw new CliError('parquet goes to a file: name it with --out', exitCodes.usage)
        await queryToParquet(statement, out, options)
        return
      }
      await onPublished(options, async ({ connection }, watch) => {
        const rows = await runQuery(connection, statement, watch)
        if (out === undefined) await toStdout(piecesOf(format, rows, process.stdout.isTTY))
        else await toFile(out, piecesOf(format, rows, false))
      })
    })

const formatOf = ({ format, json: asJson, out = '' }: Options): Format => {
  if (asJson === true && format !== undefined && format !== 'json') {
    throw new CliError(`--json and --format ${format} do not go together`, exitCodes.usage)
  }
  const named = formats.find((each) => extname(out) === `.${each}`)
  return format ?? (asJson === true ? 'json' : (named ?? 'table'))
}

const piecesOf = (format: Format, rows: Rows, isForTerminal: boolean): Pieces => {
  switch (format) {
    case 'csv':
      return csv(rows)
    case 'json':
      return json(rows)
    case 'parquet':
      throw new CliError('parquet goes to a file: give the SQL as an argument, with --out', exitCodes.usage)
    case 'table':
      return tableText(rows, isForTerminal ? onTerminal : everything)
  }
}
