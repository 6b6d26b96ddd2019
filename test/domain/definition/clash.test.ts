import type * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { closed, oneOf, orNull } from '../../../src/domain/codec.ts'
import { withoutClash } from '../../../src/domain/definition/clash.ts'
import { defineEvent } from '../../../src/domain/definition/event-definition.ts'
import { statement } from '../../../src/domain/events/personal-parts.ts'
import { Id, Line } from '../../../src/domain/ids.ts'
import { Timestamp } from '../../../src/domain/time.ts'

/** What is the same in all definitions here: only the fields of `data` matter. */
const rest = {
  since: 1,
  says: '',
  fields: {},
  rank: 0,
  stream: 'account',
  onlyInforms: true,
  names: null,
  story: () => ({ headline: '', details: [] }),
} as const

const having = <R extends t.Props>(fields: R) => {
  const data = closed('data', fields)
  return { ...rest, incoming: data, stored: data }
}

const ordered = defineEvent({
  ...having({ kind: oneOf('act', 'inform') }),
  type: 'ordered.v1',
  columns: {},
  sample: { kind: 'act' },
})

describe('two types whose fields share a path', () => {
  test('compile with the same words, in any order and at any depth', () => {
    const alike = defineEvent({
      ...having({ kind: oneOf('inform', 'act'), until: orNull(Timestamp, 'a time or null') }),
      type: 'alike.v1',
      columns: {},
      sample: { kind: 'act', until: null },
    })
    const ending = defineEvent({
      ...having({ until: Timestamp, by: closed('by', { kind: oneOf('person') }) }),
      type: 'ending.v1',
      columns: {},
      sample: { until: '2025-05-01T00:00:00Z', by: { kind: 'person' } },
    })
    expect(withoutClash([ordered, alike, ending])).toHaveLength(3)
  })

  test('do not compile with other words, with fewer, or with text', () => {
    const other = defineEvent({
      ...having({ kind: oneOf('hold', 'release') }),
      type: 'other.v1',
      columns: {},
      sample: { kind: 'hold' },
    })
    const fewer = defineEvent({
      ...having({ kind: oneOf('act') }),
      type: 'fewer.v1',
      columns: {},
      sample: { kind: 'act' },
    })
    const text = defineEvent({
      ...having({ kind: Line }),
      type: 'text.v1',
      columns: {},
      sample: { kind: 'anything' },
    })
    const instant = defineEvent({
      ...having({ kind: Timestamp }),
      type: 'instant.v1',
      columns: {},
      sample: { kind: '2025-05-01T00:00:00Z' },
    })
    // @ts-expect-error `kind` has two vocabularies
    expect(withoutClash([ordered, other])).toHaveLength(2)
    // @ts-expect-error `kind` has two vocabularies
    expect(withoutClash([ordered, fewer])).toHaveLength(2)
    // @ts-expect-error `kind` is words here and text there
    expect(withoutClash([ordered, text])).toHaveLength(2)
    // @ts-expect-error `kind` is text here and an instant there
    expect(withoutClash([text, instant])).toHaveLength(2)
  })

  test('do not compile if the path leads into an object', () => {
    const reviewed = defineEvent({
      ...having({ reviewer: closed('reviewer', { kind: oneOf('human', 'automated') }) }),
      type: 'reviewed.v1',
      columns: {},
      sample: { reviewer: { kind: 'human' } },
    })
    const audited = defineEvent({
      ...having({ reviewer: closed('reviewer', { kind: oneOf('human'), id: Id }) }),
      type: 'audited.v1',
      columns: {},
      sample: { reviewer: { kind: 'human', id: 'r1' } },
    })
    // @ts-expect-error `reviewer.kind` has two vocabularies
    expect(withoutClash([reviewed, audited])).toHaveLength(2)
  })

  test('compile if each declares the column as text', () => {
    const words = defineEvent({
      ...having({ kind: oneOf('hold', 'release') }),
      type: 'words.v1',
      columns: { kind: { kind: 'text' } },
      sample: { kind: 'hold' },
    })
    const text = defineEvent({
      ...having({ kind: Line }),
      type: 'text.v1',
      columns: {},
      sample: { kind: 'anything' },
    })
    expect(withoutClash([words, text])).toHaveLength(2)
    // @ts-expect-error the other still has words of its own
    expect(withoutClash([words, ordered])).toHaveLength(2)
  })
})

describe('a definition does not compile', () => {
  test('when it describes the column of a field that it does not have', () => {
    const definition = {
      ...having({ kind: oneOf('act', 'inform') }),
      type: 'x.v1',
      columns: { kynd: 'a slip' },
      sample: { kind: 'act' },
    } as const
    // @ts-expect-error unknown field
    expect(defineEvent(definition)).toBe(definition)
  })

  test('when its sample has another word', () => {
    const definition = {
      ...having({ kind: oneOf('act', 'inform') }),
      type: 'x.v1',
      columns: {},
      sample: { kind: 'ask' },
    } as const
    // @ts-expect-error "ask" is not one of the words
    expect(defineEvent(definition)).toBe(definition)
  })

  test('when a personal text can be published but is not named', () => {
    const data = closed('data', {}, statement)
    const definition = {
      ...rest,
      incoming: data,
      stored: closed('data', {}),
      type: 'x.v1',
      columns: {},
      sample: {},
    } as const
    // @ts-expect-error they would be stored as they are
    expect(defineEvent(definition)).toBe(definition)
  })
})
