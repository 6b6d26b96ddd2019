import canonicalize from 'canonicalize'
import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { closed, listOf, matching, oneOf, orNull, where } from '../../../src/domain/codec.ts'
import { LAST, membersWriter, writerOf } from '../../../src/domain/compiled/write.ts'
import { publishedDefinitionOf } from '../../../src/domain/event.ts'
import { Signals } from '../../../src/domain/parts.ts'
import { since } from '../../../src/domain/vocabulary.ts'
import { often } from '../../long/often.ts'
import { mutantOf } from '../mutants.ts'

/** What a writer gives, or `throws`. */
const outcome = (write: () => string | undefined): string | undefined => {
  try {
    return write()
  } catch {
    return 'throws'
  }
}

describe('given the data of an event of any type, changed anywhere', () => {
  test.each(['incoming', 'stored'] as const)(
    'when the codec of the %s form accepts it, then it is written as canonicalize writes it',
    (form) => {
      const seen = { written: 0, refused: 0 }
      fc.assert(
        fc.property(mutantOf(form), ({ type, json: { data } }) => {
          const codec = publishedDefinitionOf(type)[form]
          if (!codec.is(data)) {
            seen.refused++
            return
          }
          seen.written++
          expect(outcome(() => writerOf(codec)(data))).toBe(outcome(() => canonicalize(data)))
        }),
        { numRuns: often(3_000, 200_000) },
      )
      expect(seen.written).toBeGreaterThan(300)
      expect(seen.refused).toBeGreaterThan(300)
    },
  )
})

test.each(['\ud800', 'a\udc00b', `${'x'.repeat(100)}\udfff`])(
  'given the lone surrogate in %j, then it is not written, because UTF-8 has no bytes for it',
  (text) => {
    expect(() => writerOf(t.string)(text)).toThrow('a lone surrogate')
    expect(() => writerOf(Signals)({ text })).toThrow('a lone surrogate')
  },
)

describe('given a codec of any kind', () => {
  const Word = oneOf('yes', 'no', 'a "quoted" word')
  const Old = closed('old', {}, { b: t.string, a: t.boolean, 'c-d': t.string })
  const Text = matching<'Text'>('a text', /^[^\p{Cc}]{0,20}$/u)
  const New = closed(
    'new',
    { word: Word, list: listOf(orNull(Old, 'old or null'), 'a list'), é: Text, B: t.string, 'm"n': t.string },
    { z: since(2, Old), a: where(Text, 'some', () => true), any: t.unknown, '0': Signals },
  )
  const olds = fc.record(
    { b: fc.string({ unit: 'binary' }), a: fc.boolean(), 'c-d': fc.string() },
    { requiredKeys: [] },
  )
  const scalar = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.boolean())
  const news = fc.record(
    {
      word: fc.constantFrom('yes', 'no', 'a "quoted" word'),
      list: fc.array(fc.option(olds)),
      é: fc.string({ unit: 'grapheme' }),
      B: fc.string({ unit: 'grapheme' }),
      'm"n': fc.string(),
      z: olds,
      a: fc.string(),
      any: fc.jsonValue(),
      '0': fc.dictionary(fc.stringMatching(/^[A-Za-z0-9_.:-]{1,5}$/), scalar),
    },
    { requiredKeys: ['word', 'list', 'é', 'B', 'm"n'] },
  )

  test('then its values are written as canonicalize writes them', () => {
    let accepted = 0
    fc.assert(
      fc.property(news, (value) => {
        if (!New.is(value)) return
        accepted++
        expect(outcome(() => writerOf(New)(value))).toBe(outcome(() => canonicalize(value)))
      }),
      { numRuns: often(1_000, 50_000) },
    )
    expect(accepted).toBeGreaterThan(100)
  })

  test('then a field whose name every object inherits is written only if the value has it', () => {
    const Odd = closed('odd', { a: t.string }, { toString: t.string, constructor: t.string, z: Old })
    for (const value of [{ a: 'x' }, { a: 'x', toString: 'y' }, { z: {}, constructor: 'c', a: 'x' }]) {
      expect(Odd.is(value)).toBe(true)
      expect(writerOf(Odd)(value)).toBe(canonicalize(value))
      expect(membersWriter(Odd, '', LAST)(value)).toBe(canonicalize(value)?.slice(1, -1))
    }
    expect(Odd.is({ a: 'x', valueOf: 'y' })).toBe(false)
    expect(Odd.is({ toString: 'y' })).toBe(false)
  })

  test.each([
    ['with required fields', New],
    ['with optional fields only', Old],
    ['of a form that is not known', t.record(t.string, t.unknown)],
  ])('%s, then the members between two names are those of the whole', (_, codec) => {
    fc.assert(
      fc.property(
        codec === Old ? olds : news,
        fc.constantFrom('', 'B', 'a', 'b', 'c', 'm', 'word'),
        (value, at) => {
          if (!codec.is(value)) return
          const parts = [membersWriter(codec, '', at), membersWriter(codec, at, LAST)].map((write) =>
            outcome(() => write(value)),
          )
          if (parts.includes('throws')) return
          const { [at]: _, ...others } = value as Record<string, unknown>
          const joined = parts.filter((part) => part !== '').join(',')
          expect(`{${joined}}`).toBe(canonicalize(others))
        },
      ),
      { numRuns: often(500, 20_000) },
    )
  })
})
