import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as E from '#fp/Either'
import { admit } from '../../src/ingest/accept/admit.ts'
import { appendEvents } from '../../src/ingest/pipeline/append-events.ts'
import type { PreparedEvent } from '../../src/ledger/event/prepare.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { unwrap } from '../ledger/events.ts'

/** Events a second of one store: the same events in the same batches, then all of them read. */
export type StoreFigures = { readonly append: number; readonly again: number; readonly read: number }

const BATCH = 8_192

/** Appends events to a new ledger, once more (all duplicates), and reads them. */
export const benchStore = async (
  data: string,
  cluster: string | undefined,
  events: ReadonlyArray<PreparedEvent>,
): Promise<StoreFigures> => {
  const { ledger, close } = unwrap(await openLedger(data, { cluster }))
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now()
    await work()
    return (events.length / (performance.now() - start)) * 1000
  }
  const appendAll = async (): Promise<void> => {
    for (let i = 0; i < events.length; i += BATCH) {
      unwrap(await appendEvents(ledger, events.slice(i, i + BATCH)))
    }
  }
  const figures = {
    append: await timed(appendAll),
    again: await timed(appendAll),
    read: await timed(async () => {
      for await (const page of ledger.readAll(null)) unwrap(page)
    }),
  }
  await close()
  return figures
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

/** The cluster of EVENTSTORE_URL, else the tests' server (which keeps everything in memory) in its own process. */
export const benchCluster = async (): Promise<{ readonly url: string; readonly close: () => void }> => {
  const { EVENTSTORE_URL } = process.env
  if (EVENTSTORE_URL) return { url: EVENTSTORE_URL, close: () => {} }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test-cluster.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [url] = await once(child.stdout, 'data')
  return { url: String(url).trim(), close: () => void child.stdin.end() }
}
