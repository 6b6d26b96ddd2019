import fc from 'fast-check'
import type * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed, oneOf } from '../../src/domain/codec.ts'
import { EXTENSION_NAME, envelope } from '../../src/domain/decode.ts'
import {
  definitionOf,
  eventTypes,
  isEventType,
  type PublishedType,
  publishedTypes,
} from '../../src/domain/event.ts'
import { Timestamp } from '../../src/domain/time.ts'
import { incoming, pathsIn, stored, withValue } from './samples.ts'

type Json = Readonly<Record<string, unknown>>

/** Values and names that a codec, a writer or JavaScript itself could get wrong. */
const oddValues = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.double(),
  fc.constantFrom<unknown>(
    ...[
      'f1',
      'human',
      'rule',
      '',
      ' ',
      'x'.repeat(200),
      'x'.repeat(201),
      'a"b',
      'a\\b',
      'a\u007fb',
      'é',
      '😀',
    ],
    ...['\ud800', 'a\udc00b', '\u2028', '\u0000', 'line\nbreak', '/source with blank', 'ab'.repeat(32)],
    ...['2025-05-01T00:00:00Z', '2025-05-01t00:00:00.123456789+02:00', '2025-02-30T00:00:00Z'],
    ...['application/json; charset="utf-8"', 'é'.repeat(6_000), 'x'.repeat(20_000)],
    ...[0, -0, 1e-7, 1e21, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 2 ** 53 - 1, 123456789.125, true, null],
    ...[[], {}, ['f1', 'f2'], { text: 'a "word"' }, { statement: 'é\n' }, { id: 'a', kind: 'b' }, { a: 1 }],
  ),
)
const oddNames = fc.constantFrom(
  ...[
    'surprise',
    '__proto__',
    'constructor',
    'toString',
    'id',
    '0',
    'zz',
    'partitionkey',
    'recordedat',
    'Id',
  ],
  ...['data_base64', 'a b', 'é', '"', 'until', 'adult.score', 'B', 'a1', 'a', 'correlationid', 'personal'],
)

type Change = (json: Json) => Json

const at = (json: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce((inside, key) => (inside as Json | undefined)?.[key], json)

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** The members of the object at a path, or around it, changed. */
const changedAt = (json: Json, path: ReadonlyArray<string>, change: (object: Json) => Json): Json => {
  const target = isObject(at(json, path)) ? path : path.slice(0, -1)
  const object = at(json, target)
  if (!isObject(object) || Array.isArray(object)) return json
  return target.length === 0 ? change(object) : withValue(json, target, change(object))
}

/** A change of one place in an event: a value replaced, or a member left out, added or renamed. */
const changeOf = (paths: ReadonlyArray<ReadonlyArray<string>>): fc.Arbitrary<Change> =>
  fc
    .record({
      path: fc.constantFrom(...paths),
      kind: fc.constantFrom('replace', 'leave out', 'add', 'rename', 'null'),
      name: oddNames,
      value: oddValues,
    })
    .map(({ path, kind, name, value }) => (json) => {
      const key = path.at(-1) ?? ''
      if (at(json, path) === undefined) return json
      switch (kind) {
        case 'replace':
          return withValue(json, path, value)
        case 'null':
          return withValue(json, path, null)
        case 'leave out':
          return withValue(json, path, undefined)
        case 'add':
          return changedAt(json, path, (object) =>
            Object.fromEntries([...Object.entries(object), [name, value]]),
          )
        default:
          return changedAt(json, path.slice(0, -1), (object) =>
            Object.fromEntries(Object.entries(object).map(([one, of]) => [one === key ? name : one, of])),
          )
      }
    })

const optionalAttributes = ['dataschema', 'traceparent', 'tracestate', 'correlationid', 'causationid']

/** Events of every type with up to three changes, as published or as stored. */
export const mutantOf = (form: 'incoming' | 'stored'): fc.Arbitrary<{ type: PublishedType; json: Json }> =>
  fc.constantFrom(...publishedTypes).chain((type) => {
    const whole = form === 'incoming' ? incoming(type) : stored(type)
    return fc.record({
      type: fc.constant(type),
      json: fc
        .tuple(fc.subarray(optionalAttributes), fc.array(changeOf(pathsIn(whole)), { maxLength: 3 }))
        .map(([without, changes]) =>
          changes.reduce(
            (json, change) => change(json),
            without.reduce((json, name) => withValue(json, [name], undefined), whole),
          ),
        ),
    })
  })

/** How a writer of JSON may write what JavaScript writes otherwise. */
type Style = {
  readonly blank: string
  /** Every how many characters one is written as an escape; 0: none. */
  readonly escapes: number
  readonly exponents: boolean
  /** Which member, counted through the whole text, is written twice; -1: none. */
  readonly twice: number
}

const styleOf: fc.Arbitrary<Style> = fc.record({
  blank: fc.constantFrom('', ' ', '\n\t'),
  escapes: fc.constantFrom(0, 0, 1, 7),
  exponents: fc.boolean(),
  twice: fc.oneof(fc.constant(-1), fc.nat({ max: 40 })),
})

const textOf = (json: unknown, style: Style): string => {
  const { blank, escapes, exponents, twice } = style
  let members = 0
  let characters = 0
  const string = (text: string): string => {
    if (escapes === 0) return JSON.stringify(text)
    const units = Array.from({ length: text.length }, (_, i) =>
      characters++ % escapes === 0
        ? `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`
        : JSON.stringify(text.charAt(i)).slice(1, -1),
    )
    return `"${units.join('')}"`
  }
  const write = (value: unknown): string => {
    if (typeof value === 'string') return string(value)
    if (typeof value === 'number' && Number.isFinite(value) && exponents) return value.toExponential()
    if (Array.isArray(value)) return `[${blank}${value.map(write).join(`,${blank}`)}]`
    if (!isObject(value)) return JSON.stringify(value) ?? 'null'
    const written = Object.entries(value).flatMap(([name, of]) => {
      const member = `${string(name)}${blank}:${blank}${write(of)}`
      return members++ === twice ? [member, member] : [member]
    })
    return `{${written.join(`${blank},`)}${blank}}`
  }
  return write(json)
}

/** The bytes of such events, written in every way that JSON allows, and in some that Redress refuses. */
export const mutantText: fc.Arbitrary<string> = fc
  .tuple(mutantOf('incoming'), styleOf)
  .map(([{ json }, style]) => textOf(json, style))

const { required, optional, ours } = envelope
const known = [...Object.keys(required), ...Object.keys(optional)]

/** An event as a receiver of CloudEvents must read it: without attributes that are null and without extensions. */
export const keptOf = (json: Json): Json =>
  Object.fromEntries(
    Object.entries(json).filter(
      ([name, value]) =>
        !EXTENSION_NAME.test(name) || (known.includes(name) && (value !== null || name === 'data')),
    ),
  )

const whole: Readonly<Record<'incoming' | 'stored', t.Mixed>> = {
  incoming: closed('event', required, optional),
  stored: closed(
    'event',
    { ...required, type: oneOf(...eventTypes), recordedat: Timestamp },
    { ...optional, ...ours },
  ),
}

/** What io-ts itself says of an event: `validate` has no generated code. */
export const isValid = (event: Json, form: 'incoming' | 'stored'): boolean => {
  if (!isEventType(event.type)) return false
  const { [form]: codec, subject } = definitionOf(event.type)
  return (
    codec !== null &&
    E.isRight(whole[form].validate(event, [])) &&
    E.isRight(codec.validate(event.data, [])) &&
    (subject === undefined || subject.of(event.data) === event.subject)
  )
}
