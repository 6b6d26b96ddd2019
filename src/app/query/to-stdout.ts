import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isSystemError } from '../../foundation/files/file-error.ts'
import { safeLines } from '../../foundation/text/safe-text.ts'
import { QueryStopped } from './guard.ts'

/** Writes pieces, of whole lines each, to stdout as fast as they are taken; throws `QueryStopped` when they cannot be written any more. */
export const toStdout = async (pieces: AsyncIterable<string>): Promise<void> => {
  try {
    await pipeline(Readable.from(madeSafe(pieces), { highWaterMark: 1 }), process.stdout, { end: false })
  } catch (error) {
    throw isOfWriting(error) ? new QueryStopped('left') : error
  }
}

/** Whether stdout takes no more. Whether that is a failure is told elsewhere: see `watchStandardStreams`. */
export const isOfWriting = (error: unknown): boolean => isSystemError(error) && error.syscall === 'write'

async function* madeSafe(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield safeLines(piece)
}
