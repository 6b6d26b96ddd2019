import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { admit } from '../../../src/ingest/accept/admit.ts'
import { parseJson } from '../../../src/ingest/accept/json.ts'
import { isValid, keptOf, mutantText } from '../../domain/mutants.ts'
import { storedOf, storedTextOf } from '../../ledger/event/stored-text.ts'
import { often } from '../../long/often.ts'

const data = {
  flagId: 'f1',
  category: 'spam',
  source: 'own_initiative',
  detector: { kind: 'model', id: 'det', version: '1.0' },
  signals: { score: 0.9 },
}
const envelope = {
  specversion: '1.0',
  id: 'b1',
  source: '/svc/a',
  type: 'flag.raised.v1',
  subject: 'u1',
  time: '2025-05-01T10:00:00Z',
}
const admitted = (event: object) =>
  admit(Buffer.from(JSON.stringify(event)), { now: Date.parse('2025-05-02T00:00:00Z'), trust: 'all' })

const prepared = (event: object) => {
  const answer = admitted(event)
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('given data_base64, as sent by SDKs that have data as bytes', () => {
  test.each([
    ['under a JSON content type', { datacontenttype: 'application/json; charset=utf-8' }],
    ['under none', {}],
    ['next to data that is null', { data: null }],
  ])('when it contains JSON %s, then it is the data', (_how, attributes) => {
    const encoded = { ...envelope, ...attributes, data_base64: base64(JSON.stringify(data)) }
    expect(prepared(encoded)).toEqual(prepared({ ...envelope, ...attributes, data }))
  })

  test.each([
    ['broken JSON', { data_base64: base64('{"flagId":') }, 'not_json', 'data'],
    [
      'a duplicate key',
      { data_base64: base64('{"signals":{"a":1,"a":2}}') },
      'duplicate_key',
      'data.signals.a',
    ],
    ['bytes that are not UTF-8', { data_base64: '/w==' }, 'not_utf8', 'data'],
    ['invalid base64', { data_base64: 'e30' }, 'invalid', 'data_base64'],
    ['a number', { data_base64: 1 }, 'invalid', 'data_base64'],
    ['data as well', { data_base64: base64('{}'), data: {} }, 'invalid', 'data_base64'],
    ['XML', { data_base64: base64('<a/>'), datacontenttype: 'text/xml' }, 'invalid', 'datacontenttype'],
    ['an unknown field', { data_base64: base64(JSON.stringify({ ...data, x: 1 })) }, 'invalid', 'data.x'],
  ])('when it contains %s, then it is refused, naming the position', (_what, attributes, code, path) => {
    expect(admitted({ ...envelope, ...attributes })).toMatchObject(E.left({ code, path }))
  })
})

describe('given what only Redress records', () => {
  const publication = {
    ...{ ...envelope, type: 'ruleset.published.v1', subject: 'r' },
    data: {
      ruleset: { id: 'r', version: 'v1' },
      effectiveFrom: '2025-05-01T10:00:00Z',
      document: { ruleset: 'r', version: 'v1', rules: [{ id: 'a', category: 'spam', when: 'true' }] },
    },
  }
  const rehearsal = { against: null, sequence: 1, rules: {}, by: 'somebody' }

  test.each([[rehearsal], [null], ['anything']])(
    'when a ruleset comes with the rehearsal %j, then it is stored without, and that is reported',
    (claimed) => {
      const claiming = { ...publication, data: { ...publication.data, rehearsal: claimed } }
      const { prepared: taken, dropped } = prepared({ ...claiming, traced: 'x' })
      expect(taken).toEqual(prepared(publication).prepared)
      expect(dropped).toEqual(['data.rehearsal', 'traced'])
      const encoded = { ...claiming, data: undefined, data_base64: base64(JSON.stringify(claiming.data)) }
      expect(prepared(encoded)).toEqual({ prepared: taken, dropped: ['data.rehearsal'] })
    },
  )

  test('when another event has a rehearsal, then that is an unknown field', () => {
    expect(admitted({ ...envelope, data: { ...data, rehearsal } })).toMatchObject(
      E.left({ code: 'invalid', path: 'data.rehearsal' }),
    )
  })

  test('when an event says that it is of a backfill, then that is dropped; it is one if we take it in as one', () => {
    const claiming = { ...envelope, data, backfill: true }
    const { prepared: taken, dropped } = prepared(claiming)
    expect(taken).toEqual(prepared({ ...envelope, data }).prepared)
    expect(dropped).toEqual(['backfill'])
    const now = Date.parse('2025-05-02T00:00:00Z')
    const bytes = Buffer.from(JSON.stringify({ ...envelope, data }))
    const marked = admit(bytes, { now, trust: 'all', backfill: true })
    if (E.isLeft(marked)) throw new Error(JSON.stringify(marked.left))
    expect(JSON.parse(storedTextOf(marked.right.prepared))).toMatchObject({ id: 'b1', backfill: true })
  })
})

describe('given attributes that are null', () => {
  test('then they count as unset, and are not reported as dropped extensions', () => {
    const nulls = {
      datacontenttype: null,
      dataschema: null,
      traceparent: null,
      myextension: null,
      data_base64: null,
    }
    const { prepared: taken, dropped } = prepared({ ...envelope, data, ...nulls })
    expect(taken).toEqual(prepared({ ...envelope, data }).prepared)
    expect(dropped).toEqual([])
  })

  test('when the event requires them, then each is reported as required', () => {
    expect(admitted({ ...envelope, data, subject: null })).toMatchObject(
      E.left({ code: 'invalid', path: 'subject', message: expect.stringContaining('missing; ') }),
    )
  })

  test('when there is no data, then that is reported once, in plain words', () => {
    for (const event of [envelope, { ...envelope, data_base64: null }]) {
      expect(admitted(event)).toEqual(
        E.left({
          code: 'invalid',
          path: 'data',
          message: 'missing; expected an object that describes the event',
        }),
      )
    }
  })
})

test('given an event in any bytes, then it is stored if io-ts accepts it, in the form that canonicalize gives it', () => {
  const seen: Record<string, number> = {}
  fc.assert(
    fc.property(mutantText, (text) => {
      const bytes = Buffer.from(text)
      const answer = admit(bytes, { now: Date.parse('2030-01-01T00:00:00Z'), trust: 'all' })
      const kind = E.isRight(answer) ? answer.right.prepared.kind : answer.left.code
      seen[kind] = (seen[kind] ?? 0) + 1
      const json = parseJson(bytes)
      if (E.isLeft(json)) {
        expect(answer).toEqual(json)
        return
      }
      // Cast: it was made of an event.
      const event = json.right as Readonly<Record<string, unknown>>
      if (Object.hasOwn(event, 'data_base64')) return
      const kept = keptOf(event)
      expect(kind !== 'invalid').toBe(isValid(kept, 'incoming'))
      if (E.isRight(answer)) expect(storedTextOf(answer.right.prepared)).toBe(storedOf(kept))
    }),
    { numRuns: often(3_000, 300_000) },
  )
  for (const kind of ['plain', 'personal', 'invalid', 'duplicate_key', 'lone_surrogate']) {
    expect(seen[kind], kind).toBeGreaterThan(0)
  }
})
