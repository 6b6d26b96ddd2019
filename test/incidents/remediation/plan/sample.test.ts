import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawSample, type Samplable } from '../../../../src/incidents/remediation/plan/sample.ts'

type Decision = Samplable['decisions'][number]

const decision = (index: number, fields: Partial<Decision> = {}): Decision => ({
  decisionId: `d${index}`,
  class: 'wrongful',
  rule: 'a',
  restriction: 'suspended',
  ...fields,
})
const many = (count: number, from: number, fields: Partial<Decision>): ReadonlyArray<Decision> =>
  Array.from({ length: count }, (_, index) => decision(from + index, fields))

/** The sample of decisions, up to ten of them of one account. */
const drawn = (decisions: ReadonlyArray<Decision>, size: number, digest: string) =>
  drawSample(
    [...Map.groupBy(decisions, ({ decisionId }) => `a${decisionId.slice(0, -1)}`)].map(
      ([account, theirs]) => ({ account, decisions: theirs }),
    ),
    size,
    digest,
  )

describe('given decisions of three kinds', () => {
  const decisions = [
    ...many(900, 0, { rule: 'a' }),
    ...many(95, 1_000, { rule: 'b' }),
    ...many(5, 2_000, { rule: null, class: 'unexplained_wrongful' }),
  ]

  test('when some are sampled, then each kind is, in proportion', () => {
    const { strata } = drawn(decisions, 100, 'digest')
    expect(strata).toEqual([
      { class: 'wrongful', rule: 'a', restriction: 'suspended', decisions: 900, sampled: 90 },
      { class: 'wrongful', rule: 'b', restriction: 'suspended', decisions: 95, sampled: 9 },
      { class: 'unexplained_wrongful', rule: null, restriction: 'suspended', decisions: 5, sampled: 1 },
    ])
  })

  test('when fewer are sampled than there are kinds, then of the largest one each', () => {
    expect(drawn(decisions, 2, 'digest').strata.map(({ sampled }) => sampled)).toEqual([1, 1, 0])
  })

  test('when there are fewer than asked for, then all are sampled', () => {
    expect(drawn(decisions, 5_000, 'digest').sample).toHaveLength(1_000)
  })

  test('when the replay is another one, then others are sampled', () => {
    const idsBy = (digest: string) => drawn(decisions, 100, digest).sample.map(({ decisionId }) => decisionId)
    expect(idsBy('another')).not.toEqual(idsBy('digest'))
  })
})

const plans = fc.array(
  fc.record({
    class: fc.constantFrom('wrongful' as const, 'excessive' as const),
    rule: fc.constantFrom('a', 'b', null),
    restriction: fc.constantFrom('suspended' as const, 'terminated' as const, null),
  }),
  { maxLength: 80, size: 'max' },
)

test('given any decisions, then a sample has its size, and its strata say what is in it, in whichever order they come', () => {
  fc.assert(
    fc.property(plans, fc.nat(100), (fields, size) => {
      const decisions = fields.map((each, index) => decision(index, each))
      const { strata, sample } = drawn(decisions, size, 'digest')
      expect(sample).toHaveLength(Math.min(size, decisions.length))
      expect(new Set(sample.map(({ decisionId }) => decisionId)).size).toBe(sample.length)
      const byId = new Map(decisions.map((each) => [each.decisionId, each]))
      for (const [index, { decisions: all, sampled, ...alike }] of strata.entries()) {
        const drawn = sample.filter(({ stratum }) => stratum === index)
        expect(drawn).toHaveLength(sampled)
        for (const { decisionId } of drawn) expect(byId.get(decisionId)).toMatchObject(alike)
        if (size >= strata.length) expect(sampled).toBeGreaterThan(0)
        expect(sampled).toBeLessThanOrEqual(all)
      }
      expect(drawn(decisions.toReversed(), size, 'digest')).toEqual({ strata, sample })
    }),
  )
})
