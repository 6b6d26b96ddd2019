import { expect, test } from 'vitest'
import { whyNoBroker } from '../../../src/ingest/kafka/errors.ts'

/** An error as kafkajs throws it. */
const kafkaError = (name: string, message: string, cause?: Error): Error =>
  Object.assign(new Error(message, { cause }), { name })

test('given a broker that does not answer, then its address is to be checked', () => {
  const cause = kafkaError('KafkaJSConnectionError', 'Connection error: connect ECONNREFUSED 10.0.0.7:9092')

  expect(
    whyNoBroker(['a:9092', 'b:9092'], kafkaError('KafkaJSNumberOfRetriesExceeded', cause.message, cause)),
  ).toBe(
    'no answer from a:9092, b:9092: Connection error: connect ECONNREFUSED 10.0.0.7:9092; check the address, and that the broker is running',
  )
})

test('given a broker that rejects the password, then it did answer, and the password is to be checked', () => {
  const cause = kafkaError(
    'KafkaJSSASLAuthenticationError',
    'SASL SCRAM SHA-256 authentication failed: Invalid credentials',
  )

  expect(whyNoBroker(['a:9092'], cause)).toBe(
    'a:9092: SASL SCRAM SHA-256 authentication failed: Invalid credentials; check the mechanism, the user and the password',
  )
})
