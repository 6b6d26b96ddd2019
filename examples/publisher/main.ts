// A service that publishes what it does. Run it with a broker and a topic:
//   npx node examples/publisher/main.ts localhost:9092 enforcement.events binary
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { binary, dismissal, type Review, structured } from './events.ts'

const [broker = 'localhost:9092', topic = 'enforcement.events', mode = 'structured'] = process.argv.slice(2)

/** A real service reads these from its own database, and marks them as published after `send`. */
const reviews: ReadonlyArray<Review> = [
  { id: '4711', account: 'quilter', flagId: 'f-1', reviewer: 'r-3', at: new Date('2025-05-19T09:30:00Z') },
  { id: '4712', account: 'painter', flagId: 'f-6', reviewer: 'r-3', at: new Date('2025-05-19T09:32:00Z') },
]

const producer = new Kafka({ brokers: [broker], clientId: 'review', logLevel: logLevel.ERROR }).producer({
  idempotent: true,
  maxInFlightRequests: 1,
  createPartitioner: Partitioners.DefaultPartitioner,
})
await producer.connect()
try {
  const toMessage = mode === 'binary' ? binary : structured
  await producer.send({
    topic,
    acks: -1, // all replicas have it before `send` resolves
    messages: reviews.map((review) => toMessage(dismissal(review))),
  })
  console.log(`published ${reviews.length} events to ${topic} (${mode})`)
} finally {
  await producer.disconnect()
}
