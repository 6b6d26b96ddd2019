import * as E from '#fp/Either'
import type { AppError } from '../error.ts'
import { openStores, type RecordingPlace } from '../stores.ts'
import { ingestInput } from './ingest-input.ts'
import { type InputSource, openInput } from './input.ts'
import { emptyTally, type IngestTally } from './tally.ts'
import { withIngestor } from './with-ingestor.ts'

export type IngestOptions = RecordingPlace & {
  readonly source: InputSource
  /** Whether its events are of the past, and stored as such. */
  readonly backfill: boolean
  /** Stops it; what was ingested by then stays. */
  readonly signal: AbortSignal
  /** Called once the ledger is open, before events are ingested. */
  readonly onOpen: () => void
  /** Called with how many bytes of a compressed file are checked, and the total, before any of it is ingested. */
  readonly onCheck: (done: number, total: number) => void
  /** Called with how many bytes are read, and the total, if that is known. */
  readonly onProgress: (done: number, total: number) => void
}

/** What was ingested, all of it on disk. */
export type Ingested = {
  /** The input's name. */
  readonly name: string
  readonly tally: IngestTally
  /** The last line that the tally counts. */
  readonly lastLine: number
  /** Why it failed; null if it reached the end of the input, or was stopped. */
  readonly failure: AppError | null
}

/** Ingests NDJSON events; rejected ones are stored as dead letters. After an error, nothing was ingested. */
export const ingestEvents = async ({
  source,
  backfill,
  signal,
  onOpen,
  onCheck,
  onProgress,
  ...place
}: IngestOptions): Promise<E.Either<AppError, Ingested>> => {
  const input = await openInput(source, { signal, onCheck })
  if (E.isLeft(input)) {
    const { left } = input
    return E.left(left.kind === 'invalid' ? { ...left, details: ['Nothing was ingested.'] } : left)
  }
  const stores = await openStores(place)
  if (E.isLeft(stores)) return stores
  const { name } = input.right
  const tally = emptyTally()
  // Rulesets from any source: anyone who can ingest a file can write to the ledger.
  return withIngestor(stores.right, { trust: 'all', backfill }, async (ingestor) => {
    onOpen()
    const { failure, lastLine } = await ingestInput(input.right, ingestor, { tally, signal, onProgress })
    return E.right({
      name,
      tally,
      lastLine,
      failure: failure && { ...failure, details: [describeKept(failure, lastLine)] },
    })
  })
}

const describeKept = ({ kind }: AppError, lastLine: number): string =>
  kind === 'invalid'
    ? `Stopped after line ${lastLine}; the lines up to there are stored, as events or as dead letters.`
    : `Stopped after line ${lastLine}: what is counted is on disk. Fix the problem and run it again; events already stored count as duplicates.`
