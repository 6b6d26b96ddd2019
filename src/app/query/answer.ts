import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { pipe } from '#fp/function'
import { withScratchFolder, writeFile } from '../../foundation/files/write-file.ts'
import type { ProjectionProgress } from '../../projection/published.ts'
import type { AppError } from '../error.ts'
import { fileResult } from '../results.ts'
import type { QueryFormat, QueryRequest } from './process/request.ts'
import { type QueryProcess, startQueryProcess } from './process/start.ts'

type Options = {
  /** The data folder. */
  readonly data: string
  /** One statement that reads. */
  readonly sql: string
  /** How much memory the database may take, such as `2GB`. */
  readonly memory: string
  /** How long the database may take, in seconds; what readers of the rows take does not count. */
  readonly timeout: number
  /** Ends it, once the database has stopped. */
  readonly signal: AbortSignal
  /** Aborted after `signal`, it ends it at once. */
  readonly kill?: AbortSignal
  /** Called with what the answer is as of, before it is known whether there is one. */
  readonly onStanding: (standing: ProjectionProgress) => void
}

export type AnswerOptions = Options & {
  readonly format: Exclude<QueryFormat, 'parquet'>
  /** How wide the terminal is that the rows are shown on: a table is cut to fit; null: nothing is cut. */
  readonly terminalWidth: number | null
  /**
   * Takes the rows in their format, as fast as it reads them. If the query fails, the iteration throws at its end, so that
   * what was made of the rows is discarded; it must not catch that.
   */
  readonly take: (rows: AsyncIterable<Buffer>) => Promise<void>
  /** A process that was started before the SQL was known, with the same limits and format; left out: one is started. */
  readonly process?: QueryProcess
}

/** Answers one statement from the published projections, in a process of its own. */
export const answerQuery = ({
  process,
  take,
  ...options
}: AnswerOptions): Promise<E.Either<AppError, void>> =>
  run(process ?? startQueryProcess(options), { ...options, parquet: null }, take)

export type AnswerFileOptions = Options & {
  readonly format: QueryFormat
  /** The file, which is replaced once the answer is complete. */
  readonly file: string
}

/** Writes the answer to one statement to a file; if there is none, the file is as it was. */
export const answerToFile = async ({
  file,
  format,
  ...options
}: AnswerFileOptions): Promise<E.Either<AppError, unknown>> => {
  const child = startQueryProcess({ ...options, format })
  const request = { ...options, format, terminalWidth: null }
  if (format === 'parquet') {
    const written = await withScratchFolder(file, async (folder) => {
      const path = join(folder, 'made')
      const answered = await run(child, { ...request, parquet: { path, folder } }, readAll)
      return E.isLeft(answered) ? answered : fileResult(await writeFile(file, createReadStream(path)))
    })
    return pipe(written, fileResult, E.flatten)
  }
  let written: E.Either<AppError, unknown> = E.right(undefined)
  const answered = await run(child, { ...request, parquet: null }, async (rows) => {
    written = fileResult(await writeFile(file, rows))
  })
  return E.isLeft(answered) ? answered : written
}

const readAll = async (rows: AsyncIterable<Buffer>): Promise<void> => {
  for await (const _ of rows);
}

type Run = Omit<Options, 'sql'> & QueryRequest

/** Lets a process answer a request, until its caller stops it. */
const run = async (
  child: QueryProcess,
  { data, sql, memory, timeout, format, terminalWidth, parquet, signal, kill, onStanding }: Run,
  take: AnswerOptions['take'],
): Promise<E.Either<AppError, void>> => {
  const stop = (): void => child.stop()
  const signals = kill === undefined ? [signal] : [signal, kill]
  for (const each of signals) {
    if (each.aborted) stop()
    each.addEventListener('abort', stop)
  }
  try {
    const request = { data, sql, memory, timeout, format, terminalWidth, parquet }
    return await child.run(request, take, onStanding)
  } finally {
    for (const each of signals) each.removeEventListener('abort', stop)
  }
}
