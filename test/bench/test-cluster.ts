import { startTestServer } from '../ledger/eventstoredb/server/server.ts'

/** Runs the tests' server in its own process: prints its address, ends when its input does. */
const server = await startTestServer()
process.stdout.write(`${server.url}\n`)
process.stdin.resume().on('end', () => process.exit(0))
