import { createInterface } from 'node:readline'
import { startTestServer } from '../ledger/eventstoredb/server/server.ts'

/**
 * Runs the tests' server in its own process: prints its address, then, for each line of input, how many calls it has
 * received so far as JSON. Ends when its input does.
 */
const server = await startTestServer()
process.stdout.write(`${server.url}\n`)
for await (const _ of createInterface(process.stdin)) {
  const counted = { appends: server.faults.appends().length, reads: server.faults.reads().length }
  process.stdout.write(`${JSON.stringify(counted)}\n`)
}
process.exit(0)
