import { expect, test } from 'vitest'
import { stoppedOf } from '../../../src/reports/health/stopped-projections.ts'

test('given a halted projection and one that is not, then only the first is named, with its event', () => {
  const going = { name: 'accounts', version: 1, sequence: 9, stopped: null }
  const stopped = { sequence: 5, event: '/test e5', message: 'a mistake' }
  const progress = {
    sequence: 9,
    recordedAt: 1_000,
    leaf: 'ab',
    projections: [going, { name: 'appeals', version: 1, sequence: 4, stopped }],
  }
  expect(stoppedOf(progress)).toEqual([{ projection: 'appeals', sequence: 5, event: '/test e5' }])
})
