import { createWriteStream } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { safeLines } from '../foundation/safe-text.ts'
import { CliError } from './output.ts'
import { QueryStopped } from './query-guard.ts'

/** Writes pieces, of whole lines each, to stdout as fast as they are taken; throws `QueryStopped` when nobody takes them any more. */
export const toStdout = async (pieces: AsyncIterable<string>): Promise<void> => {
  try {
    await pipeline(Readable.from(madeSafe(pieces), { highWaterMark: 1 }), process.stdout, { end: false })
  } catch (error) {
    throw codeOf(error) === 'EPIPE' ? new QueryStopped('left') : error
  }
}

async function* madeSafe(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield safeLines(piece)
}

/**
 * Makes a file by way of a folder beside it, from where it is renamed when it is whole: what was there before is
 * replaced by all of it or stays. `write` gets that folder, and in it the path to write to.
 */
export const writeWhole = async <A>(
  file: string,
  write: (partial: string, folder: string) => Promise<A>,
): Promise<A> => {
  const path = resolve(file)
  const failed = (error: unknown): never => {
    throw codeOf(error) === undefined ? error : new CliError(`can't write ${file}: ${messageOf(error)}`)
  }
  const folder = await mkdtemp(join(dirname(path), `.${basename(path)}.partial-`)).catch(failed)
  try {
    const partial = join(folder, basename(path))
    const result = await write(partial, folder)
    await rename(partial, path)
    return result
  } catch (error) {
    return failed(error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes pieces to a file, whole or not at all. */
export const toFile = (file: string, pieces: AsyncIterable<string>): Promise<void> =>
  writeWhole(file, (partial) =>
    pipeline(Readable.from(pieces, { highWaterMark: 1 }), createWriteStream(partial, { flush: true })),
  )

/** The code of a failure of the system: `ENOENT`. */
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
