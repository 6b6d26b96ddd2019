import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { closed, listOf, oneOf, orNull, where } from '../../src/domain/codec.ts'
import { definitionOf, eventTypes, neededVocabulary } from '../../src/domain/event.ts'
import { type JsonSchema, schemaOf } from '../../src/domain/schema.ts'
import { neededBy, since, VOCABULARY } from '../../src/domain/vocabulary.ts'
import { samples } from './samples.ts'

describe('given codecs with something that is newer', () => {
  const Old = closed('old', { a: t.string }, { b: t.string })
  const Word = since(2, oneOf('yes', 'no', 'perhaps'), (word) => word === 'perhaps')
  const New = closed('new', { a: t.string }, { b: since(3, t.string), word: Word, sub: Old })

  test('what existed before needs version 1', () => {
    expect(neededBy(Old, { a: 'x', b: 'y' })).toBe(1)
    expect(neededBy(New, { a: 'x', word: 'yes', sub: { a: 'x', b: 'y' } })).toBe(1)
  })

  test('a new field needs its version, and so does a new word of an existing field', () => {
    expect(neededBy(New, { a: 'x', b: 'y' })).toBe(3)
    expect(neededBy(New, { a: 'x', word: 'perhaps' })).toBe(2)
    expect(neededBy(New, { a: 'x', word: 'perhaps', b: 'y' })).toBe(3)
  })

  test('so do they inside every kind of codec, and so does a whole that is newer than its parts', () => {
    const value = { a: 'x', b: 'y' }
    expect(neededBy(closed('outer', { inner: New }), { inner: value })).toBe(3)
    expect(neededBy(listOf(New, 'a list'), [{ a: 'x' }, value])).toBe(3)
    expect(neededBy(listOf(New, 'a list'), [])).toBe(1)
    expect(
      neededBy(
        where(New, 'some', () => true),
        value,
      ),
    ).toBe(3)
    expect(neededBy(orNull(New, 'or null'), value)).toBe(3)
    expect(neededBy(orNull(New, 'or null'), null)).toBe(1)
    expect(neededBy(since(4, New), { a: 'x' })).toBe(4)
  })

  test('such a codec accepts what the inner codec accepts, and has its schema', () => {
    expect(Word.is('perhaps')).toBe(true)
    expect(New.is({ a: 'x', b: 1 })).toBe(false)
    expect(schemaOf(since(2, Old))).toEqual(schemaOf(Old))
  })
})

/** Every field and word of a schema, by its path: `data.content.kind`, `data.reason = "appeal"`. */
const partsOf = (schema: JsonSchema, path: string): ReadonlyArray<string> => {
  const words = [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])]
  return [
    path,
    ...words.map((word) => `${path} = ${JSON.stringify(word)}`),
    ...(schema.items === undefined ? [] : partsOf(schema.items, path)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
      partsOf(member, `${path}.${name}`),
    ),
    ...(schema.anyOf ?? []).flatMap((choice) => partsOf(choice, path)),
  ]
}

/**
 * What each version of the vocabulary added, by type. A release that adds a type, a field or a word adds a version here,
 * with its parts, and never changes what stands here: ledgers hold it.
 */
const versions: Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'vocabulary.json'), 'utf8'),
)

describe('given the vocabulary, version by version', () => {
  const numbers = Object.keys(versions).map(Number)

  test('then they count from 1 to the one that this Redress knows', () => {
    expect(numbers).toEqual(Array.from({ length: VOCABULARY }, (_, i) => i + 1))
  })

  test('then each type is in one of them', () => {
    expect(Object.values(versions).flatMap(Object.keys).filter(isFirstOf).sort()).toEqual(
      [...eventTypes].sort(),
    )
  })

  test.each(eventTypes)('then each field and word of %s is in one of them', (type) => {
    const found = new Set([
      ...partsOf(schemaOf(definitionOf(type).stored), 'data'),
      ...partsOf(schemaOf(definitionOf(type).incoming ?? definitionOf(type).stored), 'data'),
    ])
    expect([...found].sort()).toEqual(
      Object.values(versions)
        .flatMap((parts) => parts[type] ?? [])
        .sort(),
    )
  })

  test.each(eventTypes)('then %s needs the version in which it, or what it has in it, was added', (type) => {
    const data = { ...samples[type].data, ...samples[type].stored }
    const addedIn = (value: unknown) =>
      numbers.filter((version) => versions[version]?.[type]?.some((part) => isIn(value, part)))
    for (const version of numbers) {
      for (const part of versions[version]?.[type] ?? []) {
        const value = withWord(data, part)
        if (version > 1) expect(isIn(value, part), `the sample of ${type} has ${part}`).toBe(true)
        expect(neededVocabulary(definitionOf(type), value), part).toBe(Math.max(...addedIn(value)))
      }
    }
  })
})

const isFirstOf = (one: string, i: number, all: ReadonlyArray<string>): boolean => all.indexOf(one) === i

/** Whether `data` has a part; of a list its first element counts. */
const isIn = (data: unknown, part: string): boolean => {
  const [path = '', word] = part.split(' = ')
  let value: unknown = { data }
  for (const name of path.split('.')) {
    value = Object(Array.isArray(value) ? value[0] : value)[name]
  }
  return word === undefined ? value !== undefined : JSON.stringify(value) === word
}

/** `data` with the word of a part in its place; unchanged if the part is not a word, or is not in `data`. */
const withWord = (data: unknown, part: string): unknown => {
  const [path = '', word] = part.split(' = ')
  const copy = structuredClone({ data })
  const names = path.split('.')
  const last = names.pop() ?? ''
  let holder: unknown = copy
  for (const name of names) holder = Object(Array.isArray(holder) ? holder[0] : holder)[name]
  if (Array.isArray(holder)) [holder] = holder
  if (word !== undefined && typeof holder === 'object' && holder !== null && Object.hasOwn(holder, last)) {
    Object.assign(holder, { [last]: JSON.parse(word) })
  }
  return copy.data
}
