import canonicalize from 'canonicalize'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closed, problems } from '../../src/domain/codec.ts'
import { writerOf } from '../../src/domain/compiled/write.ts'
import { Id } from '../../src/domain/ids.ts'
import { Count } from '../../src/domain/parts.ts'
import { recordOf } from '../../src/domain/record-of.ts'

const Counts = recordOf(Id, closed('an object {n}', { n: Count }), 'an object of {n} by id')

describe('given an object of values by name', () => {
  test('then it is accepted if every name and value is, and otherwise each wrong one is named', () => {
    expect(problems(Counts, {})).toEqual([])
    expect(problems(Counts, { 'a.b': { n: 0 }, c: { n: 3 } })).toEqual([])
    expect(problems(Counts, { a: { n: -1 }, 'b c': { n: 1 }, d: 7 }, 'rules')).toEqual([
      { path: 'rules.a.n', problem: 'expected a whole number, 0 or more' },
      { path: 'rules["b c"]', problem: expect.stringContaining('other than __proto__') },
      { path: 'rules.d', problem: 'expected an object' },
    ])
    expect(problems(Counts, JSON.parse('{"__proto__":{"n":1}}'))).toHaveLength(1)
    for (const wrong of [null, 'text', [], 3]) {
      expect(problems(Counts, wrong, 'rules')).toEqual([
        { path: 'rules', problem: 'expected an object of {n} by id' },
      ])
    }
  })

  test('then it is written in canonical form, in any order of names', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'B', '1', '.', ':'), minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.dictionary(name, fc.record({ n: fc.nat() }), { noNullPrototype: true }), (counts) => {
        expect(Counts.is(counts)).toBe(true)
        expect(writerOf(Counts)(counts)).toBe(canonicalize(counts))
      }),
    )
  })
})
