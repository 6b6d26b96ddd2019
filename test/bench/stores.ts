import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import * as E from '#fp/Either'
import { admit } from '../../src/ingest/accept/admit.ts'
import { appendEvents } from '../../src/ingest/pipeline/append-events.ts'
import type { PreparedEvent } from '../../src/ledger/event/prepare.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { unwrap } from '../ledger/events.ts'
import type { BenchCluster, Calls } from './cluster.ts'

/** Events a second of one store: the same events in the same batches, then all of them read. */
export type StoreFigures = {
  readonly append: number
  readonly again: number
  /** Again, by a process that knows nothing of them yet. */
  readonly restarted: number
  readonly read: number
  /** Calls to the cluster for each event appended, and for each duplicate after a restart. */
  readonly calls: { readonly append: Calls; readonly restarted: Calls } | null
}

const BATCH = 8_192

/** Appends events to a new ledger, twice more (all duplicates, before and after a restart), and reads them. */
export const benchStore = async (
  data: string,
  cluster: BenchCluster | undefined,
  events: ReadonlyArray<PreparedEvent>,
): Promise<StoreFigures> => {
  const open = async () => unwrap(await openLedger(data, { cluster: cluster?.url }))
  let opened = await open()
  const timed = async (work: () => Promise<unknown>): Promise<{ rate: number; calls: Calls | null }> => {
    const before = (await cluster?.calls()) ?? null
    const start = performance.now()
    await work()
    const rate = (events.length / (performance.now() - start)) * 1000
    const after = (await cluster?.calls()) ?? null
    if (before === null || after === null) return { rate, calls: null }
    const each = (count: (calls: Calls) => number): number => (count(after) - count(before)) / events.length
    return { rate, calls: { appends: each(({ appends }) => appends), reads: each(({ reads }) => reads) } }
  }
  const appendAll = async (): Promise<void> => {
    for (let i = 0; i < events.length; i += BATCH) {
      unwrap(await appendEvents(opened.ledger, events.slice(i, i + BATCH)))
    }
  }
  const append = await timed(appendAll)
  const again = await timed(appendAll)
  await opened.close()
  opened = await open()
  const restarted = await timed(appendAll)
  const read = await timed(async () => {
    for await (const page of opened.ledger.readAll(null)) unwrap(page)
  })
  await opened.close()
  return {
    append: append.rate,
    again: again.rate,
    restarted: restarted.rate,
    read: read.rate,
    calls:
      append.calls === null || restarted.calls === null
        ? null
        : { append: append.calls, restarted: restarted.calls },
  }
}

/** The first events of a file, prepared. */
export const preparedEvents = async (file: string, count: number): Promise<ReadonlyArray<PreparedEvent>> => {
  const events: PreparedEvent[] = []
  for await (const line of createInterface(createReadStream(file))) {
    const admitted = admit(Buffer.from(line), { now: Date.now(), trust: 'all' })
    if (E.isRight(admitted)) events.push(admitted.right.prepared)
    if (events.length === count) break
  }
  return events
}
