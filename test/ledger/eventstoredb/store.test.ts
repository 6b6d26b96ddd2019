import { randomUUID } from 'node:crypto'
import { USUAL } from '../../../src/ledger/eventstoredb/store.ts'
import { ledgerContract } from '../contract.ts'
import { BRIEF, openOn } from './cluster.ts'
import { startTestServer } from './server/server.ts'

const { EVENTSTORE_URL } = process.env

// On a server that others use too, each ledger has streams of its own by a prefix.
if (EVENTSTORE_URL) {
  ledgerContract('the cluster of EVENTSTORE_URL', async (clock) => {
    const prefix = `test-${randomUUID()}-`
    const open = (acceptClock = false) => openOn(EVENTSTORE_URL, clock, USUAL, prefix, acceptClock)
    return { ...open(), again: async (options) => open(options?.acceptClock) }
  })
}

ledgerContract('EventStoreDB, in this process', async (clock) => {
  const server = await startTestServer()
  const opened = openOn(server.url, clock)
  return {
    ...opened,
    again: async (options) => openOn(server.url, clock, BRIEF, '', options?.acceptClock),
    remove: async () => {
      await opened.remove()
      await server.close()
    },
  }
})
