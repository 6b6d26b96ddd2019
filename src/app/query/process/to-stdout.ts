import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isSystemError } from '../../../foundation/files/file-error.ts'
import { safeLines } from '../../../foundation/text/safe-text.ts'
import { QueryStopped } from '../guard.ts'

/** Writes pieces, each of whole lines, to stdout as fast as they are read; throws `QueryStopped` once stdout is closed. */
export const toStdout = async (pieces: AsyncIterable<string>): Promise<void> => {
  try {
    await pipeline(Readable.from(madeSafe(pieces), { highWaterMark: 1 }), process.stdout, { end: false })
  } catch (error) {
    throw isOfWriting(error) ? new QueryStopped('left') : error
  }
}

/** Whether an error is one of writing to stdout. `watchStandardStreams` decides whether it is reported. */
export const isOfWriting = (error: unknown): boolean => isSystemError(error) && error.syscall === 'write'

async function* madeSafe(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield safeLines(piece)
}
