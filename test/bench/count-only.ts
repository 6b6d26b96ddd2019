import { clientOf } from '../infra/kafka/client.ts'

/** `count-only.ts ADDRESS TOPIC COUNT GROUP`: a consumer that only counts, until it has seen COUNT messages. */
const [address = '', topic = '', count = '', groupId = ''] = process.argv.slice(2)

const consumer = clientOf(address).consumer({ groupId, maxWaitTimeInMs: 1_000 })
let seen = 0
await consumer.connect()
await consumer.subscribe({ topics: [topic], fromBeginning: true })
const { promise, resolve } = Promise.withResolvers<void>()
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch, heartbeat }) => {
    seen += batch.messages.length
    if (seen >= Number(count)) resolve()
    await heartbeat()
  },
})
await promise
await consumer.disconnect()
