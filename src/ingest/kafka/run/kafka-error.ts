import { type KafkaError, reasonOf } from '../errors.ts'
import { NoSuchTopic } from '../topics/prepare-topics.ts'
import { GaveUp } from './retrying.ts'

/** What ended the work with Kafka, as a value. */
export const asKafkaError = (error: unknown): KafkaError => {
  if (!(error instanceof GaveUp)) return { kind: 'crashed', message: reasonOf(error) }
  return error.cause instanceof NoSuchTopic
    ? { kind: 'topic', message: error.message }
    : { kind: 'not_ready', message: `Kafka was not ready in time: ${error.message}` }
}
