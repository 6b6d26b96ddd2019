import * as E from '#fp/Either'
import { openExisting } from '../../../src/ledger/open.ts'
import { unwrap } from '../events.ts'

/**
 * `reader.ts FOLDER [URL]`: reads a ledger's events. After the first page it says so, and goes on when it is told to; at
 * the end it prints how many events there were, or the error.
 */
const [, , dir = '', cluster] = process.argv
const { ledger, close } = unwrap(await openExisting(dir, { cluster }))
let events = 0
let announced = false
let answer: unknown = null
for await (const page of ledger.readAll(null)) {
  if (E.isLeft(page)) {
    answer = page.left
    break
  }
  events += page.right.length
  if (announced) continue
  announced = true
  process.stdout.write('first page\n')
  await new Promise((resolve) => process.stdin.once('data', resolve))
}
const head = await ledger.head()
process.stdout.write(
  `${JSON.stringify({ events, error: answer, head: E.isLeft(head) ? head.left : head.right.sequence })}\n`,
)
await close()
process.exit()
