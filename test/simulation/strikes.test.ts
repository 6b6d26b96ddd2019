import { describe, expect, test } from 'vitest'
import type { SimulatedFlag } from '../../src/simulation/account.ts'
import { DAY, start } from '../../src/simulation/calendar.ts'
import { mildPolicies, policies } from '../../src/simulation/policies.ts'
import { restrictionFor, standingFlags } from '../../src/simulation/strikes.ts'

const flag = (at: number, strikes: number, more: Partial<SimulatedFlag> = {}): SimulatedFlag => ({
  id: `f${at}`,
  account: 'u1',
  at,
  names: { detector: { kind: 'rule', id: 'scanner', version: '1' } },
  category: 'spam',
  strikes,
  expiresAt: at + 14 * DAY,
  removes: false,
  content: null,
  standing: 'holds',
  listedIn: null,
  awaitsRescoring: false,
  voidedAt: null,
  ...more,
})

describe('given strikes, when they are added up', () => {
  test('then one that ends at this exact instant no longer counts, and a millisecond earlier it does', () => {
    const one = flag(start, 3)
    expect(standingFlags([one], start + 14 * DAY)).toEqual([])
    expect(standingFlags([one], start + 14 * DAY - 1)).toEqual([one])
    expect(standingFlags([one], start + 14 * DAY, [], 'counts expired strikes')).toEqual([one])
  })

  test('then one that was voided before does not count, and one voided at this instant still does', () => {
    const spent = flag(start, 3, { voidedAt: start + DAY })
    expect(standingFlags([spent], start + DAY)).toEqual([spent])
    expect(standingFlags([spent], start + DAY + 1)).toEqual([])
    expect(standingFlags([spent], start + DAY + 1, [], 'counts dismissed flags')).toEqual([spent])
  })

  test('then one dated later counts only if it is a ground of the decision', () => {
    const later = flag(start + 1, 3)
    expect(standingFlags([later], start)).toEqual([])
    expect(standingFlags([later], start, [later])).toEqual([later])
  })

  test('then the policies look back over their window, excluding its first instant', () => {
    const old = flag(start, 3, { expiresAt: null })
    expect(restrictionFor([old], start + 60 * DAY - 1, policies)).toBe('suspended')
    expect(restrictionFor([old], start + 60 * DAY, policies)).toBeNull()
  })

  test('then the most severe policy that asks wins', () => {
    expect(restrictionFor([flag(start, 2)], start, policies)).toBeNull()
    expect(restrictionFor([flag(start, 2)], start, policies, 'counts retries twice')).toBe('suspended')
    expect(restrictionFor([flag(start, 5)], start, policies)).toBe('suspended')
    expect(restrictionFor([flag(start, 6)], start, policies)).toBe('terminated')
    expect(restrictionFor([flag(start, 3, { category: 'violent_extremism' })], start, policies)).toBe(
      'terminated',
    )
  })

  test('then nobody is terminated where no policy does that', () => {
    expect(restrictionFor([flag(start, 2)], start, mildPolicies)).toBeNull()
    expect(restrictionFor([flag(start, 9)], start, mildPolicies)).toBe('suspended')
  })
})
