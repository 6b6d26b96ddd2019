import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isOfWriting } from '../../../foundation/files/file-error.ts'
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

async function* madeSafe(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield safeLines(piece)
}
