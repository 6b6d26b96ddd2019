import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, expectTypeOf, test } from 'vitest'
import * as E from '#fp/Either'
import {
  branded,
  closed,
  describeDecodeError,
  listOf,
  matching,
  oneOf,
  orNull,
  problems,
  where,
} from '../../src/domain/codec.ts'
import { publishedDefinitionOf, publishedTypes } from '../../src/domain/event.ts'
import { schemaOf } from '../../src/domain/schema.ts'
import { often } from '../long/often.ts'
import { incoming, pathsIn, stored, withValue } from './samples.ts'

const Even = branded<'Even'>('an even text', (text) => text.length % 2 === 0)
const Inner = closed('inner', { word: oneOf('yes', 'no') }, { note: t.string })
const Outer = closed(
  'outer',
  { inner: Inner, list: t.readonlyArray(Even, 'a list of even texts') },
  { end: orNull(Even, 'even or null') },
)

describe('a closed object', () => {
  test('given required and optional fields, it is accepted and not changed', () => {
    const value = { inner: { word: 'yes', note: '' }, list: ['', 'ab'], end: null }
    expect(problems(Outer, value)).toEqual([])
    const decoded = Outer.decode(value)
    expect(E.isRight(decoded) && decoded.right).toBe(value)
  })

  test('given more faults in a list than a call can take arguments, all are reported', () => {
    const list = Array.from({ length: 200_000 }, () => 'odd')
    expect(problems(Outer, { inner: { word: 'yes' }, list, end: null })).toHaveLength(200_000)
  })

  test('given several faults, each is reported with its path', () => {
    expect(
      problems(Outer, { inner: { word: 'maybe', extra: 1 }, list: ['ab', 'c'], end: 1, more: 0 }),
    ).toEqual([
      { path: 'inner.word', problem: 'expected "yes" or "no"' },
      { path: 'inner.extra', problem: 'unknown field' },
      { path: 'list[1]', problem: 'expected an even text' },
      { path: 'end', problem: 'expected even or null' },
      { path: 'more', problem: 'unknown field' },
    ])
  })

  test('given a root, paths start at it', () => {
    expect(problems(Outer, { inner: 3 }, 'data')).toEqual([
      { path: 'data.list', problem: 'missing; expected a list of even texts' },
      { path: 'data.inner', problem: 'expected an object' },
    ])
    expect(problems(Outer, 3, 'data')).toEqual([{ path: 'data', problem: 'expected an object' }])
  })

  test.each([null, undefined, 1, 'x', true, [], [1]])('%j is refused', (value) => {
    expect(problems(Inner, value)).toEqual([{ path: '', problem: 'expected an object' }])
  })

  test('inherited properties are not fields', () => {
    expect(problems(Inner, Object.create({ word: 'yes' }))).toEqual([
      { path: 'word', problem: 'missing; expected "yes" or "no"' },
    ])
    expect(problems(Inner, JSON.parse('{"word":"yes","__proto__":{}}'))).toEqual([
      { path: '__proto__', problem: 'unknown field' },
    ])
    for (const key of ['constructor', 'toString']) {
      expect(problems(Inner, { word: 'yes', [key]: 1 })).toEqual([{ path: key, problem: 'unknown field' }])
    }
  })

  test('an unknown field that resembles a known one suggests it, unless that one is present too', () => {
    expect(problems(Inner, { wird: 'yes' })).toEqual([
      { path: 'word', problem: 'missing; expected "yes" or "no"' },
      { path: 'wird', problem: 'unknown field (did you mean word?)' },
    ])
    expect(problems(Inner, { word: 'yes', wird: 'no' })).toEqual([{ path: 'wird', problem: 'unknown field' }])
  })

  test('undefined is not a value of an optional field', () => {
    expect(problems(Inner, { word: 'yes', note: undefined })).toEqual([
      { path: 'note', problem: 'expected a string' },
    ])
  })
})

test('where: a fault in a field is reported before one of the whole', () => {
  const pair = where(closed('pair', { a: t.number, b: t.number }), 'a before b', ({ a, b }) => a < b)
  expect(problems(pair, { a: 1, b: 2 })).toEqual([])
  expect(problems(pair, { a: 2, b: 1 })).toEqual([{ path: '', problem: 'expected a before b' }])
  expect(problems(pair, { a: 2, b: '1' })).toEqual([{ path: 'b', problem: 'expected a number' }])
})

describe('the JSON Schema of a codec', () => {
  const Word = matching<'Word'>('a word', /^[a-z]+$/u)
  const Pair = where(
    closed('pair', { a: Word, b: orNull(Word, 'a word or null') }, { more: listOf(Word, 'words') }),
    'something of a',
    () => true,
    { oneOf: [{ required: ['a'] }] },
  )
  const word = { type: 'string', pattern: '^[a-z]+$' }

  test('is composed of those inside it', () => {
    expect(schemaOf(Pair)).toEqual({
      type: 'object',
      properties: {
        a: word,
        b: { anyOf: [word, { type: 'null' }] },
        more: { type: 'array', items: word },
      },
      required: ['a', 'b'],
      additionalProperties: false,
      oneOf: [{ required: ['a'] }],
    })
    expect(schemaOf(oneOf('yes', 'no'))).toEqual({ enum: ['yes', 'no'] })
    expect(schemaOf(oneOf('yes'))).toEqual({ const: 'yes' })
  })

  test('can refer to what is described elsewhere', () => {
    const refer = (codec: t.Mixed) => (codec === Word ? { $ref: '#/word' } : undefined)
    expect(schemaOf(Pair, refer)).toMatchObject({
      properties: { a: { $ref: '#/word' }, b: { anyOf: [{ $ref: '#/word' }, { type: 'null' }] } },
    })
  })

  test('if missing, the error names the codec', () => {
    expect(() => schemaOf(closed('outer', { even: Even }))).toThrow(
      'a codec without JSON Schema: an even text',
    )
  })

  test('reads expressions exactly as the codec does', () => {
    expect(() => matching('a word', /^[a-z]+$/)).toThrow('the flag u')
    expect(() => matching('a word', /^[a-z]+$/iu)).toThrow('the flag u')
  })
})

test('a problem is one line for people', () => {
  expect(describeDecodeError({ path: 'data.until', problem: 'expected a time' })).toBe(
    'data.until: expected a time',
  )
  expect(describeDecodeError({ path: '', problem: 'expected an object' })).toBe('expected an object')
})

describe('is and validate agree', () => {
  /** A whole `data` with one or two places changed to anything, removed or added. */
  const mutant = fc.constantFrom(...publishedTypes).chain((type) =>
    fc.constantFrom('incoming' as const, 'stored' as const).chain((form) => {
      const whole = form === 'incoming' ? incoming(type) : stored(type)
      const paths = pathsIn(whole.data, ['data'])
      const place = fc.tuple(
        fc.constantFrom(...paths),
        fc.option(fc.constantFrom('surprise', '__proto__', 'id', '0'), { nil: undefined }),
        fc.oneof(
          fc.jsonValue(),
          fc.constantFrom(undefined, 'f1', '2025-05-01T00:00:00Z', 'human', Number.NaN),
        ),
      )
      return fc.record({
        codec: fc.constant<t.Mixed>(publishedDefinitionOf(type)[form]),
        data: fc.array(place, { minLength: 1, maxLength: 2 }).map((changes) => {
          let json = whole
          for (const [path, added, value] of changes) {
            const at = path.reduce<unknown>(
              (inside, key) => (inside as Record<string, unknown> | undefined)?.[key],
              json,
            )
            const inside = typeof at === 'object' && at !== null && !Array.isArray(at) && added !== undefined
            if (at !== undefined) json = withValue(json, inside ? [...path, added] : path, value)
          }
          return json.data
        }),
      })
    }),
  )

  test('for the data of every event type, changed anywhere', () => {
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(mutant, ({ codec, data }) => {
        const result = codec.validate(data, [])
        seen[E.isRight(result) ? 'accepted' : 'refused']++
        expect(codec.is(data)).toBe(E.isRight(result))
        if (E.isRight(result)) expect(result.right).toBe(data)
      }),
      { numRuns: often(3_000, 100_000) },
    )
    // The property is meaningful only if it covered both.
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(50)
  })

  test('for any JSON at all', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<t.Mixed>(Inner, Outer, Even, oneOf('a', 'b')),
        fc.jsonValue(),
        (codec, json) => {
          expect(codec.is(json)).toBe(E.isRight(codec.validate(json, [])))
        },
      ),
    )
  })
})

test('types: fields are required or optional as declared, and read-only', () => {
  type Value = t.TypeOf<typeof Inner>
  expectTypeOf<{ readonly word: 'yes' }>().toExtend<Value>()
  expectTypeOf<{ readonly note: string }>().not.toExtend<Value>()
  expectTypeOf<t.TypeOf<typeof Outer>['end']>().toEqualTypeOf<t.TypeOf<typeof Even> | null | undefined>()
  // @ts-expect-error a plain text is not branded
  const plain: t.TypeOf<typeof Even> = 'ab'
  // @ts-expect-error not one of the words
  const word: t.TypeOf<ReturnType<typeof oneOf<['yes', 'no']>>> = 'maybe'
  expect([plain, word]).toHaveLength(2)
})
