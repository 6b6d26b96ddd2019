import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { closedCheck } from '../../../src/domain/compiled/check.ts'

/** The check of an object with a text, anything, and perhaps a number; it counts what it leaves undecided. */
const counted = () => {
  const undecided: unknown[] = []
  const accepts = closedCheck({ text: t.string, any: t.unknown }, { number: t.number }, (value) => {
    undecided.push(value)
    return false
  })
  return { accepts, undecided }
}

describe('given the check of a closed object', () => {
  test.each([
    { text: 'a', any: null },
    { number: 0, any: [], text: '' },
  ])('%j, then it is accepted', (value) => {
    const { accepts, undecided } = counted()
    expect(accepts(value)).toBe(true)
    expect(undecided).toEqual([])
  })

  test.each([null, 1, 'text', undefined, { text: 1, any: 1 }, { text: 'a', any: 1, number: '1' }])(
    '%j, then it is refused',
    (value) => {
      const { accepts, undecided } = counted()
      expect(accepts(value)).toBe(false)
      expect(undecided).toEqual([])
    },
  )

  test.each([
    ['a list', []],
    ['a field missing in the place of an unknown one', { text: 'a', unknown: 1 }],
    ['an unknown field', { text: 'a', any: 1, unknown: 1 }],
    ['__proto__ as a field', JSON.parse('{"text":"a","any":1,"__proto__":1}')],
    ['an optional field that is undefined', { text: 'a', any: 1, number: undefined }],
    ['a required field that is undefined', { text: 'a', any: undefined }],
    ['inherited fields', Object.create({ text: 'a', any: 1 })],
    [
      'an inherited field in the place of an unknown one',
      Object.assign(Object.create({ any: 1 }), { text: 'a', x: 1 }),
    ],
    ['no prototype', Object.assign(Object.create(null), { text: 'a', any: 1 })],
  ])('%s, then it is left undecided', (_, value) => {
    const { accepts, undecided } = counted()
    expect(accepts(value)).toBe(false)
    expect(undecided).toEqual([value])
  })

  test('with a field that every object inherits, then every value is left undecided', () => {
    const otherwise = () => true
    expect(closedCheck({ toString: t.string }, {}, otherwise)).toBe(otherwise)
    expect(closedCheck({}, { constructor: t.string }, otherwise)).toBe(otherwise)
  })
})
