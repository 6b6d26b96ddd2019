import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { closed, listOf, oneOf, orNull, wordsOfCodec } from '../../../src/domain/codec.ts'
import { dataColumns } from '../../../src/domain/definition/columns.ts'
import type { ColumnWords, EventDefinition } from '../../../src/domain/definition/event-definition.ts'
import { definitionOf, eventTypes } from '../../../src/domain/event.ts'
import { Id, Line } from '../../../src/domain/ids.ts'
import { Content, Restriction, Sealed, Signals } from '../../../src/domain/parts.ts'
import { described } from '../../../src/domain/schema.ts'
import { Timestamp } from '../../../src/domain/time.ts'

/** A definition that may be wrong: the compiler does not check its columns here. */
const definition = (
  type: string,
  fields: t.Props,
  columns: Readonly<Record<string, ColumnWords>> = {},
  words: Readonly<Record<string, string>> = {},
): EventDefinition => ({
  ...definitionOf('flag.raised.v1'),
  type,
  stored: closed(type, {}, fields),
  columns,
  fields: words,
})

const count = described(t.number, () => ({ type: 'integer' }))

describe('a field without a description', () => {
  test('gets a column of the kind that its codec has, named after its path', () => {
    const columns = dataColumns([
      definition('x.v1', {
        verdict: oneOf('right', 'wrong'),
        isFinal: t.boolean,
        seenAt: orNull(Timestamp, 'a time or null'),
        times: count,
        reviewerIds: listOf(Id, 'ids'),
        note: Line,
        model: closed('model', { id: Id, trainedOn: Id }),
      }),
    ])
    expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['verdict', { words: ['right', 'wrong'] }],
      ['is_final', 'boolean'],
      ['seen_at', 'instant'],
      ['times', 'number'],
      ['reviewer_ids', 'texts'],
      ['note', 'text'],
      ['model', 'text'],
      ['model_trained_on', 'text'],
    ])
  })

  test('cannot have the column of another field', () => {
    const byId = definition('x.v1', { reviewer: closed('reviewer', { id: Id }) })
    const byName = definition('y.v1', { reviewer: Id })
    expect(() => dataColumns([byId, byName])).toThrow(
      'reviewer and reviewer.id both have the column reviewer: give one of them another name',
    )
  })

  test('has the meaning that publishers are told', () => {
    const [note] = dataColumns([definition('x.v1', { note: Line }, {}, { note: 'What was seen.' })])
    expect(note?.about).toBe('What was seen.')
  })

  test('has none if it is a signal or a sealed text, which are stored differently', () => {
    expect(dataColumns([definition('x.v1', { signals: Signals, sealed: Sealed })])).toEqual([])
  })
})

describe('a field of several types', () => {
  const flagged = definition(
    'flagged.v1',
    { content: Content },
    { 'content.id': { name: 'content_id', about: 'which' } },
  )

  test('is in one column, as described by any of the types', () => {
    const columns = dataColumns([definition('x.v1', { content: Content }), flagged])
    expect(columns.map(({ name }) => name)).toEqual([
      'content_id',
      'content_kind',
      'content_created_at',
      'content_language',
    ])
    expect(columns[0]?.about).toBe('which')
  })

  test.each<[string, EventDefinition]>([
    ['names', definition('x.v1', { content: Content }, { 'content.id': { name: 'what' } })],
    ['has several descriptions', definition('x.v1', { content: Content }, { 'content.id': 'another thing' })],
    [
      'differs between types',
      definition('x.v1', { content: closed('content', { id: Timestamp, kind: Id }) }),
    ],
  ])('is refused if they contradict each other: %s', (problem, other) => {
    expect(() => dataColumns([flagged, other])).toThrow(problem)
  })
})

test('a definition that describes a field that it does not have is refused, even if it also describes one that it has', () => {
  const slip = definition('x.v1', { note: Line }, { note: 'a note', notte: 'a slip' })
  expect(() => dataColumns([slip])).toThrow('x.v1 has no field notte')
})

test('what no column can hold is refused, because it would be missing from SQL', () => {
  const things = definition('x.v1', { things: listOf(Content, 'contents') })
  expect(() => dataColumns([things])).toThrow('no column can hold what is at things')
})

test('every field of every type has a column with its own meaning', () => {
  const columns = dataColumns(eventTypes.map(definitionOf))
  expect(columns.filter(({ about, path }) => about === `data.${path}`)).toEqual([])
  expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length)
})

test('the words of a codec are in its order', () => {
  expect(wordsOfCodec(Restriction)).toEqual(['suspended', 'terminated'])
  expect(() => wordsOfCodec(Id)).toThrow('was not made by oneOf')
})
