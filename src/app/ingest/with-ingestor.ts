import { threadDecoder } from '../../ingest/accept/decoder.ts'
import { type IngestInto, type Ingestor, openIngestor } from '../../ingest/pipeline/ingestor.ts'

/** What an ingestor writes to. */
export type IngestStores = Pick<IngestInto, 'ledger' | 'expectedKeys' | 'letters' | 'clock'> & {
  readonly close: () => Promise<void>
}

/** Opens an ingestor into these stores, and closes it and them after `use`. */
export const withIngestor = async <A>(
  stores: IngestStores,
  intake: Pick<IngestInto, 'trust' | 'backfill'>,
  use: (ingestor: Ingestor) => Promise<A>,
): Promise<A> => {
  const decoder = threadDecoder()
  try {
    return await use(openIngestor({ ...stores, ...intake, decoder }))
  } finally {
    await decoder.close()
    await stores.close()
  }
}
