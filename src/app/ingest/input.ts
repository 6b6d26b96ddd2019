import { createReadStream, type ReadStream, type Stats, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import * as E from '#fp/Either'
import { describeSystemError, isSystemError } from '../../foundation/files/file-error.ts'
import { FULL_BATCH } from '../../ingest/accept/batch.ts'
import { checkFile, untilWrongForm, type WrongForm } from '../../ingest/ndjson/first-lines.ts'
import type { LineBatch } from '../../ingest/ndjson/lines.ts'
import { type ReadError, readNdjson } from '../../ingest/ndjson/read.ts'
import { isCompressed } from '../../ingest/ndjson/unpack.ts'
import { type AppError, failed, invalid, notFound } from '../error.ts'

/** A source of events: a file, by its path, or a stream, which can be read only once. */
export type InputSource = string | { readonly name: string; readonly open: () => Readable }

/** An open input. */
export type IngestInput = {
  /** For origins and messages. */
  readonly name: string
  /** In bytes, as stored; null if that is not known before it ends. */
  readonly size: number | null
  readonly read: (stop: AbortSignal) => InputReading
}

type InputReading = {
  readonly lines: AsyncIterable<E.Either<ReadError | WrongForm, LineBatch>>
  /** How many bytes were read so far. */
  readonly bytesRead: () => number
}

type OpenInputOptions = {
  /** Stops the check of the file, which then reports no problem. */
  readonly signal: AbortSignal
  /** Called with how many bytes are checked of a file that is read to its end first, and the total. */
  readonly onCheck: (done: number, total: number) => void
}

/** Opens an input. A file is checked first: an error means that none of it should be ingested. */
export const openInput = async (
  source: InputSource,
  options: OpenInputOptions,
): Promise<E.Either<AppError, IngestInput>> => {
  if (typeof source !== 'string') return E.right(pipe(source.name, source.open))
  const found = statsOf(source)
  if (E.isLeft(found)) return found
  const stats = found.right
  if (stats.isDirectory()) return invalid(`${source} is a folder; name an NDJSON file`)
  if (!stats.isFile()) return E.right(pipe(source, () => openFile(source)))
  const bad = await findFault(source, stats.size, options)
  if (bad !== null) return invalid(bad.message)
  return E.right({
    name: source,
    size: stats.size,
    read: (stop) => {
      const stream = openFile(source)
      return { lines: readNdjson(stream, source, stop), bytesRead: () => stream.bytesRead }
    },
  })
}

const statsOf = (file: string): E.Either<AppError, Stats> => {
  try {
    const stats = statSync(file, { throwIfNoEntry: false })
    return stats === undefined
      ? notFound(`cannot read ${file}: there is no such file; check the path`)
      : E.right(stats)
  } catch (error) {
    if (!isSystemError(error)) throw error
    return failed(describeSystemError(error))
  }
}

/** An input that can be read only once. */
const pipe = (name: string, open: () => Readable): IngestInput => ({
  name,
  size: null,
  read: (stop) => ({ lines: untilWrongForm(readNdjson(open(), name, stop), name, stop), bytesRead: () => 0 }),
})

const openFile = (file: string): ReadStream => createReadStream(file, { highWaterMark: FULL_BATCH.bytes })

/** Checks a file before any of it is ingested: its first lines, or all of it if it is compressed, because of the checksum at its end. */
const findFault = async (
  file: string,
  size: number,
  { signal, onCheck }: OpenInputOptions,
): Promise<ReadError | WrongForm | null> => {
  const isLong = await isCompressed(openFile(file))
  if (isLong) onCheck(0, size)
  const stream = openFile(file)
  const bad = await checkFile(readNdjson(stream, file, signal), file, isLong, () => {
    if (isLong) onCheck(stream.bytesRead, size)
  })
  return signal.aborted ? null : bad
}
