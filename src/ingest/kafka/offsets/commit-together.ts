import { setImmediate } from 'node:timers/promises'
import type { EachBatchPayload, PartitionOffset } from 'kafkajs'

/** Commits a partition's offset. */
export type CommitOffset = (payload: EachBatchPayload, offset: Committed) => Promise<void>

type Committed = PartitionOffset & { readonly metadata: string }

/**
 * Commits the offsets of partitions that are finished at the same time in one request: a broker handles the requests
 * of a connection one after the other, and nothing more is fetched until all are answered.
 */
export const commitTogether = (): CommitOffset => {
  let open: { readonly offsets: Committed[]; readonly committed: Promise<void> } | null = null
  return ({ batch, commitOffsetsIfNecessary }, offset) => {
    if (open === null) {
      const offsets: Committed[] = []
      const committed = setImmediate().then(() => {
        open = null
        return commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions: offsets }] })
      })
      open = { offsets, committed }
    }
    open.offsets.push(offset)
    return open.committed
  }
}
