import * as E from '#fp/Either'
import type { Ledger, LedgerError, Pages, SequencedEvent } from '../ledger/port.ts'
import { readDecoded } from '../ledger/read.ts'
import { type EventBatch, eventBatch } from './events/insert.ts'

/** What was read, and whether more can come. */
type Gathered =
  | { readonly kind: 'events'; readonly batch: EventBatch; readonly ended: boolean }
  | { readonly kind: 'failed'; readonly error: LedgerError }

/** Reads ahead, decoding, until `over`: events gather while those before them are worked on, `most` of them at the most. */
export type Gathering = {
  /** What has gathered, once it is `least` events, or the reading ended, or `patience` (ms) is over. */
  readonly take: (least: number, patience: number) => Promise<Gathered>
}

export const gather = (
  ledger: Pick<Ledger, 'vocabulary'>,
  pages: Pages<SequencedEvent>,
  most: number,
  over: AbortSignal,
): Gathering => {
  let batch = eventBatch()
  let ended = false
  let error: LedgerError | null = null
  let thrown: { readonly error: unknown } | null = null
  /** Each side waits for the other to say that something changed. */
  let changed = Promise.withResolvers<void>()
  const tell = (): void => {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }

  const read = async (): Promise<void> => {
    for await (const page of readDecoded(ledger, pages)) {
      if (E.isLeft(page)) {
        error = page.left
        return
      }
      batch.add(page.right)
      tell()
      while (batch.size() >= most && !over.aborted) await changed.promise
      if (over.aborted) return
    }
  }
  over.addEventListener('abort', tell)
  void read()
    .catch((reason: unknown) => {
      thrown = { error: reason }
    })
    .finally(() => {
      ended = true
      tell()
    })

  return {
    take: async (least, patience) => {
      const deadline = performance.now() + patience
      while (batch.size() < least && !ended) {
        const left = deadline - performance.now()
        if (left <= 0) break
        let timer: NodeJS.Timeout | undefined
        const timeUp = new Promise<void>((resolve) => {
          timer = Number.isFinite(left) ? setTimeout(resolve, left) : undefined
        })
        await Promise.race([changed.promise, timeUp])
        clearTimeout(timer)
      }
      if (thrown !== null) throw thrown.error
      const taken = batch
      if (taken.size() === 0 && error !== null) return { kind: 'failed', error }
      batch = eventBatch()
      tell()
      return { kind: 'events', batch: taken, ended: ended && error === null }
    },
  }
}
