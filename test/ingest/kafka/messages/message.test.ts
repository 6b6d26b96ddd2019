import { hash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { cloudEventOf, type Message } from '../../../../src/ingest/kafka/messages/message.ts'
import { often } from '../../../long/often.ts'

const event = {
  specversion: '1.0',
  id: 'e1',
  source: '/test',
  type: 'flag.dismissed.v1',
  subject: 'u1',
  time: '2025-04-29T00:00:00Z',
  data: { flagId: 'f1', reviewer: { kind: 'human', id: 'r1' }, reason: 'caf\u00e9 \u{1f600}' },
}
const structured = Buffer.from(JSON.stringify(event))

const binary = (
  headers: Message['headers'] = {},
  value: Buffer | null = Buffer.from(JSON.stringify(event.data)),
) => ({
  value,
  headers: {
    ce_specversion: '1.0',
    ce_id: 'e1',
    ce_source: '/test',
    ce_type: 'flag.dismissed.v1',
    ce_subject: 'u1',
    ce_time: '2025-04-29T00:00:00Z',
    ...headers,
  },
})

const taken = (message: Message): Buffer => {
  const answer = cloudEventOf(message)
  if (E.isLeft(answer)) throw new Error(answer.left.rejection.message)
  return Buffer.from(answer.right)
}
const aside = (message: Message) => {
  const answer = cloudEventOf(message)
  if (E.isRight(answer)) throw new Error(`taken as ${Buffer.from(answer.right)}`)
  return answer.left
}

describe('given a message in structured mode', () => {
  for (const contentType of [
    'application/cloudevents+json',
    'application/cloudevents+json; charset=UTF-8',
    'Application/CloudEvents+JSON',
    'application/cloudevents',
  ]) {
    test(`when its content-type is ${contentType}, then the event is its unchanged value`, () => {
      expect(taken({ value: structured, headers: { 'content-type': contentType } })).toEqual(structured)
    })
  }

  test('when no header gives the mode, then its value is read as the event', () => {
    expect(taken({ value: structured })).toEqual(structured)
    expect(taken({ value: structured, headers: { traceparent: 'x' } })).toEqual(structured)
  })

  test('when it is in another format or has many events, then it is set aside, naming the header', () => {
    for (const contentType of ['application/cloudevents+avro', 'application/cloudevents-batch+json']) {
      const { rejection, raw } = aside({ value: structured, headers: { 'content-type': contentType } })
      expect(rejection).toMatchObject({ code: 'invalid', path: 'content-type' })
      expect(rejection.message).not.toContain(contentType)
      expect(raw).toEqual(structured)
    }
  })

  test('when it has no value, then it is empty', () => {
    expect(taken({ value: null })).toHaveLength(0)
  })

  test('when it is longer than any event may be, then its beginning is kept, with the hash and length of the whole', () => {
    const value = Buffer.alloc(5 * 1024 * 1024, 'x')
    expect(aside({ value })).toMatchObject({
      length: value.length,
      sha256: hash('sha256', value),
      raw: value.subarray(0, 65_536),
      rejection: { code: 'too_long' },
    })
  })
})

describe('given a message in binary mode', () => {
  test('then the event has the attributes of the headers and the value as its data', () => {
    expect(JSON.parse(taken(binary()).toString())).toEqual(event)
    const typed = binary({ 'content-type': 'application/json', other: 'x' })
    expect(JSON.parse(taken(typed).toString())).toEqual({ ...event, datacontenttype: 'application/json' })
  })

  test('then its data keeps every byte of the value, including spaces and order', () => {
    const value = Buffer.from('{ "b" : 1.50 ,\t"a":\n[ ] }')
    expect(taken(binary({}, value)).toString()).toContain(`"data":${value}}`)
  })

  test('when a header is repeated, then the attribute is too, for the decoder to refuse', () => {
    expect(taken(binary({ ce_id: ['e1', 'e2'] })).toString()).toContain('"id":"e1","id":"e2"')
  })

  test.each([
    ['application/json', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
  ])(
    'when content-type is %s and ce_datacontenttype %s, then the attribute is given once',
    (contentType, repeated) => {
      const { datacontenttype } = JSON.parse(
        taken(binary({ 'content-type': contentType, ce_datacontenttype: repeated })).toString(),
      )
      expect(datacontenttype).toBe(contentType)
      expect(
        taken(binary({ 'content-type': contentType, ce_datacontenttype: repeated })).toString(),
      ).not.toMatch(/datacontenttype.*datacontenttype/)
    },
  )

  test('when content-type and ce_datacontenttype differ, then both are kept, for the decoder to refuse', () => {
    expect(
      taken(
        binary({ 'content-type': 'application/json', ce_datacontenttype: 'application/x+json' }),
      ).toString(),
    ).toMatch(/datacontenttype.*datacontenttype/)
  })

  test('when a header is not UTF-8, then its bytes are unchanged, for the decoder to refuse', () => {
    expect(
      taken(binary({ ce_subject: Buffer.from([0x75, 0xff]) })).includes(
        Buffer.from([0x22, 0x75, 0xff, 0x22]),
      ),
    ).toBe(true)
  })

  test('when it has no value, then the event has no data', () => {
    expect(JSON.parse(taken(binary({}, Buffer.alloc(0))).toString())).not.toHaveProperty('data')
    expect(JSON.parse(taken(binary({}, null)).toString())).not.toHaveProperty('data')
  })

  test('when its value is not JSON, then it is set aside under data, with the attributes and the value in base64', () => {
    const value = Buffer.from('{"a":1')
    const { rejection, raw, sha256 } = aside(binary({}, value))
    expect(rejection).toMatchObject({ code: 'not_json', path: 'data' })
    expect(JSON.parse(Buffer.from(raw).toString())).toMatchObject({
      id: 'e1',
      data_base64: value.toString('base64'),
    })
    expect(sha256).toBe(hash('sha256', raw))
  })

  test('when a key within its value is duplicated, then the path starts with data', () => {
    expect(aside(binary({}, Buffer.from('{"signals":{"a":1,"a":2}}'))).rejection).toMatchObject({
      code: 'duplicate_key',
      path: expect.stringMatching(/^data\.signals/),
    })
  })

  test('when its value would close the event and add to it, then it is refused', () => {
    for (const value of ['{},"subject":"u2"', '{}}', '1,"dataschema":"x"']) {
      expect(E.isLeft(cloudEventOf(binary({}, Buffer.from(value)))), value).toBe(true)
    }
  })
})

describe('given headers as kafkajs provides them', () => {
  // Casts: its types do not say so, but a header without a value is null there, and one that is named like something that
  // objects inherit comes with that.
  const odd = (headers: object): Message => ({
    value: structured,
    headers: headers as NonNullable<Message['headers']>,
  })

  test('when one has no value, then it is ignored', () => {
    expect(taken(odd({ 'content-type': null, ce_id: null }))).toEqual(structured)
    expect(
      JSON.parse(taken(binary({ 'content-type': null } as unknown as Message['headers'])).toString()),
    ).toEqual(event)
  })

  test('when one is named like a method, then only own properties count', () => {
    expect(taken(odd({ toString: [Object.prototype.toString, Buffer.from('x')] }))).toEqual(structured)
  })
})

describe('given any headers and any value', () => {
  const header = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  )
  const headers = fc.dictionary(
    fc.oneof(fc.constantFrom('ce_id', 'ce_data', 'ce_type', 'ce_', 'content-type', 'Ce_x'), fc.string()),
    fc.oneof(header, fc.constant(null as unknown as string), fc.array(header, { maxLength: 2 })),
  )
  const value = fc.oneof(
    fc.constant(null),
    fc.json().map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  )

  test('then it is accepted or set aside, and a value that is accepted as data is exactly that data', () => {
    const seen = { taken: 0, aside: 0, data: 0 }
    fc.assert(
      fc.property(headers, value, (some, bytes) => {
        const answer = cloudEventOf({ headers: some, value: bytes })
        if (E.isLeft(answer)) {
          seen.aside++
          expect(answer.left.rejection.message).not.toBe('')
          return
        }
        seen.taken++
        const isBinary = Object.entries(some).some(
          ([name, one]) => name.startsWith('ce_') && [one].flat().some((given) => given !== null),
        )
        if (!isBinary || bytes === null || bytes.length === 0) return
        const text = Buffer.from(answer.right).toString('latin1')
        const json = bytes.toString('latin1')
        expect(text.endsWith(`"data":${json}}`)).toBe(true)
        seen.data++
      }),
      { numRuns: often(2_000, 100_000) },
    )
    expect(Math.min(seen.taken, seen.aside, seen.data)).toBeGreaterThan(100)
  })
})
