import { setTimeout as delay } from 'node:timers/promises'
import { writeFile } from '../../../src/foundation/files/write-file.ts'

// Writes a file and never finishes, for tests that end the process: slow-writer.ts FILE [handled]
const [, , file = '', handled] = process.argv
if (handled === 'handled') process.once('SIGINT', () => process.exit(7))

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield Buffer.from('half\n')
    process.stdout.write('.')
    await delay(20)
  }
}
process.stdout.write('ready ')
await writeFile(file, endless())
