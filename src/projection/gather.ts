import * as E from '#fp/Either'
import type { Ledger, LedgerError, Pages, SequencedEvent } from '../ledger/port.ts'
import { readDecoded } from '../ledger/read.ts'
import { type EventBatch, eventBatch } from './events/batch.ts'
import type { SignalColumn } from './events/signals.ts'

/** What was read, and whether there can be more. */
type Gathered =
  | { readonly kind: 'events'; readonly batch: EventBatch; readonly ended: boolean }
  | { readonly kind: 'failed'; readonly error: LedgerError }

/** Reads and decodes ahead until `over` aborts: while events are processed, later ones are gathered, up to a full batch. */
export type Gathering = {
  /** Returns what was gathered once that is `least` events or a full batch, the reading has ended, or `patience` (ms) is over. */
  readonly take: (least: number, patience: number) => Promise<Gathered>
}

export const gather = (
  ledger: Pick<Ledger, 'vocabulary'>,
  pages: Pages<SequencedEvent>,
  over: AbortSignal,
  signals: () => ReadonlyArray<SignalColumn> = () => [],
): Gathering => {
  let batch = eventBatch(signals())
  let ended = false
  let error: LedgerError | null = null
  let thrown: { readonly error: unknown } | null = null
  /** Reader and taker wait on this for the other side to make progress. */
  let changed = Promise.withResolvers<void>()
  const notify = (): void => {
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
      notify()
      while (batch.isFull() && !over.aborted) await changed.promise
      if (over.aborted) return
    }
  }
  over.addEventListener('abort', notify)
  void read()
    .catch((reason: unknown) => {
      thrown = { error: reason }
    })
    .finally(() => {
      ended = true
      notify()
    })

  return {
    take: async (least, patience) => {
      const deadline = performance.now() + patience
      while (batch.size() < least && !batch.isFull() && !ended) {
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
      batch = eventBatch(signals())
      notify()
      return { kind: 'events', batch: taken, ended: ended && error === null }
    },
  }
}
