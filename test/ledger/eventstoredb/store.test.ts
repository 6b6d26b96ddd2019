import { ledgerContract } from '../contract.ts'
import { openOn } from './cluster.ts'
import { startTestServer } from './server/server.ts'

ledgerContract('EventStoreDB', async (clock) => {
  const server = await startTestServer()
  const opened = openOn(server.url, clock)
  return {
    ...opened,
    remove: async () => {
      await opened.remove()
      await server.close()
    },
  }
})
