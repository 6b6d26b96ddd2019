import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import * as E from '#fp/Either'
import { describeDecodeError } from '../../src/domain/codec.ts'
import { decodeIncoming, decodeStored } from '../../src/domain/decode.ts'
import {
  definitionOf,
  eventTypes,
  type IncomingEvent,
  isPublishedType,
  ownEventTypes,
  publishedTypes,
  type StoredEvent,
} from '../../src/domain/event.ts'
import { often } from '../long/often.ts'
import { isValid, keptOf, mutantOf } from './mutants.ts'
import { incoming, pathsIn, samples, stored, withValue } from './samples.ts'

const accepted = (json: unknown) => {
  const result = decodeIncoming(json)
  if (E.isLeft(result)) throw new Error(result.left.map(describeDecodeError).join('; '))
  return result.right
}
const problemsIn = (
  json: unknown,
  decode: (json: unknown) => E.Either<unknown, unknown> = decodeIncoming,
) => {
  const result = decode(json)
  return E.isLeft(result) ? result.left : []
}
const shown = (path: ReadonlyArray<string>): string =>
  path
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : key.includes('.') ? `["${key}"]` : `.${key}`))
    .join('')
    .slice(1)

const vectors = join(import.meta.dirname, '..', 'vectors')

test.each(readdirSync(vectors))('every event of vector %s decodes', (name) => {
  const lines = readFileSync(join(vectors, name, 'events.ndjson'), 'utf8')
    .trim()
    .split('\n')
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(accepted(JSON.parse(line)).dropped).toEqual([])
})

describe.each(publishedTypes)('%s', (type) => {
  const whole = incoming(type)

  test('given every field that it may have, it is accepted as it is', () => {
    expect(accepted(whole).event).toEqual(whole)
    expect(decodeStored(stored(type))).toEqual(E.right(stored(type)))
  })

  test('each optional field may be omitted, or all of them at once', () => {
    const paths = samples[type].optional.map((path) => ['data', ...path.split('.')])
    for (const path of paths) expect(problemsIn(withValue(whole, path, undefined))).toEqual([])
    // Deepest first: a value is removed before its container.
    const bare = paths
      .toSorted((a, b) => b.length - a.length)
      .reduce((json, path) => withValue(json, path, undefined), whole)
    expect(problemsIn(bare)).toEqual([])
  })

  test('each missing required field is reported by name', () => {
    const optional = new Set(samples[type].optional.map((path) => `data.${path}`))
    for (const path of pathsIn(whole.data, ['data'])) {
      const name = path.join('.')
      if (optional.has(name) || /signals\.|document\.|\.\d+$/.test(name)) continue
      const found = problemsIn(withValue(whole, path, undefined))
      const about = name === 'data.decisionId' && type === 'notice.sent.v1' ? 'data' : name
      expect(found, name).toEqual([
        { path: about, problem: expect.stringMatching(/^missing; expected |exactly one/) },
      ])
    }
  })

  test('each wrong value is reported with its path, published or stored', () => {
    for (const [json, decode] of [
      [whole, decodeIncoming],
      [stored(type), decodeStored],
    ] as const) {
      for (const path of pathsIn(json)) {
        if (path.includes('document') && path.at(-1) !== 'document') continue
        if (path[0] === 'type') continue
        // An end or a predecessor may be null; an attribute that is null is unset.
        const wrong = /^(?:until|against)$/.test(path.at(-1) ?? '') || path.length === 1 ? 0 : null
        const found = problemsIn(withValue(json, path, wrong), decode)
        expect(found, path.join('.')).toEqual([{ path: shown(path), problem: expect.any(String) }])
      }
    }
  })

  test('an unknown field is refused by name, wherever it is', () => {
    const inside = pathsIn(whole, []).filter((path) => {
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], whole)
      return typeof value === 'object' && !Array.isArray(value) && !/signals|document/.test(path.join('.'))
    })
    for (const path of inside) {
      const found = problemsIn(withValue(whole, [...path, 'surprise'], 1))
      expect(found).toEqual([{ path: shown([...path, 'surprise']), problem: 'unknown field' }])
    }
  })

  test('what the ledger adds is refused when published, and required when stored', () => {
    expect(accepted({ ...whole, recordedat: '2020-01-01T00:00:00Z' })).toEqual({
      event: whole,
      dropped: ['recordedat'],
    })
    expect(problemsIn(withValue(stored(type), ['recordedat'], undefined), decodeStored)).toEqual([
      { path: 'recordedat', problem: expect.stringContaining('missing; expected ') },
    ])
  })
})

describe('the envelope', () => {
  const event = incoming('flag.raised.v1')

  test('extensions that are not kept are dropped and reported, the event itself untouched', () => {
    const json = { ...event, partitionkey: 'quilter', sampledrate: 3 }
    expect(accepted(json)).toEqual({ event, dropped: ['partitionkey', 'sampledrate'] })
    expect(json).toHaveProperty('partitionkey')
  })

  test.each(['recordedAt', 'data_base64', 'x-trace', 'Type', ''])(
    '“%s” is not an extension: refused',
    (name) => {
      expect(problemsIn({ ...event, [name]: 'x' })).toEqual([
        { path: name === 'x-trace' || /^\w+$/.test(name) ? name : `["${name}"]`, problem: 'unknown field' },
      ])
    },
  )

  test.each(['specversion', 'id', 'source', 'subject', 'time', 'data'])('%s is required', (name) => {
    const found = problemsIn(withValue(event, [name], undefined))
    expect(found).toContainEqual({ path: name, problem: expect.stringContaining('missing; expected ') })
  })

  test.each([
    ['specversion', '0.3'],
    ['id', 'with space'],
    ['id', 'x'.repeat(201)],
    ['source', ''],
    ['source', '/ä'],
    ['subject', 'somebody@example.org'],
    ['time', '2025-05-01'],
    ['datacontenttype', 'text/xml'],
    ['traceparent', 'line\nbreak'],
  ])('%s: %j is refused', (name, value) => {
    expect(problemsIn({ ...event, [name]: value })).toEqual([{ path: name, problem: expect.any(String) }])
  })

  test.each(['application/json; charset=utf-8', 'application/vnd.acme.flag+json'])('%s is JSON', (type) => {
    expect(problemsIn({ ...event, datacontenttype: type })).toEqual([])
  })

  test.each([null, 'text', 7, [], undefined])('%j is not an event', (json) => {
    expect(problemsIn(json)).toEqual([{ path: '', problem: 'expected a CloudEvent (a JSON object)' }])
    expect(problemsIn(json, decodeStored)).toEqual([
      { path: '', problem: 'expected a stored event (a JSON object)' },
    ])
  })
})

describe('the type', () => {
  const ofOurs = eventTypes.filter((type) => !isPublishedType(type))
  test.each([...ownEventTypes, ...ofOurs])('%s is recorded only by Redress', (type) => {
    expect(problemsIn({ ...incoming('flag.raised.v1'), type })).toEqual([
      { path: 'type', problem: expect.stringContaining('only Redress itself') },
    ])
  })

  test.each(['toString', '__proto__', '', 'com.example.something.else', 7, undefined])(
    '%j is refused',
    (type) => {
      expect(problemsIn({ ...incoming('flag.raised.v1'), type })).toEqual([
        { path: 'type', problem: `expected one of ${publishedTypes.join(', ')}` },
      ])
    },
  )

  test.each([
    ['account.deactivate.v1', 'account.deactivated.v1'],
    ['account.deactivated', 'account.deactivated.v1'],
    ['account.deactivated.v2', 'account.deactivated.v1'],
    ['Flag_Raised.v1', 'flag.raised.v1'],
  ])('%s is unknown, and the likely intended one is suggested before the list', (type, meant) => {
    expect(problemsIn({ ...incoming('flag.raised.v1'), type })).toEqual([
      {
        path: 'type',
        problem: `unknown type (did you mean ${meant}?); expected one of ${publishedTypes.join(', ')}`,
      },
    ])
  })
})

test.each(eventTypes.filter((type) => !isPublishedType(type)))(
  '%s is decoded only as a stored event',
  (type) => {
    expect(decodeStored(stored(type))).toEqual(E.right(stored(type)))
    // Any account can be the subject of what is about one.
    const isOfAccount = definitionOf(type).stream === 'account'
    expect(problemsIn({ ...stored(type), subject: 'another' }, decodeStored)).toEqual(
      isOfAccount ? [] : [{ path: 'subject', problem: expect.any(String) }],
    )
  },
)

test('what only Redress says of an event is an extension like any other in a published one, and dropped', () => {
  const { recordedat, backfill } = stored('flag.raised.v1')
  expect(accepted({ ...incoming('flag.raised.v1'), recordedat, backfill })).toEqual({
    event: incoming('flag.raised.v1'),
    dropped: ['recordedat', 'backfill'],
  })
  expect(problemsIn({ ...stored('flag.raised.v1'), backfill: false }, decodeStored)).toEqual([
    { path: 'backfill', problem: expect.any(String) },
  ])
})

test('the subject of a publication is its ruleset', () => {
  expect(problemsIn({ ...incoming('ruleset.published.v1'), subject: 'another' })).toEqual([
    { path: 'subject', problem: 'expected the id of the published ruleset (data.ruleset.id)' },
  ])
})

describe('a notice', () => {
  const notice = incoming('notice.sent.v1')
  const either = [{ path: 'data', problem: 'expected exactly one of decisionId and appealId' }]

  test('is about a decision or an appeal, never both', () => {
    const appeal = withValue(withValue(notice, ['data', 'decisionId'], undefined), ['data', 'appealId'], 'a1')
    expect(problemsIn(appeal)).toEqual([])
    expect(problemsIn(withValue(notice, ['data', 'appealId'], 'a1'))).toEqual(either)
  })
})

describe('signals', () => {
  const flag = incoming('flag.raised.v1')
  const having = (name: string, value: unknown) =>
    problemsIn({
      ...flag,
      data: { ...(flag.data as object), signals: JSON.parse(`{${JSON.stringify(name)}:${value}}`) },
    })

  test.each(['0', '-1.5', '1e308', 'true', '""', '"\\u0000"'])('may be %s', (value) => {
    expect(having('x', value)).toEqual([])
  })
  test.each(['null', '[]', '{}', '1e999'])('may not be %s', (value) => {
    expect(having('x', value)).toEqual([
      { path: 'data.signals.x', problem: 'expected a number, a string or a boolean' },
    ])
  })
  test.each(['', 'with space', '__proto__', 'x'.repeat(201)])('may not be called “%s”', (name) => {
    expect(having(name, 1)).toEqual([
      { path: expect.stringMatching(/^data\.signals/), problem: expect.stringContaining('a signal') },
    ])
  })
})

describe('given an event of any type, changed anywhere', () => {
  test.each(['incoming', 'stored'] as const)('when it is %s, then it decodes if io-ts accepts it', (form) => {
    const seen = { accepted: 0, refused: 0, dropped: 0 }
    fc.assert(
      fc.property(mutantOf(form), ({ json }) => {
        if (form === 'stored') {
          const result = decodeStored(json)
          seen[E.isRight(result) ? 'accepted' : 'refused']++
          expect(E.isRight(result)).toBe(isValid(json, form))
          if (E.isRight(result)) expect(result.right).toBe(json)
          return
        }
        const result = decodeIncoming(json)
        const kept = keptOf(json)
        expect(E.isRight(result)).toBe(isValid(kept, form))
        seen[E.isRight(result) ? 'accepted' : 'refused']++
        if (E.isLeft(result)) return
        seen.dropped += result.right.dropped.length
        expect(result.right.event).toEqual(kept)
      }),
      { numRuns: often(3_000, 200_000) },
    )
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(200)
    if (form === 'incoming') expect(seen.dropped).toBeGreaterThan(10)
  })
})

test('untrusted field names never reach a terminal unescaped', () => {
  const [problem] = problemsIn({ ...incoming('flag.dismissed.v1'), '\u001b]0;evil\u0007\u202e': 1 }) as [
    { path: string },
  ]
  expect(problem.path).toBe('["\\u001b]0;evil\\u0007\\u202e"]')
  const [long] = problemsIn({ ...incoming('flag.dismissed.v1'), ['X'.repeat(5000)]: 1 }) as [{ path: string }]
  expect(long.path.length).toBeLessThan(100)
})

test('types: `data` follows from the type; a stored event has no personal text', () => {
  type Personal = IncomingEvent<'appeal.filed.v1'>['data']['personal']
  expectTypeOf<{ readonly text: string }>().toExtend<Personal>()
  expectTypeOf<{ readonly statement: string }>().not.toExtend<Personal>()
  expectTypeOf<StoredEvent<'appeal.filed.v1'>['data']>().not.toHaveProperty('personal')
  expectTypeOf<StoredEvent<'flag.raised.v1'>>().toHaveProperty('recordedat')
  expectTypeOf<IncomingEvent>().not.toHaveProperty('recordedat')
  const narrowed = (event: StoredEvent): string | undefined =>
    event.type === 'account.deactivated.v1' ? event.data.restriction : undefined
  expectTypeOf(narrowed).returns.toEqualTypeOf<string | undefined>()
  // @ts-expect-error a flag has no decision
  const wrong = (event: StoredEvent<'flag.raised.v1'>) => event.data.decisionId
  expect(wrong).toBeTypeOf('function')
})
