import { expect, test } from 'vitest'
import { lagOf } from '../../../src/reports/health/lag.ts'

test('given projections up to event 7 of 10, then the lag says both, and when the seventh was recorded', () => {
  const progress = { sequence: 7, recordedAt: 1_000, leaf: 'ab', projections: [] }
  expect(lagOf(progress, 10)).toEqual({ projected: 7, head: 10, recordedAt: 1_000 })
})

test('given projections of an empty ledger, then nothing was recorded', () => {
  const progress = { sequence: 0, recordedAt: null, leaf: null, projections: [] }
  expect(lagOf(progress, 0)).toEqual({ projected: 0, head: 0, recordedAt: null })
})
