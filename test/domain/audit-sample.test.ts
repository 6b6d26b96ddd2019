import { describe, expect, test } from 'vitest'
import { isInAuditSample } from '../../src/domain/audit-sample.ts'

describe('given the ids of decisions', () => {
  test('when they are sampled, then about 2 % are in it', () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => `d-${i}`)
    const share = ids.filter(isInAuditSample).length / ids.length
    expect(share).toBeGreaterThan(0.0185)
    expect(share).toBeLessThan(0.0215)
  })

  // As `printf d-12 | sha256sum` says: 04af1414..., 03feb71f... and 01de03cd... are below 2 % of 2^32.
  test('when a SHA-256 is in the lowest 2 %, then it is in it', () => {
    const ids = Array.from({ length: 201 }, (_, i) => `d-${i}`)
    expect(ids.filter(isInAuditSample)).toEqual(['d-12', 'd-56', 'd-189'])
  })
})
