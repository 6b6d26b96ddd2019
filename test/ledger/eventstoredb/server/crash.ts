import { setTimeout as sleep } from 'node:timers/promises'
import { append, disposeClient, openClient, seen } from './client.ts'
import { startTestServer } from './server.ts'

// A process of its own for what would end the tests' process. Says on stdout what it saw.

process.on('uncaughtException', (error) => process.stdout.write(`uncaught: ${error.message}\n`))

const server = await startTestServer()
const client = openClient(server.url)

if (process.argv[2] === 'twice') {
  server.faults.nextAppends({ kind: 'twice' })
  await append(client, 'a', [1])
} else {
  const other = openClient(server.url)
  await append(client, 'a', [1])
  await append(other, 'b', [2])
  if (process.argv[2] === 'in-turn') await disposeClient(other)
  server.faults.nextAppends({ kind: 'slow', milliseconds: 300 })
  const pending = seen(append(client, 'a', [3]), 5_000)
  await sleep(100)
  if (process.argv[2] === 'two-clients') await disposeClient(other)
  const result = await pending
  process.stdout.write(`pending: ${result.kind === 'failed' ? String(result.error).trim() : result.kind}\n`)
}

await sleep(500)
process.exit(0)
