import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { isRetriable } from '../../../../src/ingest/kafka/errors.ts'
import { readEntry } from '../../../../src/ingest/kafka/log-entry.ts'
import { GaveUp, retrying } from '../../../../src/ingest/kafka/run/retrying.ts'
import { openTroubles } from '../../../../src/ingest/kafka/run/troubles.ts'

const require = createRequire(import.meta.url)
const { errorCodes } = require('kafkajs/src/protocol/error.js')
const errors = require('kafkajs/src/errors.js')
/** An error of the protocol, by kafkajs's name, as it comes out of kafkajs. */
const protocol = (type: string): Error =>
  new errors.KafkaJSProtocolError(errorCodes.find((one: { readonly type: string }) => one.type === type))
const givenUp = (error: Error): Error => new errors.KafkaJSNumberOfRetriesExceeded(error, { retryCount: 1 })

const RETRIED = [
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_CONTROLLER',
  'NOT_ENOUGH_REPLICAS',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_MEMBER_ID',
]
const FINAL = [
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'MESSAGE_TOO_LARGE',
  'UNSUPPORTED_VERSION',
  'INVALID_CONFIG',
]

describe('given an error of Kafka', () => {
  for (const type of RETRIED) {
    test(`${type} is retried, also after kafkajs has given it up`, () => {
      expect(isRetriable(protocol(type))).toBe(true)
      expect(isRetriable(givenUp(protocol(type)))).toBe(true)
    })
  }
  for (const type of FINAL) {
    test(`${type} is final`, () => {
      expect(isRetriable(protocol(type))).toBe(false)
      expect(
        isRetriable(new errors.KafkaJSNonRetriableError(protocol(type), { cause: protocol(type) })),
      ).toBe(false)
    })
  }
  test('a connection that breaks is retried; a bug of our own is not', () => {
    expect(isRetriable(new errors.KafkaJSConnectionError('connect ECONNREFUSED'))).toBe(true)
    expect(isRetriable(new errors.KafkaJSGroupCoordinatorNotFound('Failed to find group coordinator'))).toBe(
      true,
    )
    expect(isRetriable(new TypeError('x is not a function'))).toBe(false)
    expect(isRetriable('text')).toBe(false)
  })
})

const troublesWith = (now = () => 0) => {
  const messages: string[] = []
  return { messages, troubles: openTroubles(({ message }) => messages.push(message), now) }
}

describe('given something that is retried', () => {
  const failing = (times: number, error: Error) => {
    let left = times
    return async (): Promise<string> => {
      if (left-- > 0) throw error
      return 'done'
    }
  }

  test('when it finally succeeds, then each trouble is reported once, and that it is over', async () => {
    const { messages, troubles } = troublesWith()
    const retry = retrying({ troubles, patience: () => 10_000, stop: new AbortController().signal })
    expect(await retry(failing(2, protocol('GROUP_LOAD_IN_PROGRESS')))).toBe('done')
    expect(messages).toEqual([
      "Kafka: The coordinator is loading and hence can't process requests for this group; retrying",
      'Kafka: recovered after 0 s',
    ])
  })

  test('when it never does, then it is given up in time, with the reason', async () => {
    const retry = retrying({
      troubles: troublesWith().troubles,
      patience: () => 500,
      stop: new AbortController().signal,
    })
    const error: unknown = await retry(failing(1_000, protocol('NOT_COORDINATOR_FOR_GROUP'))).catch(
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(GaveUp)
    expect(Object(error).message).toBe('This is not the correct coordinator for this group')
  })

  test('when it cannot be retried, or must stop, then it fails at once', async () => {
    const stop = new AbortController()
    const retry = retrying({ troubles: troublesWith().troubles, patience: () => null, stop: stop.signal })
    await expect(retry(failing(1, protocol('GROUP_AUTHORIZATION_FAILED')))).rejects.toThrow('Not authorized')
    const waiting = retry(failing(1_000, protocol('NOT_COORDINATOR_FOR_GROUP')))
    stop.abort()
    await expect(waiting).rejects.toThrow('not the correct coordinator')
  })
})

describe('given troubles from several sources', () => {
  test('then each is reported once while any lasts, and the end when all are over', () => {
    let now = 0
    const { messages, troubles } = troublesWith(() => now)
    troubles.hit('consumer', 'a')
    troubles.hit('producer', 'a')
    troubles.hit('consumer', 'b')
    troubles.hit('consumer', null)
    now = 5_000
    expect(troubles.duration()).toBe(5_000)
    troubles.recovered('producer')
    troubles.recovered('consumer', 6_000)
    expect(messages).toEqual(['Kafka: a; retrying', 'Kafka: b; retrying'])
    now = 7_000
    troubles.recovered('consumer', 6_000)
    expect(messages.at(-1)).toBe('Kafka: recovered after 7 s')
    expect(troubles.duration()).toBe(0)
    troubles.recovered('consumer')
    expect(messages).toHaveLength(3)
    troubles.hit('admin', 'a')
    expect(messages.at(-1)).toBe('Kafka: a; retrying')
  })
})

describe('given an entry of kafkajs\u2019s log', () => {
  const read = (message: string, error?: string) =>
    readEntry({
      namespace: 'Connection',
      level: 1,
      label: 'ERROR',
      log: { timestamp: '', message, ...(error === undefined ? {} : { error }) },
    })

  test('then what is retried is a trouble, with only its reason', () => {
    expect(
      read('Response OffsetFetch(key: 9, version: 5)', protocol('NOT_COORDINATOR_FOR_GROUP').message),
    ).toEqual({
      kind: 'trouble',
      reason: 'This is not the correct coordinator for this group',
    })
    expect(read('Connection error: connect ECONNREFUSED 127.0.0.1:1')).toEqual({
      kind: 'trouble',
      reason: 'connect ECONNREFUSED 127.0.0.1:1',
    })
    expect(read('Failed to connect to seed broker, trying another broker from the list: x')).toEqual({
      kind: 'trouble',
      reason: null,
    })
  })

  test('then what is reported elsewhere is left out, and everything else is a remark', () => {
    expect(read('Restarting the consumer in 300ms').kind).toBe('noise')
    expect(read('Response Fetch(key: 1)', protocol('TOPIC_AUTHORIZATION_FAILED').message)).toEqual({
      kind: 'remark',
      remark: {
        level: 'error',
        message:
          'Connection: Response Fetch(key: 1) (Not authorized to access topics: [Topic authorization failed])',
      },
    })
  })
})
