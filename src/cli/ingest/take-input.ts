import type * as E from '#fp/Either'
import type { WrongForm } from '../../ingest/ndjson/first-lines.ts'
import type { ReadError } from '../../ingest/ndjson/read.ts'
import { ingestAll } from '../../ingest/pipeline/ingest-all.ts'
import type { IngestError, Ingestor } from '../../ingest/pipeline/ingestor.ts'
import { startProgress } from '../progress.ts'
import type { IngestInput } from './input.ts'
import { type IngestTally, tallyUp } from './report.ts'

type Taking = {
  /** What the bar says is done. */
  readonly label: string
  /** Counts what is done. */
  readonly tally: IngestTally
  readonly stop: AbortController
}

type Taken = {
  readonly done: E.Either<ReadError | WrongForm | IngestError, void>
  /** Up to which line the tally counts. */
  readonly lastLine: number
}

/** Has an ingestor take a whole input, and shows on a terminal how far that is. */
export const takeInput = async (
  input: IngestInput,
  ingestor: Ingestor,
  { label, tally, stop }: Taking,
): Promise<Taken> => {
  let lastLine = 0
  const progress = input.size === null ? null : startProgress(label, input.size, 'bytes')
  const { lines, bytesRead } = input.read(stop.signal)
  const done = await ingestAll(
    lines,
    ingestor,
    (batch, outcome) => {
      tallyUp(tally, outcome)
      lastLine = batch.lastLine
      progress?.update(bytesRead())
    },
    stop,
  )()
  progress?.stop()
  return { done, lastLine }
}
