import * as E from '#fp/Either'
import type { WrongForm } from '../../ingest/ndjson/first-lines.ts'
import type { ReadError } from '../../ingest/ndjson/read.ts'
import { ingestAll } from '../../ingest/pipeline/ingest-all.ts'
import { describeIngestError, type IngestError, type Ingestor } from '../../ingest/pipeline/ingestor.ts'
import type { AppError } from '../error.ts'
import type { IngestInput } from './input.ts'
import { type IngestTally, tallyUp } from './tally.ts'

type Taking = {
  /** Counts what is done. */
  readonly tally: IngestTally
  /** Stops it, also while it waits for input. */
  readonly signal: AbortSignal
  /** Called with how many bytes are read, and the total, if that is known. */
  readonly onProgress: (done: number, total: number) => void
}

type Taken = {
  /** Why it failed: `invalid` if the input is not NDJSON. */
  readonly failure: AppError | null
  /** The last line that the tally counts. */
  readonly lastLine: number
}

/** Ingests a whole input. */
export const ingestInput = async (
  input: IngestInput,
  ingestor: Ingestor,
  { tally, signal, onProgress }: Taking,
): Promise<Taken> => {
  let lastLine = 0
  const failing = new AbortController()
  const { lines, bytesRead } = input.read(AbortSignal.any([signal, failing.signal]))
  const reportProgress = (): void => {
    if (input.size !== null) onProgress(bytesRead(), input.size)
  }
  reportProgress()
  const done = await ingestAll(
    lines,
    ingestor,
    (batch, outcome) => {
      tallyUp(tally, outcome)
      lastLine = batch.lastLine
      reportProgress()
    },
    failing,
  )
  return { failure: E.isLeft(done) ? asAppError(done.left) : null, lastLine }
}

const asAppError = (error: ReadError | WrongForm | IngestError): AppError => {
  switch (error.kind) {
    case 'wrong_form':
      return { kind: 'invalid', message: error.message }
    case 'unreadable':
      return { kind: 'failed', message: error.message }
    default:
      return { kind: 'failed', message: describeIngestError(error) }
  }
}
