import { randomUUID } from 'node:crypto'
import { type ClusterLimits, USUAL } from '../../../src/ledger/eventstoredb/store.ts'
import { ledgerContract, type OpenForTest } from '../contract.ts'
import { BRIEF, openOn } from './cluster.ts'
import { startTestServer } from './server/server.ts'

const { EVENTSTORE_URL } = process.env

type On = { readonly url: string; readonly limits: ClusterLimits; readonly prefix: string }

/** An empty ledger on a cluster; `close` ends what was started for it. */
const openFor =
  ({ url, limits, prefix }: On, clock: () => number, close: () => Promise<void>) =>
  (dir?: string): ReturnType<OpenForTest> => {
    const again = openFor({ url, limits, prefix }, clock, close)
    const opened = openOn(url, clock, limits, prefix, false, dir)
    return Promise.resolve({
      ...opened,
      again: async (options) => openOn(url, clock, limits, prefix, options?.acceptClock),
      restart: async () => {
        await opened.close()
        return again(opened.dir)
      },
      remove: async () => {
        await opened.remove()
        await close()
      },
    })
  }

// On a server that others use too, each ledger has streams of its own by a prefix.
if (EVENTSTORE_URL) {
  ledgerContract('the cluster of EVENTSTORE_URL', async (clock) =>
    openFor({ url: EVENTSTORE_URL, limits: USUAL, prefix: `test-${randomUUID()}-` }, clock, async () => {})(),
  )
}

ledgerContract('EventStoreDB, in this process', async (clock) => {
  const server = await startTestServer()
  return openFor({ url: server.url, limits: BRIEF, prefix: '' }, clock, server.close)()
})
