import canonicalize from 'canonicalize'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalRow } from '../../../src/replay/result/canonical-row.ts'
import { facts } from '../../../src/replay/result/facts.ts'
import type { Row } from '../../../src/replay/result/rows.ts'

const text = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_.:-]{1,20}$/),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\', '\u2028', '\u0000', 'a\tb', '\u{1f600}', '\ue000'),
)
const texts = fc.array(text, { maxLength: 4 })
const restriction = fc.constantFrom('suspended' as const, 'terminated' as const, null)
const answer = fc.record({
  verdict: fc.constantFrom('act' as const, 'none' as const, 'unknown' as const),
  restriction,
})
/** Rows of any content, also ones that no replay makes. */
const rows: fc.Arbitrary<Row> = fc.record({
  decisionId: fc.option(text),
  account: text,
  kind: fc.constantFrom('deactivation', 'removal'),
  occurredAt: fc.constantFrom('2025-05-01T12:00:00.000Z', '0000-01-01T00:00:00.000Z'),
  class: fc.constantFrom('wrongful', 'unexplained_wrongful', 'upheld', 'missed'),
  facts: fc.subarray([...facts]),
  fallen: texts,
  remedy: fc.constantFrom('reinstate', 'restore', 'annul', 'review', 'none'),
  recorded: fc.record({ restriction }),
  original: fc.option(answer),
  corrected: answer,
})

test('given any row, then its canonical form is the one of RFC 8785', () => {
  fc.assert(
    fc.property(rows, (row) => {
      expect(canonicalRow(row)).toBe(canonicalize(row))
    }),
    { numRuns: 1000 },
  )
})

test('given an id with a lone surrogate, then there is no canonical form', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom('\ud800', 'a\udc00'), (row, broken) => {
      for (const bad of [
        { ...row, account: broken },
        { ...row, decisionId: broken },
        { ...row, fallen: [...row.fallen, broken] },
      ]) {
        expect(() => canonicalize(bad)).toThrow()
        expect(() => canonicalRow(bad)).toThrow(TypeError)
      }
    }),
  )
})
