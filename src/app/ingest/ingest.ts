import * as E from '#fp/Either'
import type { AppError } from '../error.ts'
import { openStores, type RecordingPlace } from '../stores.ts'
import { type InputSource, openInput } from './input.ts'
import { takeInput } from './take-input.ts'
import { emptyTally, type IngestTally } from './tally.ts'
import { withIngestor } from './with-ingestor.ts'

export type IngestOptions = RecordingPlace & {
  readonly source: InputSource
  /** Ends it; what was taken in by then stays. */
  readonly signal: AbortSignal
  /** Called when the ledger is open and events are taken in. */
  readonly onOpen: () => void
  /** Told how many bytes of a compressed file are looked at, of how many, before anything of it is taken in. */
  readonly onCheck: (done: number, total: number) => void
  /** Told how many bytes are read, of how many, where that is known. */
  readonly onProgress: (done: number, total: number) => void
}

/** What was taken in, all of it on disk. */
export type Ingested = {
  /** The input's name. */
  readonly name: string
  readonly tally: IngestTally
  /** Up to which line the tally counts. */
  readonly lastLine: number
  /** Why it could not go on; null where it came to the end of the input, or was told to stop. */
  readonly failure: AppError | null
}

/** Takes in NDJSON events. What is refused is kept as a dead letter. An error: nothing was taken in. */
export const ingestEvents = async ({
  source,
  signal,
  onOpen,
  onCheck,
  onProgress,
  ...place
}: IngestOptions): Promise<E.Either<AppError, Ingested>> => {
  const input = await openInput(source, { signal, onCheck })
  if (E.isLeft(input)) return input
  const stores = await openStores(place)
  if (E.isLeft(stores)) return stores
  const { name } = input.right
  const tally = emptyTally()
  // Rulesets of any source: a file comes from whoever may write to the ledger.
  return withIngestor(stores.right, 'all', async (ingestor) => {
    onOpen()
    const { failure, lastLine } = await takeInput(input.right, ingestor, { tally, signal, onProgress })
    return E.right({
      name,
      tally,
      lastLine,
      failure: failure && { ...failure, details: [whatStays(failure, lastLine)] },
    })
  })
}

const whatStays = ({ kind }: AppError, lastLine: number): string =>
  kind === 'invalid'
    ? `Stopped after line ${lastLine}; the lines up to there are kept, as events or as dead letters.`
    : `Stopped after line ${lastLine}: what is counted is on disk. Run it again when that is mended; nothing is doubled.`
