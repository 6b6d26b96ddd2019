import { describe, expect, test } from 'vitest'
import {
  decodeMetadataResponse,
  encodeMetadataRequest,
} from '../../../../src/ingest/kafka/topics/metadata-v10.ts'

const bytes = (...parts: ReadonlyArray<string>): Buffer => Buffer.from(parts.join(''), 'hex')
const ID = '00112233445566778899aabbccddeeff'
const text = (value: string): string => Buffer.from(value).toString('hex')

/** One broker, one topic with two partitions; with tagged fields that nobody knows, which are to be passed over. */
const response = (error: string, id: string): Buffer =>
  bytes(
    '01' + '05' + '02' + 'beef', // the header's tags: tag 5, two bytes
    '00000000', // throttle time
    ...['02', '00000001', '0a', text('localhost'), '00002384', '00', '00'], // brokers
    ...['00', '00000001'], // cluster, controller
    ...['02', error, '07', text('events'), id, '00'],
    '03',
    ...['0000', '00000000', '00000001', '00000000', '02', '00000001', '02', '00000001', '01', '00'],
    ...['0005', '00000001', 'ffffffff', '00000000', '02', '00000001', '01', '02', '00000001', '00'],
    ...['80000000', '01', '00', '81', '01', '00'.repeat(129)], // operations; tag 0 of 129 bytes: a length of two bytes
    ...['80000000', '00'],
  )

describe('given Metadata, version 10', () => {
  test('then a request asks for one topic, and creates none', () => {
    expect(encodeMetadataRequest('events').toString('hex')).toBe(
      `00${'02'}${'00'.repeat(16)}07${text('events')}00000000${'00'}`,
    )
    // A length of two bytes: Kafka's longest name.
    expect(encodeMetadataRequest('x'.repeat(249)).subarray(18, 20).toString('hex')).toBe('fa01')
  })

  test('then a response has a topic’s id in the form of Kafka’s tools, and the leaders of its partitions', () => {
    expect(decodeMetadataResponse(response('0000', ID))).toEqual([
      { errorCode: 0, name: 'events', topicId: 'ABEiM0RVZneImaq7zN3u_w', leaders: [1] },
    ])
  })

  test('when the topic has no id, or does not exist, then the response says so', () => {
    expect(decodeMetadataResponse(response('0003', '00'.repeat(16)))).toMatchObject([
      { errorCode: 3, topicId: null },
    ])
  })

  test('when it is truncated anywhere, then it is refused', () => {
    const whole = response('0000', ID)
    // What comes after the topics is not read.
    for (let length = 0; length < whole.length - 5; length++) {
      expect(() => decodeMetadataResponse(whole.subarray(0, length)), String(length)).toThrow('too soon')
    }
    expect(() => decodeMetadataResponse(bytes('ffffffffffff'))).toThrow('too long')
  })
})
