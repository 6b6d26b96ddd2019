import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import * as E from '#fp/Either'
import { describeSystemError, isSystemError } from '../../../foundation/files/file-error.ts'
import { jsonText } from '../../../foundation/text/json-text.ts'
import type { AppError } from '../../error.ts'
import { csv, json, type OutputPieces, tableText } from '../formats.ts'
import { writeParquet } from '../parquet.ts'
import { type Rows, runQuery } from '../run.ts'
import { onPublished } from '../session.ts'
import { CHANNEL, type QueryMessage, type QueryRequest } from './request.ts'
import { toStdout } from './to-stdout.ts'

// The process that runs a user's SQL: it reads one request from the process that started it, writes rows to its standard
// output, and reports the rest over a channel. It has no environment, and limits that the system enforces.

const channel = new Socket({ fd: CHANNEL })
const send = (message: QueryMessage): void => {
  channel.write(`${jsonText(message)}\n`)
}

/** Stops the clock while the reader of the output takes its time. */
async function* timed(pieces: OutputPieces): OutputPieces {
  send({ kind: 'clock', runs: true })
  for await (const piece of pieces) {
    send({ kind: 'clock', runs: false })
    yield piece
    send({ kind: 'clock', runs: true })
  }
  send({ kind: 'clock', runs: false })
}

const piecesOf = ({ format, terminalWidth }: QueryRequest, rows: Rows): OutputPieces =>
  format === 'csv' ? csv(rows) : format === 'json' ? json(rows) : tableText(rows, terminalWidth)

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

const answer = (request: QueryRequest): Promise<E.Either<AppError, unknown>> =>
  // A stuck thread of DuckDB ends with the process.
  onPublished(
    { ...request, signal: stop.signal, onStuck: () => {} },
    async ({ connection, standing }, watch) => {
      const { sql, parquet, memory } = request
      send({ kind: 'standing', standing })
      send({ kind: 'clock', runs: true })
      if (parquet !== null) {
        await writeParquet({ connection, sql, watch }, { ...parquet, memory })
        return
      }
      const rows = await runQuery(connection, sql, watch)
      send({ kind: 'clock', runs: false })
      await toStdout(timed(piecesOf(request, rows)))
    },
  )

const unexpected = (error: unknown): AppError => {
  if (isSystemError(error)) return { kind: 'failed', message: describeSystemError(error) }
  const stack = (error instanceof Error ? error.stack : undefined) ?? String(error)
  return {
    kind: 'failed',
    message: 'internal error (a bug in redress); please report it:',
    details: stack.split('\n').map((line) => `  ${line}`),
  }
}

const finish = (error: AppError | null): void => {
  const message: QueryMessage = { kind: 'ended', error }
  // What was written to standard output must be read before the process ends.
  process.stdout.write('', () => {
    channel.end(`${jsonText(message)}\n`, end)
  })
}

/** At once: `process.exit` would wait for a stuck thread of DuckDB. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

process.stdout.on('error', () => {})
process.on('uncaughtException', (error) => finish(unexpected(error)))
// The parent process has ended, and nobody wants the answer.
channel.on('close', end)
channel.on('error', end)
createInterface({ input: channel }).once('line', (line) => {
  // Cast: the other end of the channel is ours.
  answer(JSON.parse(line) as QueryRequest).then(
    (answered) => finish(E.isLeft(answered) ? answered.left : null),
    (error) => finish(unexpected(error)),
  )
})
