import { expect, test } from 'vitest'
import { type Upcasters, upcast } from '../../src/domain/upcast.ts'

const table: Upcasters = {
  'flag.raised.v1': (event) => ({ ...event, type: 'flag.raised.v2', steps: [1] }),
  'flag.raised.v2': (event) => ({
    ...event,
    type: 'flag.raised.v3',
    steps: [...(event.steps as number[]), 2],
  }),
}

test('given an old version, it is upcast step by step to the current one', () => {
  expect(upcast({ type: 'flag.raised.v1', id: 'e' }, table)).toEqual({
    type: 'flag.raised.v3',
    id: 'e',
    steps: [1, 2],
  })
})

test('given an intermediate version, only the later steps are applied', () => {
  expect(upcast({ type: 'flag.raised.v2', steps: [] }, table)).toEqual({ type: 'flag.raised.v3', steps: [2] })
})

test.each(['flag.raised.v3', 'other.v1', 'toString', '__proto__', 7, undefined])(
  'given type %j, nothing changes',
  (type) => {
    const event = { type, id: 'e' }
    expect(upcast(event, table)).toBe(event)
  },
)

test('the given event is not changed', () => {
  const event = Object.freeze({ type: 'flag.raised.v1', id: 'e' })
  upcast(event, table)
  expect(event).toEqual({ type: 'flag.raised.v1', id: 'e' })
})
