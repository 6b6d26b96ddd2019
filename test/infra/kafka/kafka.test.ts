import { expect, test, vi } from 'vitest'
import { PATIENCE } from '../../patience.ts'
import { clientOf, createTopic, produce, readFromStart } from './client.ts'
import { describeWithKafka } from './kafka.ts'

describeWithKafka('given the Kafka of the test run', (brokers) => {
  test('when something is written, then it is read', async () => {
    const kafka = clientOf(brokers)
    const topic = `helper-${crypto.randomUUID()}`
    await createTopic(kafka, topic)
    await produce(kafka, topic, 'one', 'two')
    const reading = await readFromStart(kafka, topic)
    await vi.waitFor(() => expect(reading.values).toEqual(['one', 'two']), PATIENCE)
    await reading.stop()
  })
})
