import * as E from '#fp/Either'
import type { AppError } from '../error.ts'
import { ingestInput } from '../ingest/ingest-input.ts'
import { type IngestInput, type InputSource, openInput } from '../ingest/input.ts'
import { emptyTally, type IngestTally } from '../ingest/tally.ts'
import { withIngestor } from '../ingest/with-ingestor.ts'
import { openCheckStores } from './check-stores.ts'

export type CheckOptions = {
  readonly sources: ReadonlyArray<InputSource>
  /** Ms since the epoch. */
  readonly clock: () => number
  /** A folder that temporary files may be written to. */
  readonly scratch: string
  /** Stops it; the rest is not checked. */
  readonly signal: AbortSignal
  /** Called once all inputs are open, before their events are checked. */
  readonly onOpen: () => void
  /** Called with how many bytes of an input are read, and the total if known; from 0 for each input and each pass. */
  readonly onProgress: (done: number, total: number) => void
}

/** What ingest would report. */
export type EventsCheck = {
  /** The inputs' names. */
  readonly names: ReadonlyArray<string>
  readonly tally: IngestTally
  /** Why reading an input failed; null if all were read, or it was stopped. */
  readonly failure: AppError | null
}

/** Checks events as if they were ingested into an empty ledger, one input after the other. Stores nothing. */
export const checkEvents = async ({
  sources,
  clock,
  scratch,
  signal,
  onOpen,
  onProgress,
}: CheckOptions): Promise<E.Either<AppError, EventsCheck>> => {
  const inputs: IngestInput[] = []
  for (const source of sources) {
    const input = await openInput(source, { signal, onCheck: onProgress })
    if (E.isLeft(input)) return input
    inputs.push(input.right)
  }
  const stores = await openCheckStores(scratch, clock)
  if (E.isLeft(stores)) return stores
  const names = inputs.map(({ name }) => name)
  const tally = emptyTally()
  return withIngestor(stores.right, { trust: 'all' }, async (ingestor) => {
    onOpen()
    for (const input of inputs) {
      if (signal.aborted) break
      const { failure, lastLine } = await ingestInput(input, ingestor, { tally, signal, onProgress })
      if (failure === null) continue
      const details = [`Stopped after line ${lastLine} of ${input.name}.`]
      return E.right({ names, tally, failure: { ...failure, details } })
    }
    return E.right({ names, tally, failure: null })
  })
}
