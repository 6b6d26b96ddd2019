import { parentPort, workerData } from 'node:worker_threads'
import * as E from '#fp/Either'
import { attempt } from '../../foundation/attempt.ts'
import { forReading } from '../../foundation/sqlite/read-only.ts'
import { reading } from './pages.ts'
import { AHEAD, packPage, type ReadAnswer, type ReadRequest } from './reading-thread.ts'
import { ledgerFile } from './schema.ts'

const port = parentPort
if (port === null) throw new Error('reading-worker must be started as a worker thread')

// Cast: the only caller is reading-thread.ts.
const { path, after, upTo } = workerData as ReadRequest
let allowed = AHEAD
let more = Promise.withResolvers<void>()
port.on('message', () => {
  allowed++
  more.resolve()
  more = Promise.withResolvers()
})

const post = (answer: ReadAnswer): void => port.postMessage(answer)

const file = attempt(path, () => forReading(path, ledgerFile))
if (E.isLeft(file)) post(file)
else {
  for await (const page of reading(file.right, path).range(after, upTo)) {
    while (allowed === 0) await more.promise
    allowed--
    post(E.isLeft(page) ? page : E.right(packPage(page.right)))
  }
  file.right.db.close()
}
port.close()
