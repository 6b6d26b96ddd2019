import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import type { PreparedEvent } from '../../src/ledger/event/prepare.ts'
import { inParallel } from '../../src/ledger/eventstoredb/in-parallel.ts'

/** The calls that a cluster has received. */
export type Calls = { readonly appends: number; readonly reads: number }

export type BenchCluster = {
  readonly url: string
  /** Null for a cluster that does not count them. */
  readonly calls: () => Promise<Calls | null>
  readonly close: () => void
}

/** The cluster of EVENTSTORE_URL, else the tests' server (which keeps everything in memory) in its own process. */
export const benchCluster = async (): Promise<BenchCluster> => {
  const { EVENTSTORE_URL } = process.env
  if (EVENTSTORE_URL) return { url: EVENTSTORE_URL, calls: async () => null, close: () => {} }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test-cluster.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const output = createInterface(child.stdout)
  const nextLine = async (): Promise<string> => String((await once(output, 'line'))[0])
  const url = await nextLine()
  return {
    url,
    calls: async () => {
      const line = nextLine()
      child.stdin.write('\n')
      return JSON.parse(await line)
    },
    close: () => void child.stdin.end(),
  }
}

/** Appends that are under way at once, as many as the cluster store has. */
const AT_ONCE = 256

/** Events a second that the official client appends, one event a call, each to the stream of its account. */
export const plainAppends = async (url: string, events: ReadonlyArray<PreparedEvent>): Promise<number> => {
  const client = EventStoreDBClient.connectionString(url)
  const run = Date.now()
  const whole = events.map((event) => {
    const start = event.kind === 'plain' ? event.head : `${event.head}{}${event.middle}`
    const data = JSON.parse(`${start},${event.tail}`)
    return { stream: `plain-${run}-${event.stream}`, event: jsonEvent({ type: 'plain', data }) }
  })
  const start = performance.now()
  await inParallel(AT_ONCE, whole, ({ stream, event }) => client.appendToStream(stream, event))
  const seconds = (performance.now() - start) / 1_000
  await client.dispose()
  return events.length / seconds
}
