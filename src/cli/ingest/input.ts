import { createReadStream, type ReadStream, statSync } from 'node:fs'
import type * as E from '#fp/Either'
import { checkFile, untilWrongForm, type WrongForm } from '../../ingest/ndjson/first-lines.ts'
import type { LineBatch } from '../../ingest/ndjson/lines.ts'
import { type ReadError, readNdjson } from '../../ingest/ndjson/read.ts'
import { isCompressed } from '../../ingest/ndjson/unpack.ts'
import { CliError, exitCodes } from '../output.ts'
import { startProgress } from '../progress.ts'

/** Where events are taken from. */
export type IngestInput = {
  /** For origins and messages. */
  readonly name: string
  /** In bytes, as it is stored; null where that is not known before it ends. */
  readonly size: number | null
  readonly read: (stop: AbortSignal) => Reading
}

type Reading = {
  readonly lines: AsyncIterable<E.Either<ReadError | WrongForm, LineBatch>>
  /** How much of its size was read so far. */
  readonly bytesRead: () => number
}

/** The input that an argument names, `-` for standard input; throws `CliError` for a file to take nothing in of. */
export const openInput = async (file: string): Promise<IngestInput> => {
  if (file === '-') return pipe('stdin', () => process.stdin)
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) throw new CliError(`there is no file ${file}`)
  if (stats.isDirectory()) throw new CliError(`${file} is a folder; name an NDJSON file`)
  if (!stats.isFile()) return pipe(file, () => openFile(file))
  await refuseBadFile(file, stats.size)
  return {
    name: file,
    size: stats.size,
    read: (stop) => {
      const stream = openFile(file)
      return { lines: readNdjson(stream, file, stop), bytesRead: () => stream.bytesRead }
    },
  }
}

/** An input that can be read only once. */
const pipe = (name: string, open: () => NodeJS.ReadStream | ReadStream): IngestInput => ({
  name,
  size: null,
  read: (stop) => ({ lines: untilWrongForm(readNdjson(open(), name, stop), name, stop), bytesRead: () => 0 }),
})

const openFile = (file: string): ReadStream => createReadStream(file, { highWaterMark: 256 * 1024 })

/** Looks at a file before anything of it is taken in: at its first lines, and to its end where it has a checksum there. */
const refuseBadFile = async (file: string, size: number): Promise<void> => {
  const isLong = await isCompressed(openFile(file))
  const stream = openFile(file)
  const progress = isLong ? startProgress('Checking', size, 'bytes') : null
  const lines = readNdjson(stream, file, new AbortController().signal)
  const bad = await checkFile(lines, file, isLong, () => progress?.update(stream.bytesRead))
  progress?.stop()
  if (bad !== null) throw new CliError(bad.message, exitCodes.failed, ['Nothing of it was taken in.'])
}
