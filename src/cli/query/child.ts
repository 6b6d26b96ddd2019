import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { QueryStopped } from '../../app/query/guard.ts'
import { CHANNEL, type QueryMessage, type QueryRequest } from '../../app/query/request.ts'
import { describeSystemError, isSystemError } from '../../foundation/file-error.ts'
import { jsonText } from '../../foundation/json-text.ts'
import { CliError, exitCodes } from '../output.ts'
import { csv, json, type OutputPieces, tableText } from './formats.ts'
import { toStdout } from './output.ts'
import { writeParquet } from './parquet.ts'
import { type Rows, runQuery } from './run.ts'
import { onPublished } from './session.ts'
import { standingLines } from './standing.ts'

// The process that a user's SQL runs in: it takes one request from the process that started it, writes rows to its standard
// output and says the rest over a channel. It has no environment, and limits that the system enforces.

const channel = new Socket({ fd: CHANNEL })
const say = (message: QueryMessage): void => {
  channel.write(`${jsonText(message)}\n`)
}

/** The time that a reader of the output takes is not the query's. */
async function* timed(pieces: OutputPieces): OutputPieces {
  say({ kind: 'clock', runs: true })
  for await (const piece of pieces) {
    say({ kind: 'clock', runs: false })
    yield piece
    say({ kind: 'clock', runs: true })
  }
  say({ kind: 'clock', runs: false })
}

const piecesOf = ({ format, terminalWidth }: QueryRequest, rows: Rows): OutputPieces =>
  format === 'csv' ? csv(rows) : format === 'json' ? json(rows) : tableText(rows, terminalWidth)

const answer = (request: QueryRequest): Promise<void> =>
  onPublished(request, async ({ connection, standing }, watch) => {
    if (request.tellsStanding) for (const line of standingLines(standing)) say({ kind: 'note', line })
    say({ kind: 'clock', runs: true })
    if (request.parquet !== null) {
      await writeParquet(connection, request.sql, request.parquet, request.memory, watch)
      return
    }
    const rows = await runQuery(connection, request.sql, watch)
    say({ kind: 'clock', runs: false })
    await toStdout(timed(piecesOf(request, rows)))
  })

const ended = (error: unknown): QueryMessage => {
  if (error === null || error instanceof QueryStopped) {
    return { kind: 'ended', exitCode: 0, message: null, details: [] }
  }
  if (error instanceof CliError) {
    return { kind: 'ended', exitCode: error.exitCode, message: error.message, details: error.details }
  }
  if (isSystemError(error)) {
    return { kind: 'ended', exitCode: exitCodes.failed, message: describeSystemError(error), details: [] }
  }
  const stack = (error instanceof Error ? error.stack : undefined) ?? String(error)
  return {
    kind: 'ended',
    exitCode: exitCodes.failed,
    message: 'internal error (a bug in redress); please report it:',
    details: stack.split('\n').map((line) => `  ${line}`),
  }
}

const finish = (error: unknown): void => {
  // What was written to standard output has to be taken before the process ends.
  process.stdout.write('', () => {
    channel.end(`${jsonText(ended(error))}\n`, end)
  })
}

/** At once: `process.exit` would wait for a thread that DuckDB does not give back. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

process.stdout.on('error', () => {})
process.on('uncaughtException', finish)
// Who asked is gone: nobody wants the answer.
channel.on('close', end)
channel.on('error', end)
createInterface({ input: channel }).once('line', (line) => {
  // Cast: the other end of the channel is ours.
  answer(JSON.parse(line) as QueryRequest).then(() => finish(null), finish)
})
